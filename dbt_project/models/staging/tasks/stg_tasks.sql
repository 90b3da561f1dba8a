with source as (
    select * from {{ source('raw', 'tasks') }}
),

normalised as (
    select
        task_code,
        document_no,
        issuer,
        assigned_on,
        content,
        {{ normalise_agency_code('lead_agency_code') }} as lead_agency_code,
        original_deadline,
        deadline,
        completed_on,
        progress_pct,
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
    {{ latest_version('normalised', 'tasks', ['task_code'], 'updated_at') }}
)

select
    task_code,
    document_no,
    issuer,
    assigned_on,
    content,
    lead_agency_code,
    original_deadline,
    deadline,
    completed_on,
    progress_pct,
    updated_at
from current_versions
