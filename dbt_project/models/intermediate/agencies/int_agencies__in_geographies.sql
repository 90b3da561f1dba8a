{#
    One row per geography that is published, agency, and agency that stands for it on the geography's day: as it is at
    known-at, and as of each day of geography_days. Level, and whether it and its level are in force, are those of the day.
    An agency that begins after the day is there and not in force, so that the day is known not to be answered.
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

versions as (
    {{ versions_by_nearest_day('agencies', 'agency_code', ['level', 'established_on', 'dissolved_on']) }}
),

-- Where no committee of a unit is delivered, the unit stands for it under its key.
stand_ins as (
    select
        agency_code,
        level,
        established_on,
        dissolved_on,
        speaks_from,
        speaks_until
    from versions
    union all
    select
        {{ version_key('code', 'valid_from') }} as agency_code,
        level,
        valid_from as established_on,
        valid_to as dissolved_on,
        date '0001-01-01' as speaks_from,
        date '9999-12-31' as speaks_until
    from {{ ref('admin_units') }}
),

levels_gone as (
    select
        geographies.geography,
        government_levels.level
    from geographies
    cross join {{ ref('government_levels') }} as government_levels
    group by geographies.geography, government_levels.level
    having not bool_or({{ in_force_on('geographies.geography_on', 'government_levels') }})
)

select
    geographies.geography,
    geographies.geography_on,
    successions.agency_code,
    successions.successor_code,
    successions.weight,
    stand_ins.level,
    coalesce(stand_ins.established_on <= geographies.geography_on, true)
    and coalesce(stand_ins.dissolved_on > geographies.geography_on, true)
    and levels_gone.level is null as is_in_force
from geographies
inner join {{ ref('int_agencies__successions') }} as successions
    on {{ in_force_on('geographies.geography_on', 'successions') }}
inner join stand_ins
    on
        successions.successor_code = stand_ins.agency_code
        and geographies.geography_on between stand_ins.speaks_from and stand_ins.speaks_until
left join levels_gone
    on
        geographies.geography = levels_gone.geography
        and stand_ins.level = levels_gone.level
