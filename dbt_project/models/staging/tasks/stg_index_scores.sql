with source as (
    select * from {{ source('raw', 'index_scores') }}
),

normalised as (
    select
        scheme,
        year,
        {{ normalise_agency_code('agency_code') }} as agency_code,
        criterion_code,
        max_score,
        self_score,
        appraised_score,
        final_score,
        difference_reason,
        evidence_document,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'index_scores', ['scheme', 'year', 'agency_code', 'criterion_code']) }}
)

select
    scheme,
    year,
    agency_code,
    criterion_code,
    max_score,
    self_score,
    appraised_score,
    final_score,
    difference_reason,
    evidence_document
from current_versions
