{#
    Procedures in force at the end of each period: announced, published, published on time, offered online. The level
    is the one that handles the procedure.
#}
with counted as (
    select
        period_code,
        agency_level,
        count(*) as in_force,
        count(*) filter (where is_announced) as announced,
        count(*) filter (where is_published) as published,
        count(*) filter (where is_published_on_time) as published_on_time,
        count(*) filter (where is_published or is_due) as published_or_due,
        count(*) filter (where is_online) as online
    from {{ ref('int_procedures__in_force') }}
    group by period_code, agency_level
)

{{ indicator_rows('counted', [
    ['procedures_announced_rate', 'default', 'announced', 'in_force'],
    ['procedures_published_rate', 'default', 'published', 'in_force'],
    ['procedures_published_on_time_rate', 'default', 'published_on_time', 'published_or_due'],
    ['online_procedures_rate', 'default', 'online', 'in_force'],
], depth='level') }}
