with source as (
    select * from {{ source('raw', 'agencies') }}
),

normalised as (
    select
        {{ normalise_agency_code('agency_code') }} as agency_code,
        valid_from,
        name,
        kind,
        level,
        block,
        {{ normalise_agency_code('parent_code') }} as parent_code,
        admin_unit_code,
        established_on,
        dissolved_on,
        has_one_stop,
        updated_at,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'agencies', ['agency_code', 'valid_from'], 'updated_at') }}
)

select
    agency_code,
    valid_from,
    name,
    kind,
    level,
    block,
    parent_code,
    admin_unit_code,
    established_on,
    dissolved_on,
    has_one_stop,
    updated_at
from current_versions
