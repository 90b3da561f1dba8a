{#
    One row per interval of state of a received dossier, from its receipt on. `valid_from` is outside the interval
    and `valid_to` inside: a moment x has happened at m when x < m. The last interval is open (`valid_to` null).

    With events, the state is that of the last event (1 after receipt counts as 2), and 2 before the first one.
    Without events, finished and withdrawn dossiers are 4 until they ended, the others 4 until their own status was
    first seen. `run_started_at` is the closing moment of a closed interval; `run_from` is the same, not before R.
    `was_closed_before` marks intervals that a closed one of an earlier run precedes.
#}
with received as (
    select
        dossier_sk,
        received_at,
        received_has_time,
        first_event_at
    from {{ ref('int_dossiers__received') }}
    where received_at is not null
),

changes as (
    select
        *,
        min(case when kind <> 'open' then event_at end) over (partition by dossier_sk) as first_closed_at
    from {{ ref('int_dossiers__status_changes') }}
),

placed as (
    select
        changes.*,
        received.received_at,
        case
            when changes.event_no = 1 and changes.status = 2 then received.received_at
            else greatest(changes.event_at, received.received_at)
        end as valid_from
    from changes
    inner join received on changes.dossier_sk = received.dossier_sk
),

logged as (
    select
        changes.dossier_sk,
        case when changes.status = 1 then 2 else changes.status end as state,
        changes.kind,
        changes.valid_from,
        changes.next_at as valid_to,
        changes.run_started_at,
        changes.run_has_time,
        greatest(changes.run_started_at, changes.received_at) as run_from,
        changes.suspension_started_at as suspended_since,
        coalesce(changes.first_closed_at < changes.run_started_at, false) as was_closed_before
    from placed as changes
    where changes.next_at is null or changes.next_at > changes.valid_from
),

before_log as (
    select
        received.dossier_sk,
        2 as state,
        'open' as kind,
        received.received_at as valid_from,
        changes.event_at as valid_to,
        received.received_at as run_started_at,
        received.received_has_time as run_has_time,
        received.received_at as run_from,
        cast(null as timestamp) as suspended_since,
        false as was_closed_before
    from changes
    inner join received on changes.dossier_sk = received.dossier_sk
    where changes.event_no = 1 and changes.status <> 2 and changes.event_at > received.received_at
),

without_log as (
    select
        received.dossier_sk,
        received.received_at,
        received.received_has_time,
        dossiers.status,
        dossiers.returned_at,
        case
            when dossiers.status in (9, 10) then coalesce(dossiers.finished_at, dossiers.status_first_seen_at)
            when dossiers.status = 7 then coalesce(dossiers.returned_at, dossiers.status_first_seen_at)
            else dossiers.status_first_seen_at
        end as own_state_at,
        case
            when dossiers.status in (9, 10) and dossiers.finished_at is not null then dossiers.finished_at_has_time
            when dossiers.status = 7 and dossiers.returned_at is not null then dossiers.returned_at_has_time
            else true
        end as own_state_has_time
    from received
    inner join {{ ref('int_dossiers__current') }} as dossiers on received.dossier_sk = dossiers.dossier_sk
    where received.first_event_at is null
),

turned as (
    select
        *,
        greatest(received_at, own_state_at) as turned_at,
        case when own_state_at > received_at then own_state_has_time else received_has_time end as turned_has_time,
        case when status in (9, 10) then greatest(received_at, own_state_at, returned_at) end as delivered_at
    from without_log
),

unlogged as (
    select
        dossier_sk,
        4 as state,
        'open' as kind,
        received_at as valid_from,
        case when status <> 4 then turned_at end as valid_to,
        received_at as run_started_at,
        received_has_time as run_has_time,
        received_at as run_from,
        cast(null as timestamp) as suspended_since
    from turned
    where status = 4 or turned_at > received_at
    union all
    select
        dossier_sk,
        case when status in (9, 10) then 9 else status end as state,
        {{ kind_of_state('status') }} as kind,
        turned_at as valid_from,
        case when returned_at is not null then delivered_at end as valid_to,
        turned_at as run_started_at,
        turned_has_time as run_has_time,
        turned_at as run_from,
        case when {{ is_suspended_state('status') }} then turned_at end as suspended_since
    from turned
    where status <> 4 and (returned_at is null or delivered_at is null or delivered_at > turned_at)
    union all
    select
        dossier_sk,
        10 as state,
        'finished' as kind,
        delivered_at as valid_from,
        cast(null as timestamp) as valid_to,
        turned_at as run_started_at,
        turned_has_time as run_has_time,
        turned_at as run_from,
        cast(null as timestamp) as suspended_since
    from turned
    where returned_at is not null and delivered_at is not null
),

intervals as (
    select * from logged
    union all
    select * from before_log
    union all
    select
        *,
        false as was_closed_before
    from unlogged
)

select
    dossier_sk,
    cast(state as smallint) as state,
    kind,
    valid_from,
    valid_to,
    run_started_at,
    run_has_time,
    run_from,
    suspended_since,
    was_closed_before
from intervals
