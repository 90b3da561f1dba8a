{# One row per reporting period of both calendars; periods overlap, so never add figures over kinds. #}
select
    period_code,
    calendar,
    kind,
    year,
    start_on,
    end_on,
    cast(start_on as timestamp) as start_at,
    cast(end_on as timestamp) + interval '1' day as end_at
from {{ ref('periods') }}
