{# One row per event that a later complete snapshot of its source no longer holds. #}
select
    dossier_code,
    event_at,
    cast(status as smallint) as status,
    sequence,
    step,
    withdrawn_at
from (
    {{ snapshot_withdrawals(
        source('raw', 'dossier_events'),
        'dossier_events',
        ['dossier_code', 'event_at', 'status', 'sequence', 'step']
    ) }}
) as withdrawals
