select
    feed,
    source_name,
    file_id,
    finding,
    records
from {{ source('raw', 'findings') }}
