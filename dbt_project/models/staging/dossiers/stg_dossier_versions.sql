{# One row per delivered version of a dossier: what it said its status was, and when it was known. #}
select
    dossier_code,
    cast(status as smallint) as status,
    updated_at,
    recorded_at
from {{ source('raw', 'dossiers') }}
