select
    feed,
    source_name,
    file_id,
    extract_date,
    recorded_at,
    mode,
    covers,
    simulated,
    rows,
    accepted,
    quarantined,
    skipped
from {{ source('raw', 'deliveries') }}
