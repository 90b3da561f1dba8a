{#
    Procedures in force at the end of each period: announced, published, published on time, offered online. The level
    is the one that handles the procedure. Groups of interlinked procedures cross levels, so they are counted for the
    province alone.
#}
with procedures as (
    select * from {{ ref('int_procedures__in_force') }}
),

counted as (
    select
        period_code,
        agency_level,
        count(*) as in_force,
        count(*) filter (where is_announced) as announced,
        count(*) filter (where is_published) as published,
        count(*) filter (where is_published_on_time) as published_on_time,
        count(*) filter (where is_published or is_due) as published_or_due,
        count(*) filter (where is_online) as online,
        count(*) filter (where is_fully_online) as fully_online
    from procedures
    group by period_code, agency_level
),

interlinked as (
    select
        period_code,
        count(*) as procedures,
        count(distinct interlinked_group) as groups
    from procedures
    where is_interlinked
    group by period_code
)

select * from ({{ indicator_rows('counted', [
    ['procedures_announced_rate', 'default', 'announced', 'in_force'],
    ['procedures_published_rate', 'default', 'published', 'in_force'],
    ['procedures_published_on_time_rate', 'default', 'published_on_time', 'published_or_due'],
    ['online_procedures_rate', 'default', 'online', 'in_force'],
    ['online_procedures_rate', 'full', 'fully_online', 'in_force'],
], depth='level') }}) as by_level
union all
select * from ({{ indicator_rows('interlinked', [
    ['interlinked_procedures', 'default', 'procedures', none],
    ['interlinked_procedures', 'groups', 'groups', none],
]) }}) as interlinked_rows
