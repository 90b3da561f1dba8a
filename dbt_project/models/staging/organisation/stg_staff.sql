with source as (
    select * from {{ source('raw', 'staff') }}
),

normalised as (
    select
        person_key,
        {{ normalise_agency_code('agency_code') }} as agency_code,
        position,
        payroll,
        start_on,
        end_on,
        exit_reason,
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
    {{ latest_version('normalised', 'staff', ['person_key', 'agency_code', 'start_on'], 'updated_at') }}
)

select
    person_key,
    agency_code,
    position,
    payroll,
    start_on,
    end_on,
    exit_reason,
    updated_at
from current_versions
