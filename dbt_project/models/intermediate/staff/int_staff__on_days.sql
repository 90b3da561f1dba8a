{#
    Who is in post on the days that figures look at: the last day of each period, and the baseline of deputies. One row per
    day and agency, and one for all agencies ('*'), where a person with two assignments counts once; so rows of agencies
    do not add up to it.
#}
with days as (
    select last_day as day from {{ ref('int_periods__in_scope') }}
    union
    select baseline_on from {{ ref('baselines') }}
    where indicator_code = 'deputies_reduced'
),

staff as (
    select
        agency_code,
        position,
        payroll in ('civil_servant', 'public_employee') as is_on_quota,
        payroll = 'civil_servant' as is_civil_servant,
        start_on,
        end_on,
        dense_rank() over (order by person_key) as person
    from {{ ref('stg_staff') }}
),

present as (
    select
        days.day,
        staff.*
    from days
    inner join staff on staff.start_on <= days.day and (staff.end_on is null or staff.end_on > days.day)
)

select
    day,
    coalesce(agency_code, '*') as agency_code,
    count(distinct person) as persons,
    count(distinct case when is_on_quota then person end) as on_quota,
    count(distinct case when is_civil_servant then person end) as civil_servants,
    count(distinct case when position = 'deputy' then person end) as deputies
from present
group by grouping sets ((day), (day, agency_code))
