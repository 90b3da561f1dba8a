{#
    One row per period and procedure in force at its end: the version that began last before the end, unless it no
    longer held then. A version whose last day is the last day of the period is in force. `publish_days_late` is that of the
    publication, or for one that is due and not published the days past due so far; negative is early.
    `responsible_agency_code` is who answers for the sector on the last day of the period.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

versions as (
    select * from {{ ref('int_procedures__versioned') }}
    where
        procedure_code <> 'unknown'
        and not is_inferred
),

ranked as (
    select
        periods.period_code,
        periods.end_at,
        periods.last_day,
        versions.*,
        row_number() over (
            partition by periods.period_code, versions.procedure_code order by versions.valid_from desc
        ) as newest
    from periods
    inner join versions on versions.valid_from < periods.end_at
)

select
    ranked.period_code,
    ranked.procedure_code,
    ranked.valid_from,
    ranked.level as agency_level,
    sectors.responsible_agency_code,
    coalesce(ranked.announced_on < ranked.end_at, false) as is_announced,
    coalesce(ranked.announced_on < ranked.end_at and ranked.announced_on > ranked.announce_due_on, false)
        as is_announced_late,
    coalesce(ranked.published_on < ranked.end_at, false) as is_published,
    coalesce(ranked.published_on < ranked.end_at, false)
    and (ranked.publish_due_on is null or ranked.published_on <= ranked.publish_due_on) as is_published_on_time,
    coalesce(ranked.publish_due_on < ranked.end_at, false) as is_due,
    case
        when ranked.published_on < ranked.end_at
            then {{ days_between('ranked.publish_due_on', 'ranked.published_on') }}
        when ranked.publish_due_on < ranked.end_at
            then {{ days_between('ranked.publish_due_on', 'ranked.last_day') }}
    end as publish_days_late,
    coalesce(service_levels.is_online, false) as is_online,
    coalesce(service_levels.is_full, false) as is_fully_online,
    ranked.is_interlinked,
    ranked.interlinked_group
from ranked
left join {{ ref('service_levels') }} as service_levels
    on
        ranked.online_level = service_levels.online_level
        and {{ in_force_on('ranked.last_day', 'service_levels') }}
left join {{ ref('int_procedures__sector_agencies') }} as sectors
    on
        ranked.sector_code = sectors.sector_code
        and {{ in_force_on('ranked.last_day', 'sectors') }}
where
    ranked.newest = 1
    and (ranked.valid_to is null or ranked.valid_to >= cast(ranked.end_at as date))
