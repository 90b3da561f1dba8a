{# One row per period and steering event held in it. #}
select
    periods.period_code,
    events.event_code,
    events.kind,
    events.agency_code,
    events.held_on
from {{ ref('int_periods__in_scope') }} as periods
inner join {{ ref('stg_steering_events') }} as events
    on
        events.held_on >= periods.start_on
        and events.held_on < periods.end_at
