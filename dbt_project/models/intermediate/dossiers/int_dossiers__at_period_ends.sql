{#
    One row per period and dossier that counts in it: members of the period (received in it or carried over) and
    dossiers whose due date in force falls in it, as they stood at the end E of the period. Everything that forms and
    indicators ask of a dossier in a period stands here. Two populations: `is_member`, `is_due`; filter on one of them.
    Counting rows of one period is right; adding periods counts what is carried over again.

    `class_at` is the moment that gives the class of a closed dossier (`finished_at`, or its closing moment), `due_at`
    the due date in force.
#}
with closings as (
    select
        closings.*,
        {{ dossier_attributes('received') }}
    from {{ ref('int_dossiers__resolutions') }} as closings
    inner join {{ ref('int_dossiers__received') }} as received on closings.dossier_sk = received.dossier_sk
),

days as (
    select * from {{ ref('int_periods__days') }}
),

{# The first end of a period after each day begins: an open interval that does not reach it holds at no end. #}
next_ends as (
    select
        each_day.day,
        min(ends.end_at) as next_end_at
    from (select distinct day from days) as each_day
    inner join (select distinct end_at from {{ ref('int_periods__in_scope') }}) as ends
        on ends.end_at > cast(each_day.day as timestamp)
    group by each_day.day
),

{# When dossiers that were closed more than once were closed: who was so at the start of a period. #}
closed_spans as (
    select
        closings.dossier_sk,
        closings.closed_from,
        closings.closed_until
    from closings
    inner join (
        select distinct dossier_sk from {{ ref('int_dossiers__states') }}
        where was_closed_before
    ) as recalled on closings.dossier_sk = recalled.dossier_sk
),

closed_in_period as (
    select
        days.period_code,
        days.start_at,
        days.start_on,
        days.last_day,
        closings.*,
        true as is_candidate
    from closings
    inner join days on cast(closings.closed_from as date) = days.day
    where closings.closed_from < days.end_at and closings.closed_until >= days.end_at
),

finished_before_due as (
    select
        days.period_code,
        days.start_at,
        days.start_on,
        days.last_day,
        closings.*,
        false as is_candidate
    from closings
    inner join days on closings.due_on = days.day
    where
        closings.kind = 'finished'
        and closings.closed_from < days.start_at
        and closings.closed_until >= days.end_at
),

closed_at_end as (
    select * from closed_in_period
    union all
    select * from finished_before_due
),

open_at_an_end as (
    select
        states.dossier_sk,
        states.state,
        states.valid_from,
        coalesce(states.valid_to, {{ end_of_time() }}) as valid_to,
        states.suspended_since,
        states.was_closed_before
    from {{ ref('int_dossiers__states') }} as states
    left join next_ends on cast(states.valid_from as date) = next_ends.day
    where
        states.kind = 'open'
        and (next_ends.day is null or coalesce(states.valid_to, {{ end_of_time() }}) >= next_ends.next_end_at)
),

open_at_end as (
    select
        periods.period_code,
        periods.start_at,
        periods.end_at,
        periods.start_on,
        periods.last_day,
        states.dossier_sk,
        states.state,
        states.suspended_since,
        states.was_closed_before
    from open_at_an_end as states
    inner join {{ ref('int_periods__in_scope') }} as periods
        on states.valid_from < periods.end_at and states.valid_to >= periods.end_at
),

open_with_due as (
    select
        open_at_end.*,
        {{ dossier_attributes('received') }},
        {{ due_in_force('dossiers', 'due_changes') }}
    from open_at_end
    inner join {{ ref('int_dossiers__received') }} as received on open_at_end.dossier_sk = received.dossier_sk
    inner join {{ ref('int_dossiers__current') }} as dossiers on open_at_end.dossier_sk = dossiers.dossier_sk
    left join {{ ref('int_dossiers__due_changes') }} as due_changes
        on open_at_end.dossier_sk = due_changes.dossier_sk
            and due_changes.answered_at < open_at_end.end_at
            and due_changes.next_answered_at >= open_at_end.end_at
),

at_end as (
    select
        period_code,
        start_at,
        start_on,
        last_day,
        dossier_sk,
        {{ dossier_attributes('closed_at_end') }},
        kind,
        is_candidate,
        was_closed_before,
        false as is_suspended,
        cast(null as timestamp) as suspended_since,
        closing_at,
        class_at,
        class_has_time,
        due_at,
        due_has_time,
        due_on,
        resolved_class,
        is_on_time_by_closing,
        is_on_time_recomputed,
        has_no_expected_due,
        strict_class,
        is_same_day
    from closed_at_end
    union all
    select
        period_code,
        start_at,
        start_on,
        last_day,
        dossier_sk,
        {{ dossier_attributes('open_with_due') }},
        'open' as kind,
        true as is_candidate,
        was_closed_before,
        {{ is_suspended_state('state') }} as is_suspended,
        suspended_since,
        cast(null as timestamp) as closing_at,
        cast(null as timestamp) as class_at,
        cast(null as boolean) as class_has_time,
        due_at,
        due_has_time,
        cast(due_at as date) as due_on,
        cast(null as varchar) as resolved_class,
        cast(null as boolean) as is_on_time_by_closing,
        cast(null as boolean) as is_on_time_recomputed,
        false as has_no_expected_due,
        cast(null as varchar) as strict_class,
        cast(null as boolean) as is_same_day
    from open_with_due
),

placed as (
    select
        at_end.*,
        at_end.kind in ('open', 'finished')
        and coalesce(at_end.due_on between at_end.start_on and at_end.last_day, false) as is_due,
        closed_spans.dossier_sk is not null as was_closed_at_start,
        at_end.is_candidate and (at_end.kind = 'open' or closed_spans.dossier_sk is null) as is_member
    from at_end
    left join closed_spans
        on case when at_end.was_closed_before then at_end.dossier_sk end = closed_spans.dossier_sk
            and closed_spans.closed_from < at_end.start_at
            and closed_spans.closed_until >= at_end.start_at
)

select
    placed.period_code,
    placed.dossier_sk,
    {{ dossier_attributes('placed') }},
    placed.is_member,
    placed.is_due,
    placed.received_at >= placed.start_at as is_received,
    placed.is_member and placed.received_at < placed.start_at as is_carried_over,
    placed.received_at < placed.start_at and placed.kind = 'open' and placed.was_closed_at_start as is_reopened,
    placed.kind as kind_at_end,
    placed.is_suspended,
    placed.suspended_since,
    placed.closing_at,
    placed.class_at,
    placed.class_has_time,
    placed.due_at,
    placed.due_has_time,
    placed.resolved_class,
    placed.is_on_time_by_closing,
    placed.is_on_time_recomputed,
    placed.has_no_expected_due,
    placed.strict_class,
    placed.is_same_day,
    placed.kind in ('withdrawn', 'refused') as is_returned,
    placed.kind = 'open'
    and not placed.is_suspended
    and coalesce(placed.last_day > placed.due_on, false) as is_in_progress_late
from placed
where placed.is_member or placed.is_due
