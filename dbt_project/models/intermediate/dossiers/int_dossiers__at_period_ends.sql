{#
    One row per period and dossier that counts in it: members of the period (received in it or carried over) and
    dossiers whose due date in force falls in it, as they stood at the end E of the period. Everything that forms and
    indicators ask of a dossier in a period stands here under its internal number; int_dossiers__in_periods and
    int_dossiers__due_in_periods are its two populations.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

states as (
    select * from {{ ref('int_dossiers__states') }}
),

dossiers as (
    select * from {{ ref('int_dossiers__current') }}
),

received as (
    select * from {{ ref('int_dossiers__received') }}
),

{# Closed intervals of dossiers that were recalled at least once: who was closed at the start of a period. #}
recalled as (
    select distinct dossier_sk from states where was_closed_before
),

closed_intervals as (
    select
        states.dossier_sk,
        states.valid_from,
        states.valid_to
    from states
    inner join recalled on states.dossier_sk = recalled.dossier_sk
    where states.kind <> 'open'
),

closed_at_end as (
    select
        periods.period_code,
        states.dossier_sk,
        states.state,
        states.kind,
        states.run_from >= periods.start_at as is_closed_in_period,
        states.was_closed_before,
        states.suspended_since,
        resolutions.closing_at,
        resolutions.class_at,
        resolutions.class_has_time,
        resolutions.due_at,
        resolutions.due_has_time,
        resolutions.resolved_class,
        resolutions.is_on_time_by_closing,
        resolutions.strict_class,
        resolutions.is_same_day
    from states
    inner join {{ ref('int_dossiers__resolutions') }} as resolutions
        on states.dossier_sk = resolutions.dossier_sk and states.run_started_at = resolutions.closing_at
    inner join periods
        on states.valid_from < periods.end_at
        and coalesce(states.valid_to, timestamp '9999-12-31') >= periods.end_at
        and (
            states.run_from >= periods.start_at
            or (states.kind = 'finished' and resolutions.due_on between periods.start_on and periods.last_day)
        )
    where states.kind <> 'open'
),

open_at_end as (
    select
        periods.period_code,
        periods.end_at,
        states.dossier_sk,
        states.state,
        states.suspended_since,
        states.was_closed_before
    from states
    inner join periods
        on states.valid_from < periods.end_at
        and coalesce(states.valid_to, timestamp '9999-12-31') >= periods.end_at
    where states.kind = 'open'
),

open_with_due as (
    select
        open_at_end.*,
        {{ due_in_force('dossiers', 'due_changes') }}
    from open_at_end
    inner join dossiers on open_at_end.dossier_sk = dossiers.dossier_sk
    left join {{ ref('int_dossiers__due_changes') }} as due_changes
        on open_at_end.dossier_sk = due_changes.dossier_sk
        and due_changes.answered_at < open_at_end.end_at
        and (due_changes.next_answered_at is null or due_changes.next_answered_at >= open_at_end.end_at)
),

at_end as (
    select
        period_code,
        dossier_sk,
        state,
        kind,
        is_closed_in_period as is_candidate,
        was_closed_before,
        suspended_since,
        closing_at,
        class_at,
        class_has_time,
        due_at,
        due_has_time,
        resolved_class,
        is_on_time_by_closing,
        strict_class,
        is_same_day
    from closed_at_end
    union all
    select
        period_code,
        dossier_sk,
        state,
        'open' as kind,
        true as is_candidate,
        was_closed_before,
        suspended_since,
        cast(null as timestamp) as closing_at,
        cast(null as timestamp) as class_at,
        cast(null as boolean) as class_has_time,
        due_at,
        due_has_time,
        cast(null as varchar) as resolved_class,
        cast(null as boolean) as is_on_time_by_closing,
        cast(null as varchar) as strict_class,
        cast(null as boolean) as is_same_day
    from open_with_due
),

placed as (
    select
        at_end.*,
        periods.start_at,
        periods.start_on,
        periods.last_day,
        received.received_at >= periods.start_at as is_received,
        closed_intervals.dossier_sk is not null as was_closed_at_start,
        received.agency_code,
        received.agency_level,
        received.block,
        received.procedure_code,
        received.sector_code,
        received.service_level,
        received.is_certification
    from at_end
    inner join periods on at_end.period_code = periods.period_code
    inner join received on at_end.dossier_sk = received.dossier_sk
    left join closed_intervals
        on at_end.dossier_sk = closed_intervals.dossier_sk
        and at_end.was_closed_before
        and closed_intervals.valid_from < periods.start_at
        and coalesce(closed_intervals.valid_to, timestamp '9999-12-31') >= periods.start_at
)

select
    placed.period_code,
    placed.dossier_sk,
    placed.agency_code,
    placed.agency_level,
    placed.block,
    placed.procedure_code,
    placed.sector_code,
    placed.service_level,
    placed.is_certification,
    dossiers.channel,
    dossiers.filed_by,
    dossiers.fee_amount,
    dossiers.paid_online,
    dossiers.has_digitised_components,
    dossiers.has_electronic_result,
    dossiers.reused_components,
    placed.is_candidate and (placed.kind = 'open' or not placed.was_closed_at_start) as is_member,
    placed.kind in ('open', 'finished')
    and coalesce(cast(placed.due_at as date) between placed.start_on and placed.last_day, false) as is_due,
    placed.is_received,
    not placed.is_received and (placed.kind = 'open' or not placed.was_closed_at_start) as is_carried_over,
    not placed.is_received and placed.kind = 'open' and placed.was_closed_at_start as is_reopened,
    cast(placed.state as varchar) as state_at_end,
    placed.kind as kind_at_end,
    {{ is_suspended_state('placed.state') }} as is_suspended,
    placed.suspended_since,
    placed.closing_at,
    placed.class_at,
    placed.class_has_time,
    placed.due_at,
    placed.due_has_time,
    placed.resolved_class,
    placed.is_on_time_by_closing,
    placed.strict_class,
    placed.is_same_day,
    placed.kind in ('withdrawn', 'refused') as is_returned,
    placed.kind = 'open'
    and not {{ is_suspended_state('placed.state') }}
    and coalesce(placed.last_day > cast(placed.due_at as date), false) as is_in_progress_late
from placed
inner join dossiers on placed.dossier_sk = dossiers.dossier_sk
