select
    feed,
    source_name,
    file_id,
    extract_date,
    recorded_at,
    mode,
    covers,
    simulated,
    national_copy,
    rows,
    accepted,
    quarantined,
    skipped
from {{ source('raw', 'deliveries') }}
