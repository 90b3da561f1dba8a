{#
    Who answers for announcing and publishing procedures, and how timely it was: one row per period and responsible
    agency, over the procedures in force at the end. Agencies of one period add up to the province; periods do not add
    up, for a procedure is in force in many. Days are calendar days; a procedure without a due date is never late.
#}
with procedures as (
    select
        *,
        coalesce(responsible_agency_code, 'unknown') as agency_code,
        is_published and not is_published_on_time as is_published_late,
        is_due and not is_published as is_overdue
    from {{ ref('int_procedures__in_force') }}
)

select
    periods.period_code,
    periods.calendar,
    procedures.agency_code,
    count(*) as in_force,
    count(*) filter (where procedures.is_announced) as announced,
    count(*) filter (where procedures.is_announced_late) as announced_late,
    count(*) filter (where procedures.is_published) as published,
    count(*) filter (where procedures.is_published_on_time) as published_on_time,
    count(*) filter (where procedures.is_published_late) as published_late,
    count(*) filter (where not procedures.is_published) as not_published,
    count(*) filter (where procedures.is_overdue) as overdue,
    cast(median(procedures.publish_days_late) filter (where procedures.is_published_late) as double)
        as median_days_late,
    cast(max(procedures.publish_days_late) filter (where procedures.is_published_late) as integer) as max_days_late,
    cast(max(procedures.publish_days_late) filter (where procedures.is_overdue) as integer) as max_days_overdue
from procedures
inner join {{ ref('int_periods__in_scope') }} as periods on procedures.period_code = periods.period_code
group by periods.period_code, periods.calendar, procedures.agency_code
