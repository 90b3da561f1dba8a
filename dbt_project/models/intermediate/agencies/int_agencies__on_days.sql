{#
    Which agencies were active on the days that figures look at: the last day of each period, the day before it, the last
    day of the year before, and the baseline days. Kind and level are those in force on the day; before its first version
    an agency is what that version says. The province itself is active under the code of the day.
#}
with versions as (
    select
        *,
        row_number() over (partition by agency_code order by valid_from) = 1 as is_first
    from {{ ref('int_agencies__versioned') }}
    where not is_inferred
),

periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

years as (
    select * from {{ ref('periods') }}
    where kind = 'year'
),

days as (
    select last_day as day from periods
    union
    select cast(start_on - interval '1' day as date) from periods
    union
    select cast(years.start_on - interval '1' day as date)
    from periods
    inner join years on periods.calendar = years.calendar and periods.year = years.year
    union
    select baseline_on from {{ ref('baselines') }}
)

select
    days.day,
    versions.agency_code,
    versions.name_vi,
    versions.kind,
    versions.level,
    versions.parent_code,
    versions.has_one_stop
from days
inner join versions
    on
        (versions.valid_from <= days.day or versions.is_first)
        and (versions.valid_to is null or versions.valid_to > days.day)
where
    versions.established_on <= days.day
    and (versions.dissolved_on is null or versions.dissolved_on > days.day)
