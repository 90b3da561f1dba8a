{# One row per feedback or petition. #}
with current_versions as (
    {{ latest_version(source('raw', 'feedback'), 'feedback', ['feedback_code']) }}
)

select
    feedback_code,
    {{ normalise_agency_code('agency_code') }} as agency_code,
    received_at,
    due_at,
    due_at_has_time,
    answered_at,
    satisfied
from current_versions
