{#
    One row per geography that is published, agency, and agency that stands for it on the geography's day: as it is at
    known-at, and as of each day of geography_days. Its level is that of the day.
#}
{{ config(materialized='view') }}

with geographies as (
    select
        'as_is' as geography,
        cast(known_at as date) as geography_on
    from {{ ref('stg_run_context') }}
    union all
    select
        concat('as_of:', cast(geography_on as varchar(10))) as geography,
        geography_on
    from {{ ref('geography_days') }}
),

agencies as (
    select * from {{ ref('int_agencies__versioned') }}
),

levels as (
    {{ versions_by_nearest_day('agencies', 'agency_code', ['level']) }}
)

select
    geographies.geography,
    geographies.geography_on,
    successions.agency_code,
    successions.successor_code,
    successions.weight,
    levels.level
from geographies
inner join {{ ref('int_agencies__successions') }} as successions
    on {{ in_force_on('geographies.geography_on', 'successions') }}
inner join levels
    on
        successions.successor_code = levels.agency_code
        and geographies.geography_on between levels.speaks_from and levels.speaks_until
