"""What is expected of `publication_timeliness`: agencies that make up the province's figures.

Belongs here: agreement with the indicator values. Does not belong here: one row's own sums (dbt tests).
"""

from __future__ import annotations

from expectations.checks import Check, NoRows

_AGREES = """
    with agencies as (
        select
            period_code,
            sum(in_force) as in_force,
            sum(announced) as announced,
            sum(published) as published,
            sum(published_on_time) as on_time,
            sum(published + overdue) as published_or_due
        from publication_timeliness
        group by period_code
    ),

    compared as (
        select
            figures.period_code,
            figures.indicator_code,
            figures.numerator,
            figures.denominator,
            case figures.indicator_code
                when 'procedures_announced_rate' then agencies.announced
                when 'procedures_published_rate' then agencies.published
                else agencies.on_time
            end as by_agencies,
            case figures.indicator_code
                when 'procedures_published_on_time_rate' then agencies.published_or_due
                else agencies.in_force
            end as by_agencies_of
        from indicator_values as figures
        join agencies using (period_code)
        where
            figures.agency_level = '*'
            and figures.status <> 'not_assessed'
            and figures.indicator_code in (
                'procedures_announced_rate', 'procedures_published_rate', 'procedures_published_on_time_rate'
            )
    )

    select
        concat_ws('/', indicator_code, period_code) as record,
        concat_ws('/', by_agencies, by_agencies_of) as found,
        concat_ws('/', numerator, denominator) as expected
    from compared
    where by_agencies is distinct from numerator or by_agencies_of is distinct from denominator
    order by record
"""


def publication_timeliness() -> tuple[Check, ...]:
    """The checks of `publication_timeliness`, beside its shape."""
    return (NoRows("publication_timeliness_agrees_with_figures", finds=_AGREES),)
