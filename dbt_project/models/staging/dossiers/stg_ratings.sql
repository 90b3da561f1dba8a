{# One row per rating of a dossier. #}
with current_versions as (
    {{ latest_version(source('raw', 'ratings'), 'ratings', ['dossier_code', 'rated_at']) }}
)

select
    dossier_code,
    rated_at,
    score
from current_versions
