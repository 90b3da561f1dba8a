{#
    One row per agency, agency that stands for it, and span of days in which it does: ask it for the agencies of any
    day. Weights of one agency sum to 1 on every day.
#}
select
    agency_code,
    successor_code,
    valid_from,
    valid_to,
    weight,
    is_default,
    is_verified,
    steps
from {{ ref('int_agencies__successions') }}
