select
    period_code,
    calendar,
    period_start_at,
    period_end_at,
    provisional,
    known_at,
    province_code,
    timezone
from {{ source('raw', 'run_context') }}
