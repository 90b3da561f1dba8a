{# Dialogues held and surveys conducted in each period: events, whoever held them. #}
with counted as (
    select
        period_code,
        count(*) filter (where kind = 'dialogue') as dialogues,
        count(*) filter (where kind = 'survey') as surveys
    from {{ ref('int_steering__events_in_periods') }}
    group by period_code
)

{{ indicator_rows('counted', [
    ['dialogues_held', 'default', 'dialogues', none],
    ['surveys_conducted', 'default', 'surveys', none],
]) }}
