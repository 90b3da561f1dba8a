{#
    Administrative units with an active one-stop unit below them or one of their own, on the last day of each period.
    A level without units has no coverage to speak of.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

agencies as (
    select * from {{ ref('int_agencies__on_days') }}
),

one_stop_units as (
    select distinct
        day,
        parent_code
    from agencies
    where kind = 'one_stop_unit'
),

units as (
    select
        periods.period_code,
        agencies.kind,
        agencies.has_one_stop or one_stop_units.parent_code is not null as is_covered
    from periods
    inner join agencies on periods.last_day = agencies.day
    left join one_stop_units on agencies.day = one_stop_units.day and agencies.agency_code = one_stop_units.parent_code
    where agencies.kind in ('province', 'district_committee', 'commune_committee')
),

counted as (
    select
        period_code,
        count(*) filter (where kind = 'province' and is_covered) as provinces_covered,
        count(*) filter (where kind = 'province') as provinces,
        count(*) filter (where kind = 'district_committee' and is_covered) as districts_covered,
        count(*) filter (where kind = 'district_committee') as districts,
        count(*) filter (where kind = 'commune_committee' and is_covered) as communes_covered,
        count(*) filter (where kind = 'commune_committee') as communes
    from units
    group by period_code
),

figures as (
    {{ indicator_rows('counted', [
        ['one_stop_coverage_province', 'default', 'provinces_covered', 'provinces'],
        ['one_stop_coverage_district', 'default', 'districts_covered', 'districts'],
        ['one_stop_coverage_commune', 'default', 'communes_covered', 'communes'],
    ]) }}
)

select
    period_code,
    indicator_code,
    variant,
    agency_level,
    agency_code,
    numerator,
    denominator,
    not_assessed,
    case when denominator = 0 then 'no_unit_of_level' end as not_applicable
from figures
