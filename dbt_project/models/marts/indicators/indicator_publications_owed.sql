{# Departments and districts whose PAR index and task-completion level of the year before were published by the end. #}
with counted as (
    select
        period_code,
        count(*) filter (where kind = 'par_index_publication' and is_published) as index_published,
        count(*) filter (where kind = 'par_index_publication') as index_owed,
        count(*) filter (where kind = 'task_level_publication' and is_published) as level_published,
        count(*) filter (where kind = 'task_level_publication') as level_owed
    from {{ ref('int_steering__publications_owed') }}
    group by period_code
)

{{ indicator_rows('counted', [
    ['par_index_published', 'default', 'index_published', 'index_owed'],
    ['task_level_published', 'default', 'level_published', 'level_owed'],
]) }}
