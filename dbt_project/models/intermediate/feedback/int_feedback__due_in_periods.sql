{#
    One row per period and feedback that has to be answered in it: due in it, or, without a due date, received in it.
    Whether it was answered on time does not depend on the period, so months add up: an answer counts once it is known,
    wherever the period ends. With a due date that changes nothing, for an answer in time comes before the end anyway.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

context as (
    select * from {{ ref('stg_run_context') }}
),

feedback as (
    select
        feedback.feedback_code,
        case
            when feedback.due_at is null then feedback.received_at
            else {{ due_moment('feedback.due_at', 'coalesce(feedback.due_at_has_time, true)') }}
        end as placed_at,
        coalesce(feedback.answered_at <= context.known_at, false)
        and case
            when feedback.due_at is null then true
            when coalesce(feedback.due_at_has_time, true) then feedback.answered_at <= feedback.due_at
            else cast(feedback.answered_at as date) <= cast(feedback.due_at as date)
        end as is_on_time
    from {{ ref('stg_feedback') }} as feedback
    cross join context
)

select
    periods.period_code,
    feedback.feedback_code,
    feedback.is_on_time
from periods
inner join feedback on feedback.placed_at >= periods.start_at and feedback.placed_at < periods.end_at
