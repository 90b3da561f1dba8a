select
    feed,
    source_name,
    file_id,
    file_line,
    reason,
    field
from {{ source('raw', 'quarantine') }}
