{#
    One row per event of a dossier, numbered in the order of its log: events are distinct by their full key, of known
    dossiers, not later than known-at, ordered by event_at, sequence (null first), then by their first delivery. An
    event is gone where its last delivery says deleted_at.

    `step` is the step in force from the event on: its own, or where it names none that of the last event that names
    one (null before the first). `next_event_at` is null for the last event.
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
        step,
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
        lag(status) over log as previous_status,
        lead(event_at) over log as next_event_at,
        last_value(step ignore nulls) over so_far as step
    from distinct_events
    window
        log as (
            partition by dossier_sk
            order by event_at, sequence nulls first, first_delivered, status
        ),
        so_far as (
            partition by dossier_sk
            order by event_at, sequence nulls first, first_delivered, status
            rows between unbounded preceding and current row
        )
)

select
    dossier_sk,
    event_no,
    event_at,
    event_has_time,
    next_event_at,
    status,
    previous_status,
    step
from ordered_events
