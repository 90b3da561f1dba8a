{#
    One row per closing of a received dossier: its handling time, from receipt to the closing moment without the
    suspensions between them, in whole seconds of working and of calendar time. A closing that lies before receipt counts
    from receipt: 0. Time during which a recalled dossier stood closed is not taken off. The procedure is that at receipt.
#}
with cover as (
    {{ calendar_cover() }}
),

closings as (
    select
        resolutions.dossier_sk,
        resolutions.closing_at,
        resolutions.closed_from,
        resolutions.kind,
        received.received_at,
        received.procedure_code,
        received.calendar_code,
        {{ within_calendar('received.received_at', 'cover') }} as office_from,
        {{ within_calendar('resolutions.closed_from', 'cover') }} as office_until
    from {{ ref('int_dossiers__resolutions') }} as resolutions
    inner join {{ ref('int_dossiers__received') }} as received on resolutions.dossier_sk = received.dossier_sk
    cross join cover
),

time_off as (
    select
        closings.dossier_sk,
        closings.closing_at,
        sum(suspensions.working_seconds) as working_seconds,
        sum(suspensions.calendar_seconds) as calendar_seconds
    from {{ ref('int_dossiers__suspensions') }} as suspensions
    inner join closings
        on suspensions.dossier_sk = closings.dossier_sk and suspensions.ended_at <= closings.closed_from
    group by closings.dossier_sk, closings.closing_at
)

select
    closings.dossier_sk,
    closings.closing_at,
    closings.closed_from,
    closings.kind,
    closings.procedure_code,
    cast(
        {{ working_seconds_between('first_days', 'closings.office_from', 'last_days', 'closings.office_until') }}
        - coalesce(time_off.working_seconds, 0) as integer
    ) as working_seconds,
    cast(
        {{ seconds_between('closings.received_at', 'closings.closed_from') }}
        - coalesce(time_off.calendar_seconds, 0) as bigint
    ) as calendar_seconds
from closings
left join {{ ref('int_calendar__days') }} as first_days
    on closings.calendar_code = first_days.calendar_code and cast(closings.office_from as date) = first_days.day
left join {{ ref('int_calendar__days') }} as last_days
    on closings.calendar_code = last_days.calendar_code and cast(closings.office_until as date) = last_days.day
left join time_off
    on closings.dossier_sk = time_off.dossier_sk and closings.closing_at = time_off.closing_at
