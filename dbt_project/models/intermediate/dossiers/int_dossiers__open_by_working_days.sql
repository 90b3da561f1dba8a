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
        open_dossiers.period_code,
        open_dossiers.agency_code,
        open_dossiers.sector_code,
        open_dossiers.is_suspended,
        open_dossiers.calendar_code,
        open_dossiers.last_day,
        open_dossiers.due_on,
        cast({{ within_calendar('cast(open_dossiers.due_on as timestamp)', 'cover') }} as date) as covered_due_on,
        count(*) as dossiers
    from open_dossiers
    cross join cover
    group by
        open_dossiers.period_code,
        open_dossiers.agency_code,
        open_dossiers.sector_code,
        open_dossiers.is_suspended,
        open_dossiers.calendar_code,
        open_dossiers.last_day,
        open_dossiers.due_on,
        cover.first_at,
        cover.last_at
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
    case
        when counted.due_on is not null then abs(due_days.working_day_no - last_days.working_day_no)
    end as working_days,
    counted.dossiers
from counted
left join {{ ref('int_calendar__days') }} as last_days
    on counted.calendar_code = last_days.calendar_code and counted.last_day = last_days.day
left join {{ ref('int_calendar__days') }} as due_days
    on counted.calendar_code = due_days.calendar_code and counted.covered_due_on = due_days.day
