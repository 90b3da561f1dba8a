with source as (
    select * from {{ source('raw', 'steering_events') }}
),

normalised as (
    select
        event_code,
        kind,
        held_on,
        refers_to_year,
        {{ normalise_agency_code('agency_code') }} as agency_code,
        title,
        participants,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'steering_events', ['event_code']) }}
)

select
    event_code,
    kind,
    held_on,
    refers_to_year,
    agency_code,
    title,
    participants
from current_versions
