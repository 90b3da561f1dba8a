{#
    One row per supplement requested within the last working days up to the due time, by the calendar of the agency:
    the day due itself, or where that is a day off the last working day before it. The due date is the one that the
    supplement found in force, or that of the dossier where the supplement does not say.
#}
with requests as (
    select
        dossiers.dossier_sk,
        dossiers.dossier_key,
        dossiers.source_name,
        supplements.requested_at,
        supplements.answered_at,
        cast(supplements.requested_at as date) as requested_on,
        case
            when supplements.due_before is not null
                then {{ due_moment('supplements.due_before', 'supplements.due_before_has_time') }}
            else {{ due_moment('dossiers.due_at', 'coalesce(dossiers.due_at_has_time, true)') }}
        end as due_at
    from {{ ref('int_dossiers__supplements') }} as supplements
    inner join {{ ref('int_dossiers__current') }} as dossiers on supplements.dossier_sk = dossiers.dossier_sk
),

days as (
    select
        calendar_code,
        day,
        working_day_no
    from {{ ref('int_calendar__days') }}
)

select
    requests.dossier_key,
    received.agency_code,
    requests.source_name,
    requests.requested_at,
    requests.due_at,
    requests.answered_at,
    due_days.working_day_no - requested_days.working_day_no as working_days_left
from requests
inner join ({{ qc_threshold('supplement_last_working_days') }}) as thresholds
    on {{ in_force_on('requests.requested_on', 'thresholds') }}
inner join {{ ref('int_dossiers__received') }} as received on requests.dossier_sk = received.dossier_sk
inner join days as requested_days
    on received.calendar_code = requested_days.calendar_code and requests.requested_on = requested_days.day
inner join days as due_days
    on received.calendar_code = due_days.calendar_code and cast(requests.due_at as date) = due_days.day
where
    requests.requested_at <= requests.due_at
    and due_days.working_day_no - requested_days.working_day_no < thresholds.value
