{#
    Figures of agencies in the released period under other geographies: as recorded at receipt (`as_was`), by the
    agencies that stand for them at known-at (`as_is`), and as of each day of geography_days (`as_of:<day>`). Only what
    adds: numerators and denominators of counts and ratios, moved along bridge_agency_succession by weight, so that
    every geography adds up to the same province. A day is published where every agency with figures has somebody in force
    on it to stand for it, and wholly absent elsewhere: succession goes forward only, so before an agency with figures
    was established there is no answer. Part of a unit that was split is an estimate and says so. Of other
    periods and days, ask indicator_values through the bridge (docs/geography.md).
#}
with released as (
    select period_code from {{ ref('int_periods__in_scope') }}
    where is_released
),

figures as (
    select figures.*
    from {{ ref('indicator_values') }} as figures
    inner join released on figures.period_code = released.period_code
    where
        figures.agency_code <> '*'
        and figures.unit in ('count', 'ratio')
        and figures.numerator is not null
),

agencies_of_the_day as (
    select * from {{ ref('int_agencies__in_geographies') }}
),

unanswered as (
    select distinct days.geography
    from agencies_of_the_day as days
    inner join figures on days.agency_code = figures.agency_code
    where not days.is_in_force
),

placed as (
    select
        figures.period_code,
        figures.indicator_code,
        figures.variant,
        figures.unit,
        days.geography,
        days.geography_on,
        days.level as agency_level,
        days.successor_code as agency_code,
        figures.numerator * days.weight as numerator,
        figures.denominator * days.weight as denominator,
        days.weight < 1 as is_estimated
    from figures
    inner join agencies_of_the_day as days on figures.agency_code = days.agency_code
    where days.geography not in (select unanswered.geography from unanswered)
    union all
    select
        period_code,
        indicator_code,
        variant,
        unit,
        'as_was' as geography,
        cast(null as date) as geography_on,
        agency_level,
        agency_code,
        cast(numerator as decimal(36, 16)) as numerator,
        cast(denominator as decimal(36, 16)) as denominator,
        false as is_estimated
    from figures
),

summed as (
    select
        period_code,
        indicator_code,
        variant,
        unit,
        geography,
        geography_on,
        agency_level,
        agency_code,
        cast(sum(numerator) as decimal(28, 12)) as numerator,
        cast(sum(denominator) as decimal(28, 12)) as denominator,
        bool_or(is_estimated) as is_estimated
    from placed
    group by
        period_code,
        indicator_code,
        variant,
        unit,
        geography,
        geography_on,
        agency_level,
        agency_code
)

select
    geography,
    geography_on,
    period_code,
    indicator_code,
    variant,
    agency_level,
    agency_code,
    numerator,
    denominator,
    case
        when unit = 'count' then cast(numerator as double)
        when denominator <> 0 then cast(numerator as double) / cast(denominator as double)
    end as value,
    unit,
    is_estimated
from summed
