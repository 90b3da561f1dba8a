{#
    One row per supplement requested within the last working days up to the due time, by the calendar of the agency:
    the day due itself, or where that is a day off the last working day before it. The due date is the one that the
    supplement found in force. Where it does not say, that is the one which an answered supplement had brought, or the
    one of the last version of the dossier updated before the request; where there is neither, nothing is known and
    there is no row: what the dossier says today may have been put off since.
#}
with requests as (
    select
        dossiers.dossier_sk,
        dossiers.dossier_code,
        dossiers.dossier_key,
        dossiers.source_name,
        supplements.requested_at,
        supplements.answered_at,
        cast(supplements.requested_at as date) as requested_on,
        {{ due_moment('supplements.due_before', 'supplements.due_before_has_time') }} as due_before
    from {{ ref('int_dossiers__supplements') }} as supplements
    inner join {{ ref('int_dossiers__current') }} as dossiers on supplements.dossier_sk = dossiers.dossier_sk
),

versions_before as (
    select
        requests.dossier_sk,
        requests.requested_at,
        versions.due_at,
        versions.due_at_has_time,
        row_number() over (
            partition by requests.dossier_sk, requests.requested_at
            order by
                versions.updated_at desc,
                versions.extract_date desc,
                versions.recorded_at desc,
                versions.file_line desc,
                versions.file_id desc
        ) as place
    from requests
    inner join {{ ref('stg_dossier_versions') }} as versions
        on requests.dossier_code = versions.dossier_code and versions.updated_at < requests.requested_at
    where requests.due_before is null
),

found_in_force as (
    select
        requests.dossier_sk,
        requests.requested_at,
        {{ due_in_force('versions_before', 'due_changes') }}
    from requests
    left join versions_before
        on requests.dossier_sk = versions_before.dossier_sk
            and requests.requested_at = versions_before.requested_at
            and versions_before.place = 1
    left join {{ ref('int_dossiers__due_changes') }} as due_changes
        on requests.dossier_sk = due_changes.dossier_sk
            and due_changes.answered_at < requests.requested_at
            and due_changes.next_answered_at >= requests.requested_at
    where requests.due_before is null
),

dated as (
    select
        requests.*,
        coalesce(
            requests.due_before,
            {{ due_moment('found_in_force.due_at', 'found_in_force.due_has_time') }}
        ) as due_at
    from requests
    left join found_in_force
        on requests.dossier_sk = found_in_force.dossier_sk
            and requests.requested_at = found_in_force.requested_at
),

days as (
    select
        calendar_code,
        day,
        working_day_no
    from {{ ref('int_calendar__days') }}
)

select
    dated.dossier_key,
    received.agency_code,
    dated.source_name,
    dated.requested_at,
    dated.due_at,
    dated.answered_at,
    due_days.working_day_no - requested_days.working_day_no as working_days_left
from dated
inner join ({{ qc_threshold('supplement_last_working_days') }}) as thresholds
    on {{ in_force_on('dated.requested_on', 'thresholds') }}
inner join {{ ref('int_dossiers__received') }} as received on dated.dossier_sk = received.dossier_sk
inner join days as requested_days
    on received.calendar_code = requested_days.calendar_code and dated.requested_on = requested_days.day
inner join days as due_days
    on received.calendar_code = due_days.calendar_code and cast(dated.due_at as date) = due_days.day
where
    dated.requested_at <= dated.due_at
    and due_days.working_day_no - requested_days.working_day_no < thresholds.value
