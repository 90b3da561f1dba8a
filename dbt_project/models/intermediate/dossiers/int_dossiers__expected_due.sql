{#
    One row per received dossier whose procedure, as it was at receipt, says how long it may take: when it should have
    been due, by the calendar that its agency kept at receipt (docs/deadlines.md). No row: the procedure says nothing,
    or the end lies beyond the calendar, as that of a term longer than the calendar does.

    The clock starts at `counted_from`: receipt, or the next opening where the office was closed; that day is day 0.
    Working days and hours run in working time, days by the clock. States 5, 6 and 8 and open supplements stop it (one
    without an answer until the log says that work goes on), each moment once, while something is left of the time allowed. The moment due lies in office hours; hours, and
    procedures of 0 days, may end at the second of closing.
#}
with cover as (
    {{ calendar_cover() }}
),

received as (
    select
        received.dossier_sk,
        received.calendar_code,
        cast(received.received_at as date) as received_on,
        {{ second_of_day('received.received_at') }} as received_second,
        coalesce(received.received_has_time, true) as received_has_time,
        case
            when received.processing_days = 0 then 'same_day'
            else coalesce(received.processing_unit, 'working_day')
        end as unit,
        received.processing_days as allowed
    from {{ ref('int_dossiers__received') }} as received
    cross join cover
    where
        received.received_at is not null
        and received.processing_days >= 0
        and not {{ is_beyond_calendar('received.processing_days', 'received.processing_unit', 'cover') }}
),

calendar_days as (
    select * from {{ ref('int_calendar__days') }}
),

started as (
    select
        received.dossier_sk,
        received.received_has_time,
        received.unit,
        received.allowed,
        received.calendar_code,
        {{ office_moment('days', 'received.received_second') }} as counted_from,
        days.working_day_no
        + case
            when days.is_working_day and received.received_second < days.afternoon_closes then 0
            else 1
        end as first_day_no,
        days.working_seconds_before + {{ office_seconds('days', 'received.received_second') }} as worked_before
    from received
    inner join calendar_days as days
        on received.calendar_code = days.calendar_code and received.received_on = days.day
),

context as (
    select known_at from {{ ref('stg_run_context') }}
),

{# Of a supplement without an answer the log may say that work went on all the same. #}
resumptions as (
    select
        supplements.dossier_sk,
        supplements.requested_at,
        min(events.event_at) as resumed_at
    from {{ ref('int_dossiers__supplements') }} as supplements
    inner join {{ ref('int_dossiers__events') }} as events
        on supplements.dossier_sk = events.dossier_sk and events.event_at > supplements.requested_at
    where supplements.answered_at is null and not {{ is_suspended_state('events.status') }}
    group by supplements.dossier_sk, supplements.requested_at
),

{# A supplement that nobody answered and no event ends stops the clock until the dossier is closed. #}
supplements as (
    select
        supplements.dossier_sk,
        supplements.requested_at as paused_from,
        least(
            coalesce(supplements.answered_at, resumptions.resumed_at, context.known_at),
            case when last_states.kind = 'open' then context.known_at else last_states.run_from end,
            context.known_at
        ) as paused_until
    from {{ ref('int_dossiers__supplements') }} as supplements
    inner join {{ ref('int_dossiers__states') }} as last_states
        on supplements.dossier_sk = last_states.dossier_sk and last_states.valid_to is null
    left join resumptions
        on supplements.dossier_sk = resumptions.dossier_sk
            and supplements.requested_at = resumptions.requested_at
    cross join context
),

suspensions as (
    select
        states.dossier_sk,
        states.valid_from as paused_from,
        least(coalesce(states.valid_to, context.known_at), context.known_at) as paused_until
    from {{ ref('int_dossiers__states') }} as states
    cross join context
    where {{ is_suspended_state('states.state') }}
),

pauses as (
    select
        started.dossier_sk,
        started.calendar_code,
        started.counted_from,
        started.worked_before,
        greatest(both_kinds.paused_from, started.counted_from) as paused_from,
        both_kinds.paused_until
    from (
        select * from supplements
        union all
        select * from suspensions
    ) as both_kinds
    inner join started on both_kinds.dossier_sk = started.dossier_sk
    where both_kinds.paused_until > started.counted_from
),

{# What a pause adds to those that began before it. #}
stops as (
    select
        *,
        greatest(
            paused_from,
            coalesce(
                max(paused_until) over (
                    partition by dossier_sk
                    order by paused_from, paused_until rows between unbounded preceding and 1 preceding
                ),
                paused_from
            )
        ) as stopped_from
    from pauses
),

measured_stops as (
    select
        stops.dossier_sk,
        stops.stopped_from,
        {{ seconds_between('stops.counted_from', 'stops.stopped_from') }} as clock_from,
        {{ seconds_between('stops.stopped_from', 'stops.paused_until') }} as clock_seconds,
        {{ working_seconds_until('first_days', 'stops.stopped_from') }} - stops.worked_before as worked_from,
        {{ working_seconds_between('first_days', 'stops.stopped_from', 'last_days', 'stops.paused_until') }}
            as worked_seconds
    from stops
    inner join calendar_days as first_days
        on stops.calendar_code = first_days.calendar_code
            and cast(stops.stopped_from as date) = first_days.day
    inner join calendar_days as last_days
        on stops.calendar_code = last_days.calendar_code
            and cast(stops.paused_until as date) = last_days.day
    where stops.paused_until > stops.stopped_from
),

{# How much of the time allowed had run when each stop began, in working time and by the clock. #}
placed_stops as (
    select
        dossier_sk,
        clock_seconds,
        worked_seconds,
        clock_from - coalesce(sum(clock_seconds) over earlier_stops, 0) as clock_run,
        worked_from - coalesce(sum(worked_seconds) over earlier_stops, 0) as worked_run
    from measured_stops
    window
        earlier_stops as (
            partition by dossier_sk order by stopped_from rows between unbounded preceding and 1 preceding
        )
),

clock_stops as (
    select
        stops.dossier_sk,
        cast(sum(stops.clock_seconds) as bigint) as stopped_seconds
    from placed_stops as stops
    inner join started on stops.dossier_sk = started.dossier_sk
    where started.unit = 'day' and stops.clock_run < started.allowed * 86400
    group by stops.dossier_sk
),

{# The end before working time is stopped: a working day and a second of it. By the clock it may be a day off. #}
ends as (
    select
        started.dossier_sk,
        started.received_has_time,
        started.unit,
        started.allowed,
        started.calendar_code,
        started.worked_before,
        case
            when started.unit = 'day'
                then {{ plus_seconds(
                    'started.counted_from',
                    'cast(floor(started.allowed * 86400) as bigint) + coalesce(clock_stops.stopped_seconds, 0)'
                ) }}
            else started.counted_from
        end as end_at,
        case started.unit
            when 'working_day' then started.first_day_no + cast(floor(started.allowed) as bigint)
            when 'day' then null
            else started.first_day_no
        end as end_day_no
    from started
    left join clock_stops on started.dossier_sk = clock_stops.dossier_sk
),

numbered_ends as (
    select
        ends.*,
        {{ second_of_day('ends.end_at') }} as end_second,
        coalesce(ends.end_day_no, days.working_day_no + case when days.is_working_day then 0 else 1 end) as due_day_no
    from ends
    left join calendar_days as days
        on case when ends.end_day_no is null then ends.calendar_code end = days.calendar_code
            and cast(ends.end_at as date) = days.day
),

allowed_ends as (
    select
        ends.dossier_sk,
        ends.received_has_time,
        ends.unit,
        ends.calendar_code,
        ends.worked_before,
        case
            when ends.unit = 'same_day'
                then {{ plus_seconds('cast(days.day as timestamp)', 'days.afternoon_closes') }}
            else {{ office_moment('days', 'ends.end_second') }}
        end as end_at,
        case ends.unit
            when 'same_day' then days.working_seconds_before + days.working_seconds
            when 'hour' then ends.worked_before + cast(floor(ends.allowed * 3600) as bigint)
            else
                days.working_seconds_before + {{ office_seconds('days', 'ends.end_second') }}
                + case
                    when ends.unit = 'working_day'
                        then cast(floor((ends.allowed - floor(ends.allowed)) * days.working_seconds) as bigint)
                    else 0
                end
        end as worked_until_end,
        ends.unit = 'hour' or (ends.unit = 'working_day' and ends.allowed > floor(ends.allowed)) as is_part_of_day
    from numbered_ends as ends
    inner join calendar_days as days
        on ends.calendar_code = days.calendar_code
            and ends.due_day_no = days.working_day_no
            and days.is_working_day
),

working_stops as (
    select
        stops.dossier_sk,
        cast(sum(stops.worked_seconds) as bigint) as stopped_seconds
    from placed_stops as stops
    inner join allowed_ends as ends on stops.dossier_sk = ends.dossier_sk
    where ends.unit <> 'day' and stops.worked_run < ends.worked_until_end - ends.worked_before
    group by stops.dossier_sk
),

{# Only these are looked up by working time: parts of days, and ends that stops have moved. #}
moved_ends as (
    select
        ends.dossier_sk,
        ends.calendar_code,
        ends.worked_until_end + coalesce(working_stops.stopped_seconds, 0)
        - case when ends.unit in ('hour', 'same_day') then 1 else 0 end as worked_until_due,
        case when ends.unit in ('hour', 'same_day') then 1 else 0 end as seconds_after
    from allowed_ends as ends
    left join working_stops on ends.dossier_sk = working_stops.dossier_sk
    where ends.is_part_of_day or working_stops.stopped_seconds > 0
),

moved as (
    select
        ends.dossier_sk,
        {{ plus_seconds(working_moment('hours', 'ends.worked_until_due'), 'ends.seconds_after') }} as due_at
    from moved_ends as ends
    left join {{ ref('int_calendar__hours') }} as hours
        on ends.calendar_code = hours.calendar_code
            and {{ working_hour_of('ends.worked_until_due') }} = hours.working_hour
            and {{ reached_in('hours', 'ends.worked_until_due') }}
)

select
    ends.dossier_sk,
    ends.calendar_code,
    case when moved.dossier_sk is null then ends.end_at else moved.due_at end as expected_due_at,
    ends.received_has_time as expected_due_has_time
from allowed_ends as ends
left join moved on ends.dossier_sk = moved.dossier_sk
