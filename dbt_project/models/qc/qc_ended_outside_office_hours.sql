{#
    One row per dossier and finish on a day off, or before opening, in the lunch break or after closing by more than
    some minutes, by the calendar that its agency kept at receipt. Ends without a time of day take no part.
#}
with ends as (
    select
        resolutions.dossier_sk,
        resolutions.class_at as ended_at,
        cast(resolutions.class_at as date) as ended_on,
        {{ second_of_day('resolutions.class_at') }} as ended_second,
        received.agency_code,
        received.calendar_code
    from ({{ qc_ends() }}) as resolutions
    inner join {{ ref('int_dossiers__received') }} as received on resolutions.dossier_sk = received.dossier_sk
    where resolutions.kind = 'finished' and resolutions.class_has_time
),

{# Per day and calendar the seconds within which an end is usual: the office hours widened by the grace. #}
hours as (
    select
        days.calendar_code,
        days.day,
        days.is_working_day,
        days.morning_opens - 60 * thresholds.value as morning_from,
        days.morning_closes + 60 * thresholds.value as morning_to,
        days.afternoon_opens - 60 * thresholds.value as afternoon_from,
        days.afternoon_closes + 60 * thresholds.value as afternoon_to
    from {{ ref('int_calendar__days') }} as days
    inner join ({{ qc_threshold('office_hours_grace') }}) as thresholds
        on {{ in_force_on('days.day', 'thresholds') }}
)

select
    dossiers.dossier_key,
    ends.agency_code,
    dossiers.source_name,
    ends.ended_at,
    hours.is_working_day,
    ends.calendar_code
from ends
inner join hours on ends.calendar_code = hours.calendar_code and ends.ended_on = hours.day
inner join {{ ref('int_dossiers__current') }} as dossiers on ends.dossier_sk = dossiers.dossier_sk
where
    not hours.is_working_day
    or not (
        ends.ended_second between hours.morning_from and hours.morning_to
        or ends.ended_second between hours.afternoon_from and hours.afternoon_to
    )
