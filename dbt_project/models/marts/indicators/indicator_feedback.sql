{# Feedback and petitions answered on time, among those that had to be answered in the period. #}
with counted as (
    select
        period_code,
        count(*) as due,
        count(*) filter (where is_on_time) as on_time
    from {{ ref('int_feedback__due_in_periods') }}
    group by period_code
)

{{ indicator_rows('counted', [
    ['feedback_on_time_rate', 'default', 'on_time', 'due'],
]) }}
