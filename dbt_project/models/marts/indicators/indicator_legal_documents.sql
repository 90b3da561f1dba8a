{# Legal documents: issued on schedule among those planned in the period, handled among those found unlawful in it. #}
with counted as (
    select
        period_code,
        count(*) filter (where is_planned) as planned,
        count(*) filter (where is_on_schedule) as on_schedule,
        count(*) filter (where is_unlawful) as unlawful,
        count(*) filter (where is_handled) as handled
    from {{ ref('int_steering__documents_in_periods') }}
    group by period_code
)

{{ indicator_rows('counted', [
    ['legal_documents_on_schedule_rate', 'default', 'on_schedule', 'planned'],
    ['unlawful_documents_handled_rate', 'default', 'handled', 'unlawful'],
]) }}
