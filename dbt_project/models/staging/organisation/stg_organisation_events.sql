with source as (
    select * from {{ source('raw', 'organisation_events') }}
),

normalised as (
    select
        event_code,
        event_type,
        decision_no,
        decided_on,
        effective_on,
        {{ normalise_agency_code('agency_code') }} as agency_code,
        {{ normalise_agency_code('successor_code') }} as successor_code,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'organisation_events', ['event_code', 'agency_code', 'successor_code']) }}
)

select
    event_code,
    event_type,
    decision_no,
    decided_on,
    effective_on,
    agency_code,
    successor_code
from current_versions
