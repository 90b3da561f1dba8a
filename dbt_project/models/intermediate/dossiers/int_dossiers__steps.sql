{#
    One row per dossier, moment up to which it is looked at, and step it went through: how long, without suspensions, in
    whole seconds. Looked at are dossiers that were finished, up to each finish, and those late at the end of a period,
    up to that end. A step lasts from its event to the next event of another step; a step entered again is one row. What
    no event gives a step to is 'unknown'. The rows of one dossier and moment add up to its handling time. A dossier
    finished in the moment of its receipt has one row of 0 seconds, in the step of the last event of that moment.

    `entered_at` is the first moment in the step, not before receipt.
#}
with cover as (
    {{ calendar_cover() }}
),

windows as (
    select
        dossier_sk,
        closed_from as looked_at
    from {{ ref('int_dossiers__handling') }}
    where kind = 'finished'
    union
    select
        at_end.dossier_sk,
        periods.end_at as looked_at
    from {{ ref('int_dossiers__at_period_ends') }} as at_end
    inner join {{ ref('int_periods__in_scope') }} as periods on at_end.period_code = periods.period_code
    where at_end.is_in_progress_late
),

placed as (
    select
        windows.dossier_sk,
        windows.looked_at,
        received.received_at,
        received.first_event_at,
        received.calendar_code
    from windows
    inner join {{ ref('int_dossiers__received') }} as received on windows.dossier_sk = received.dossier_sk
),

looked_at as (
    select * from placed
    where received_at < looked_at
),

spells as (
    select
        looked_at.dossier_sk,
        looked_at.looked_at,
        looked_at.calendar_code,
        coalesce(events.step, 'unknown') as step,
        {{ is_suspended_state('events.status') }} as is_suspended,
        greatest(events.event_at, looked_at.received_at) as began_at,
        least(coalesce(events.next_event_at, looked_at.looked_at), looked_at.looked_at) as ended_at
    from {{ ref('int_dossiers__events') }} as events
    inner join looked_at on events.dossier_sk = looked_at.dossier_sk
    where
        events.event_at < looked_at.looked_at
        and (events.next_event_at is null or events.next_event_at > events.event_at)
        and (events.next_event_at is null or events.next_event_at > looked_at.received_at)
    union all
    select
        dossier_sk,
        looked_at,
        calendar_code,
        'unknown' as step,
        false as is_suspended,
        received_at as began_at,
        least(coalesce(first_event_at, looked_at), looked_at) as ended_at
    from looked_at
    where first_event_at is null or first_event_at > received_at
),

measurable as (
    select
        spells.*,
        {{ within_calendar('spells.began_at', 'cover') }} as office_from,
        {{ within_calendar('spells.ended_at', 'cover') }} as office_until
    from spells
    cross join cover
),

measured as (
    select
        spells.dossier_sk,
        spells.looked_at,
        spells.step,
        spells.began_at,
        case
            when spells.is_suspended then 0
            else {{ working_seconds_between('first_days', 'spells.office_from', 'last_days', 'spells.office_until') }}
        end as working_seconds,
        case
            when spells.is_suspended then 0
            else {{ seconds_between('spells.began_at', 'spells.ended_at') }}
        end as calendar_seconds
    from measurable as spells
    left join {{ ref('int_calendar__days') }} as first_days
        on spells.calendar_code = first_days.calendar_code and cast(spells.office_from as date) = first_days.day
    left join {{ ref('int_calendar__days') }} as last_days
        on spells.calendar_code = last_days.calendar_code and cast(spells.office_until as date) = last_days.day
    union all
    select
        placed.dossier_sk,
        placed.looked_at,
        coalesce(events.step, 'unknown') as step,
        placed.looked_at as began_at,
        0 as working_seconds,
        0 as calendar_seconds
    from placed
    left join {{ ref('int_dossiers__events') }} as events
        on placed.dossier_sk = events.dossier_sk
            and placed.looked_at = events.event_at
            and (events.next_event_at is null or events.next_event_at > events.event_at)
    where placed.received_at >= placed.looked_at
)

select
    dossier_sk,
    looked_at,
    step,
    min(began_at) as entered_at,
    cast(sum(working_seconds) as integer) as working_seconds,
    cast(sum(calendar_seconds) as bigint) as calendar_seconds
from measured
group by dossier_sk, looked_at, step
