{#
    One row per change of status in the log of a dossier: the first of events in a row that say the same status.

    A row lasts from `event_at` to `next_at`; one with `event_at = next_at` was overtaken within the same moment and
    was never visible, but still ends a run. `run_started_at` is the first event of the unbroken run of the row's
    kind (9 and 10 are one kind), `suspension_started_at` that of the run of 5, 6 and 8 the row belongs to.
#}
with changes as (
    select
        *,
        {{ kind_of_state('status') }} as kind,
        previous_status is null
        or {{ kind_of_state('status') }} <> {{ kind_of_state('previous_status') }} as starts_run,
        {{ is_suspended_state('status') }}
        and not coalesce({{ is_suspended_state('previous_status') }}, false) as starts_suspension
    from {{ ref('int_dossiers__events') }}
    where previous_status is null or status <> previous_status
)

select
    dossier_sk,
    event_no,
    event_at,
    event_has_time,
    status,
    previous_status,
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
