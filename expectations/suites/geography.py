"""What is expected of figures by unit in other geographies.

Belongs here: a whole that stays the same when its parts are moved to their successors. Does not belong here: the
weights of succession, which dbt tests judge row by row.
"""

from __future__ import annotations

from expectations.checks import Check, NoRows

_TOTALS = """
    with totals as (
        select
            indicator_code,
            variant,
            geography,
            round(sum(numerator), 6) as numerator,
            round(sum(denominator), 6) as denominator
        from indicator_values_by_geography
        group by indicator_code, variant, geography
    ),

    every_total as (
        select figures.indicator_code, figures.variant, geographies.geography
        from (select distinct indicator_code, variant from totals) as figures
        cross join (select distinct geography from totals) as geographies
    )

    select
        concat_ws('/', every_total.indicator_code, every_total.variant, every_total.geography) as record,
        concat_ws('/', moved.numerator, moved.denominator) as found,
        concat_ws('/', received.numerator, received.denominator) as expected
    from every_total
    left join totals as moved
        on
            every_total.indicator_code = moved.indicator_code
            and every_total.variant = moved.variant
            and every_total.geography = moved.geography
    left join totals as received
        on
            every_total.indicator_code = received.indicator_code
            and every_total.variant = received.variant
            and received.geography = 'as_was'
    where
        moved.numerator is distinct from received.numerator
        or moved.denominator is distinct from received.denominator
    order by record
"""


def indicator_values_by_geography() -> tuple[Check, ...]:
    """The check of `indicator_values_by_geography`, beside its shape."""
    return (NoRows("geography_totals_preserved", finds=_TOTALS),)
