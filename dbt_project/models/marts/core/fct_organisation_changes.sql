{# One row per event, agency and successor: a merger of three units into one has three rows and one event_code. #}
with events as (
    select * from {{ ref('stg_organisation_events') }}
),

agencies as (
    select distinct agency_code from {{ ref('int_agencies__versioned') }}
)

select
    concat(events.event_code, '|', events.agency_code, '|', coalesce(events.successor_code, '')) as change_key,
    events.event_code,
    events.event_type,
    events.decision_no,
    events.decided_on,
    events.effective_on,
    coalesce(agencies.agency_code, 'unknown') as agency_code,
    case
        when events.successor_code is not null then coalesce(successors.agency_code, 'unknown')
    end as successor_code
from events
left join agencies on events.agency_code = agencies.agency_code
left join agencies as successors on events.successor_code = successors.agency_code
