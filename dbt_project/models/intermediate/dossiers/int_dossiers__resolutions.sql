{#
    One row per closing of a received dossier (an unbroken run of its closed kind that was ever visible): when it
    closed, which due date was in force then, and how the official forms class it. A dossier that was recalled and
    closed again has several. `is_on_time_recomputed` holds the day of the expected due time (the recorded one where
    none is known) against the day of finish; whoever withdrew or was returned is on time, as in the form. One holds at m where `closed_from < m <= closed_until`; `closed_from` is the closing
    moment, or receipt where that is later.
#}
with closings as (
    select
        dossier_sk,
        run_started_at as closing_at,
        max(kind) as kind,
        max(run_has_time) as closing_has_time,
        max(run_from) as closed_from,
        max(coalesce(valid_to, {{ end_of_time() }})) as closed_until,
        max(was_closed_before) as was_closed_before
    from {{ ref('int_dossiers__states') }}
    where kind <> 'open'
    group by dossier_sk, run_started_at
),

with_due as (
    select
        closings.dossier_sk,
        closings.closing_at,
        closings.closing_has_time,
        closings.kind,
        closings.closed_from,
        closings.closed_until,
        closings.was_closed_before,
        dossiers.finished_at,
        coalesce(dossiers.finished_at_has_time, true) as finished_at_has_time,
        received.received_at,
        expected.expected_due_at,
        {{ due_in_force('dossiers', 'due_changes') }},
        closings.kind = 'finished'
        and (
            dossiers.finished_at is null
            or {{ is_before_receipt('dossiers.finished_at', 'dossiers.finished_at_has_time', 'received.received_at') }}
            or cast(dossiers.finished_at as date) <> cast(closings.closing_at as date)
        ) as is_finish_mismatch
    from closings
    inner join {{ ref('int_dossiers__current') }} as dossiers on closings.dossier_sk = dossiers.dossier_sk
    inner join {{ ref('int_dossiers__received') }} as received on closings.dossier_sk = received.dossier_sk
    left join {{ ref('int_dossiers__expected_due') }} as expected on closings.dossier_sk = expected.dossier_sk
    left join {{ ref('int_dossiers__due_changes') }} as due_changes
        on closings.dossier_sk = due_changes.dossier_sk
            and due_changes.answered_at <= closings.closing_at
            and due_changes.next_answered_at > closings.closing_at
),

with_finish as (
    select
        *,
        case when kind <> 'finished' or is_finish_mismatch then closing_at else finished_at end as class_at,
        case
            when kind <> 'finished' or is_finish_mismatch then closing_has_time
            else finished_at_has_time
        end as class_has_time
    from with_due
)

select
    dossier_sk,
    closing_at,
    closed_from,
    closed_until,
    was_closed_before,
    kind,
    class_at,
    class_has_time,
    due_at,
    due_has_time,
    is_due_rewritten,
    is_finish_mismatch,
    cast(due_at as date) as due_on,
    case
        when kind <> 'finished' or due_at is null then 'on_time'
        when cast(class_at as date) < cast(due_at as date) then 'early'
        when cast(class_at as date) = cast(due_at as date) then 'on_time'
        else 'late'
    end as resolved_class,
    coalesce(cast(class_at as date) <= cast(due_at as date), true) as is_on_time_by_closing,
    kind <> 'finished'
    or coalesce(cast(class_at as date) <= cast(coalesce(expected_due_at, due_at) as date), true)
        as is_on_time_recomputed,
    kind = 'finished' and expected_due_at is null as has_no_expected_due,
    case
        when kind <> 'finished' then 'excluded_returned'
        when due_at is null then 'excluded_no_due'
        when class_has_time and due_has_time and class_at <= due_at then 'on_time'
        when not (class_has_time and due_has_time) and cast(class_at as date) <= cast(due_at as date) then 'on_time'
        else 'late'
    end as strict_class,
    kind = 'finished' and cast(class_at as date) = cast(received_at as date) as is_same_day
from with_finish
