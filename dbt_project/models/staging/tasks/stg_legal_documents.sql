with source as (
    select * from {{ source('raw', 'legal_documents') }}
),

normalised as (
    select
        document_no,
        kind,
        planned_on,
        issued_on,
        checked_on,
        found_unlawful,
        handled_on,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'legal_documents', ['document_no']) }}
)

select
    document_no,
    kind,
    planned_on,
    issued_on,
    checked_on,
    found_unlawful,
    handled_on
from current_versions
