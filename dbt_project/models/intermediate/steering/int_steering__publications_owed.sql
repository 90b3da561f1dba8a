{#
    Per period and kind of publication: the agencies whose result of the year before is owed, and whether it was
    published before the end of the period, for the agency itself or, under the province's code, for all.
#}
with periods as (
    select
        periods.*,
        cast(years.start_on - interval '1' day as date) as end_of_year_before
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('periods') }} as years
        on periods.calendar = years.calendar and periods.year = years.year and years.kind = 'year'
),

kinds as (
    select 'par_index_publication' as kind
    union all
    select 'task_level_publication' as kind
),

agencies as (
    select * from {{ ref('int_agencies__on_days') }}
    where
        (kind = 'specialised_agency' and level = 'province')
        or kind = 'district_committee'
),

provinces as (
    {{ province_lineage() }}
),

publications as (
    select
        events.kind,
        events.refers_to_year,
        events.held_on,
        case when provinces.province_code is not null then '*' else events.agency_code end as covers
    from {{ ref('stg_steering_events') }} as events
    left join provinces on events.agency_code = provinces.province_code
    where events.kind in ('par_index_publication', 'task_level_publication')
)

select
    periods.period_code,
    kinds.kind,
    agencies.level as agency_level,
    agencies.agency_code,
    count(publications.held_on) > 0 as is_published
from periods
cross join kinds
inner join agencies on periods.end_of_year_before = agencies.day
left join publications
    on
        kinds.kind = publications.kind
        and publications.refers_to_year = periods.year - 1
        and publications.held_on < periods.end_at
        and publications.covers in ('*', agencies.agency_code)
group by periods.period_code, kinds.kind, agencies.level, agencies.agency_code
