{# One row per delivered version of a dossier: what it said its status and due date were, and when it was known. #}
select
    dossier_code,
    cast(status as smallint) as status,
    due_at,
    due_at_has_time,
    updated_at,
    extract_date,
    recorded_at,
    file_line,
    file_id
from {{ source('raw', 'dossiers') }}
