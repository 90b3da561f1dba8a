{#
    One row per period, agency, sector and distance to the due date in force: dossiers in progress at the end of the
    period. `due_side` says where the day due lies from the last day of the period: past_due, last_day, to_due, or
    no_due_date. `working_days` are those after the earlier of the two days up to the later, 0 where only days off lie
    between them.
#}
with cover as (
    {{ calendar_cover() }}
),

open_dossiers as (
    select
        at_end.period_code,
        at_end.agency_code,
        at_end.sector_code,
        at_end.is_suspended,
        received.calendar_code,
        periods.last_day,
        cast(at_end.due_at as date) as due_on
    from {{ ref('int_dossiers__at_period_ends') }} as at_end
    inner join {{ ref('int_dossiers__received') }} as received on at_end.dossier_sk = received.dossier_sk
    inner join {{ ref('int_periods__in_scope') }} as periods on at_end.period_code = periods.period_code
    where at_end.is_member and at_end.kind_at_end = 'open'
),

counted as (
    select
        period_code,
        agency_code,
        sector_code,
        is_suspended,
        calendar_code,
        last_day,
        due_on,
        count(*) as dossiers
    from open_dossiers
    group by period_code, agency_code, sector_code, is_suspended, calendar_code, last_day, due_on
)

select
    counted.period_code,
    counted.agency_code,
    counted.sector_code,
    counted.is_suspended,
    case
        when counted.due_on is null then 'no_due_date'
        when counted.due_on < counted.last_day then 'past_due'
        when counted.due_on = counted.last_day then 'last_day'
        else 'to_due'
    end as due_side,
    abs(due_days.working_day_no - last_days.working_day_no) as working_days,
    counted.dossiers
from counted
cross join cover
left join {{ ref('int_calendar__days') }} as last_days
    on counted.calendar_code = last_days.calendar_code and counted.last_day = last_days.day
left join {{ ref('int_calendar__days') }} as due_days
    on counted.calendar_code = due_days.calendar_code and cast({{ within_calendar('cast(counted.due_on as timestamp)', 'cover') }} as date) = due_days.day
