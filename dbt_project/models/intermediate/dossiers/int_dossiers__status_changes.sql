{#
    One row per change of status in the log of a dossier: the first of events in a row that say the same status.
    Events are distinct by their full key, of known dossiers, not later than known-at, ordered by event_at, sequence
    (null first), then by their first delivery. An event is gone where its last delivery says deleted_at.

    A row lasts from `event_at` to `next_at`; one with `event_at = next_at` was overtaken within the same moment and
    was never visible, but still ends a run. `run_started_at` is the first event of the unbroken run of the row's
    kind (9 and 10 are one kind), `suspension_started_at` that of the run of 5, 6 and 8 the row belongs to.
#}
with dossiers as (
    select
        dossier_sk,
        dossier_code
    from {{ ref('int_dossiers__current') }}
),

deliveries as (
    select
        file_id,
        dense_rank() over (order by extract_date, recorded_at) as delivery_no
    from {{ ref('stg_deliveries') }}
    where feed = 'dossier_events'
),

delivered_events as (
    select
        dossiers.dossier_sk,
        events.event_at,
        events.event_at_has_time,
        events.status,
        events.sequence,
        events.step,
        coalesce(deliveries.delivery_no, 0) * 1000000000000 + events.file_line as delivered,
        case when events.deleted_at <= context.known_at then 1 else 0 end as is_deletion
    from {{ ref('stg_dossier_events') }} as events
    inner join dossiers on events.dossier_code = dossiers.dossier_code
    left join deliveries on events.file_id = deliveries.file_id
    left join {{ ref('stg_dossier_event_withdrawals') }} as withdrawals
        on events.dossier_code = withdrawals.dossier_code
            and events.event_at = withdrawals.event_at
            and events.status = withdrawals.status
            and events.sequence is not distinct from withdrawals.sequence
            and events.step is not distinct from withdrawals.step
    cross join {{ ref('stg_run_context') }} as context
    where events.event_at <= context.known_at and withdrawals.dossier_code is null
),

distinct_events as (
    select
        dossier_sk,
        event_at,
        status,
        sequence,
        max(event_at_has_time) as event_has_time,
        min(delivered) as first_delivered
    from delivered_events
    group by dossier_sk, event_at, status, sequence, step
    having max(2 * delivered + is_deletion) % 2 = 0
),

ordered_events as (
    select
        dossier_sk,
        event_at,
        event_has_time,
        status,
        row_number() over log as event_no,
        lag(status) over log as previous_status
    from distinct_events
    window log as (
        partition by dossier_sk
        order by event_at, sequence nulls first, first_delivered, status
    )
),

changes as (
    select
        *,
        {{ kind_of_state('status') }} as kind,
        previous_status is null
        or {{ kind_of_state('status') }} <> {{ kind_of_state('previous_status') }} as starts_run,
        {{ is_suspended_state('status') }}
        and not coalesce({{ is_suspended_state('previous_status') }}, false) as starts_suspension
    from ordered_events
    where previous_status is null or status <> previous_status
)

select
    dossier_sk,
    event_no,
    event_at,
    event_has_time,
    status,
    kind,
    lead(event_at) over log as next_at,
    last_value(case when starts_run then event_at end ignore nulls) over so_far as run_started_at,
    last_value(case when starts_run then event_has_time end ignore nulls) over so_far as run_has_time,
    case
        when {{ is_suspended_state('status') }}
            then last_value(case when starts_suspension then event_at end ignore nulls) over so_far
    end as suspension_started_at
from changes
window
    log as (partition by dossier_sk order by event_no),
    so_far as (partition by dossier_sk order by event_no rows between unbounded preceding and current row)
