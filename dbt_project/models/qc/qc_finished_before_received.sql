{# One row per dossier whose end lies before its receipt: dates without a time of day only where the day does. #}
select
    dossier_key,
    agency_code,
    source_name,
    received_at,
    finished_at
from {{ ref('fct_dossiers') }}
where finished_before_received
