{#
    One row per delivery of an event: an event that several files delivered stands here several times, its key being
    dossier_code, event_at, status, sequence and step. int_dossiers__events makes them one.
#}
select
    dossier_code,
    event_at,
    event_at_has_time,
    cast(status as smallint) as status,
    sequence,
    actor_code,
    step,
    source_name,
    deleted_at,
    extract_date,
    recorded_at,
    file_line,
    file_id
from {{ source('raw', 'dossier_events') }}
