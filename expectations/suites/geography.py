"""What is expected of figures by unit in other geographies.

Belongs here: a whole that stays the same when its parts are moved to their successors, and successors that were
there on the day. Does not belong here: the weights of succession, which dbt tests judge row by row.
"""

from __future__ import annotations

import csv
from string import Template

from expectations.checks import Check, NoRows
from orchestration.settings import REPOSITORY

LEVELS = REPOSITORY / "dbt_project" / "seeds" / "government_levels.csv"

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


_NOT_IN_FORCE = """
    with stand_ins as (
        select distinct geography, geography_on, agency_code, agency_level
        from indicator_values_by_geography
        where geography_on is not null
    ),

    versions as (
        select
            stand_ins.*,
            coalesce(agencies.name_vi, units.name_vi, stand_ins.agency_code) as name,
            case when agencies.agency_code is null then units.valid_from else agencies.established_on end as begun,
            case when agencies.agency_code is null then units.valid_to else agencies.dissolved_on end as ended,
            agencies.agency_code is null and units.admin_unit_sk is null as is_lost,
            row_number() over (
                partition by stand_ins.geography, stand_ins.agency_code, stand_ins.agency_level
                order by
                    case when agencies.valid_from <= stand_ins.geography_on then 0 else 1 end,
                    abs(date_diff('day', agencies.valid_from, stand_ins.geography_on))
            ) as place
        from stand_ins
        left join dim_agency as agencies on stand_ins.agency_code = agencies.agency_code
        left join dim_admin_unit as units on stand_ins.agency_code = units.admin_unit_sk
    )

    select
        concat_ws('/', geography, agency_level, agency_code) as record,
        name as name_vi,
        name as name_en
    from versions
    where
        place = 1
        and (
            is_lost
            or begun > geography_on
            or ended <= geography_on
            or agency_level in ($levels) and not $in_force
        )
    order by record
"""


def _not_in_force() -> str:
    """The query with the levels of government and their days, as the seed has them; a level it does not know passes."""
    with LEVELS.open(encoding="utf-8") as file:
        levels = list(csv.DictReader(file))
    spans = (
        f"(agency_level = '{row['level']}' and geography_on >= date '{row['valid_from']}'"
        + (f" and geography_on < date '{row['valid_to']}'" if row["valid_to"] else "")
        + ")"
        for row in levels
    )
    names = ", ".join(sorted({f"'{row['level']}'" for row in levels}))
    return Template(_NOT_IN_FORCE).substitute(levels=names, in_force=f"({' or '.join(spans)})")


def indicator_values_by_geography() -> tuple[Check, ...]:
    """The checks of `indicator_values_by_geography`, beside its shape."""
    return (
        NoRows("geography_totals_preserved", finds=_TOTALS),
        NoRows("geography_agencies_in_force", finds=_not_in_force()),
    )
