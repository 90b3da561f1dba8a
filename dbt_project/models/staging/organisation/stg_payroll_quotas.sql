with source as (
    select * from {{ source('raw', 'payroll_quotas') }}
),

normalised as (
    select
        {{ normalise_agency_code('agency_code') }} as agency_code,
        year,
        quota,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'payroll_quotas', ['agency_code', 'year']) }}
)

select
    agency_code,
    year,
    quota
from current_versions
