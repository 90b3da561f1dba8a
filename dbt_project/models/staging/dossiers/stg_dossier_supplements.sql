{# One row per request for a supplement. #}
with current_versions as (
    {{ latest_version(source('raw', 'dossier_supplements'), 'dossier_supplements', ['dossier_code', 'requested_at']) }}
)

select
    dossier_code,
    requested_at,
    requested_at_has_time,
    answered_at,
    answered_at_has_time,
    due_before,
    due_before_has_time,
    due_after,
    due_after_has_time
from current_versions
