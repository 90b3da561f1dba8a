with source as (
    select * from {{ source('raw', 'function_regulations') }}
),

normalised as (
    select
        {{ normalise_agency_code('agency_code') }} as agency_code,
        document_no,
        issued_on,
        replaces_document_no,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'function_regulations', ['agency_code', 'document_no']) }}
)

select
    agency_code,
    document_no,
    issued_on,
    replaces_document_no
from current_versions
