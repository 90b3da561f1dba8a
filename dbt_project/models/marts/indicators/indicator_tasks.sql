{#
    Tasks of the Government and the Prime Minister, as at the end of each period. Tasks completed before the year began
    are history; a task without any deadline is on time. Not for agencies: a task has one lead agency here, fct_tasks
    names it.
#}
with periods as (
    select
        periods.*,
        years.start_on as year_start
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('dim_period') }} as years
        on periods.calendar = years.calendar and periods.year = years.year and years.kind = 'year'
),

tasks as (
    select
        *,
        coalesce(deadline, original_deadline) as due_on,
        coalesce(original_deadline, deadline) as first_due_on
    from {{ ref('fct_tasks') }}
    where issuer in ('government', 'prime_minister')
),

assigned as (
    select
        periods.period_code,
        coalesce(tasks.completed_on < periods.end_at, false) as is_completed,
        coalesce(tasks.completed_on > tasks.due_on, false) as is_completed_late,
        coalesce(tasks.completed_on > tasks.first_due_on, false) as is_completed_late_first,
        coalesce(tasks.due_on < periods.last_day, false) as is_past_due,
        coalesce(tasks.first_due_on < periods.last_day, false) as is_past_due_first,
        coalesce(tasks.deadline > tasks.original_deadline, false) as is_extended
    from periods
    inner join tasks
        on
            tasks.assigned_on < periods.end_at
            and (tasks.completed_on is null or tasks.completed_on >= periods.year_start)
),

counted as (
    select
        period_code,
        count(*) as assigned,
        count(*) filter (where is_completed) as completed,
        count(*) filter (where is_completed and not is_completed_late) as completed_on_time,
        count(*) filter (where is_completed and is_completed_late) as completed_late,
        count(*) filter (where is_completed and not is_completed_late_first) as completed_on_time_first,
        count(*) filter (where not is_completed and not is_past_due) as in_progress_on_time,
        count(*) filter (where not is_completed and is_past_due) as overdue,
        count(*) filter (where not is_completed and is_past_due_first) as overdue_first,
        count(*) filter (where is_extended) as extended
    from assigned
    group by period_code
)

{{ indicator_rows('counted', [
    ['tasks_assigned', 'default', 'assigned', none],
    ['tasks_completed_on_time', 'default', 'completed_on_time', none],
    ['tasks_completed_late', 'default', 'completed_late', none],
    ['tasks_in_progress_on_time', 'default', 'in_progress_on_time', none],
    ['tasks_in_progress_overdue', 'default', 'overdue', none],
    ['tasks_extended', 'default', 'extended', none],
    ['task_completion_rate', 'default', 'completed', 'assigned'],
    ['task_on_time_rate', 'extended', 'completed_on_time', 'completed + overdue'],
    ['task_on_time_rate', 'original', 'completed_on_time_first', 'completed + overdue_first'],
]) }}
