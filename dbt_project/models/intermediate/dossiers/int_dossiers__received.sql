{#
    One row per dossier: the moment of receipt R by the counting rules, null where it was never received, and the
    agency, its working calendar and the procedure as they were at R, beside what indicators ask of the dossier itself.
    Where a code has no version valid that day the nearest one speaks (the earlier on a tie); a code that no dimension
    knows points at the member 'unknown'.
#}
with dossiers as (
    select * from {{ ref('int_dossiers__current') }}
),

logs as (
    select
        dossier_sk,
        min(event_at) as first_event_at,
        min(case when event_no = 1 then status end) as first_status,
        min(case when event_no = 1 then event_has_time end) as first_has_time,
        min(case when status not in (1, 3, 7) then event_at end) as accepted_at,
        min(case when next_at is null then status end) as last_event_status
    from {{ ref('int_dossiers__status_changes') }}
    group by dossier_sk
),

acceptances as (
    select
        changes.dossier_sk,
        max(changes.event_has_time) as accepted_has_time
    from {{ ref('int_dossiers__status_changes') }} as changes
    inner join logs
        on changes.dossier_sk = logs.dossier_sk and changes.event_at = logs.accepted_at
    where logs.first_status in (1, 3) and changes.status not in (1, 3, 7)
    group by changes.dossier_sk
),

receipts as (
    select
        dossiers.dossier_sk,
        dossiers.agency_code as delivered_agency_code,
        dossiers.procedure_code as delivered_procedure_code,
        dossiers.channel,
        dossiers.filed_by,
        dossiers.fee_amount,
        dossiers.paid_online,
        dossiers.has_digitised_components,
        dossiers.has_electronic_result,
        dossiers.reused_components,
        logs.first_event_at,
        logs.last_event_status,
        case
            when logs.dossier_sk is null and dossiers.status in (1, 3) then 'not_accepted'
            when logs.first_status in (1, 3) and logs.accepted_at is null then 'not_accepted'
            when logs.first_status in (1, 3) and coalesce(dossiers.received_at <= logs.accepted_at, true)
                then 'accepting_event'
            when dossiers.received_at is not null then 'received_at'
            when logs.dossier_sk is not null then 'first_event'
            when dossiers.submitted_at is not null then 'submitted_at'
            else 'no_receipt_date'
        end as receipt_rule,
        logs.accepted_at,
        acceptances.accepted_has_time,
        logs.first_has_time,
        dossiers.received_at,
        dossiers.received_at_has_time,
        dossiers.submitted_at,
        dossiers.submitted_at_has_time,
        dossiers.updated_at
    from dossiers
    left join logs on dossiers.dossier_sk = logs.dossier_sk
    left join acceptances on dossiers.dossier_sk = acceptances.dossier_sk
),

received as (
    select
        dossier_sk,
        delivered_agency_code,
        delivered_procedure_code,
        channel,
        filed_by,
        fee_amount,
        paid_online,
        has_digitised_components,
        has_electronic_result,
        reused_components,
        first_event_at,
        last_event_status,
        receipt_rule,
        case receipt_rule
            when 'accepting_event' then accepted_at
            when 'received_at' then received_at
            when 'first_event' then first_event_at
            when 'submitted_at' then submitted_at
        end as received_at,
        case receipt_rule
            when 'accepting_event' then accepted_has_time
            when 'received_at' then received_at_has_time
            when 'first_event' then first_has_time
            when 'submitted_at' then submitted_at_has_time
        end as received_has_time,
        cast(
            case receipt_rule
                when 'accepting_event' then accepted_at
                when 'first_event' then first_event_at
                else coalesce(received_at, submitted_at, updated_at)
            end as date
        ) as versions_of
    from receipts
),

agencies as (
    {{ versions_by_nearest_day(ref('int_agencies__versioned'), 'agency_code', ['level', 'block']) }}
),

procedures as (
    {{ versions_by_nearest_day(
        ref('int_procedures__versioned'),
        'procedure_code',
        ['sector_code', 'online_level', 'is_certification', 'processing_days', 'processing_unit', 'has_result']
    ) }}
)

select
    received.dossier_sk,
    received.received_at,
    received.received_has_time,
    received.receipt_rule,
    received.first_event_at,
    received.last_event_status,
    received.channel,
    received.filed_by,
    received.fee_amount,
    received.paid_online,
    received.has_digitised_components,
    received.has_electronic_result,
    received.reused_components,
    coalesce(agencies.agency_code, 'unknown') as agency_code,
    coalesce(agencies.level, 'unknown') as agency_level,
    coalesce(agencies.block, 'unknown') as block,
    calendars.calendar_code,
    agencies.agency_code is null as is_agency_unknown,
    not coalesce(received.versions_of between agencies.valid_on and agencies.valid_until, false)
    and agencies.agency_code is not null as is_agency_version_nearest,
    coalesce(procedures.procedure_code, 'unknown') as procedure_code,
    coalesce(procedures.sector_code, 'unknown') as sector_code,
    procedures.online_level as service_level,
    coalesce(procedures.is_certification, false) as is_certification,
    procedures.processing_days,
    procedures.processing_unit,
    procedures.has_result,
    procedures.procedure_code is null as is_procedure_unknown,
    not coalesce(received.versions_of between procedures.valid_on and procedures.valid_until, false)
    and procedures.procedure_code is not null as is_procedure_version_nearest
from received
left join agencies
    on received.delivered_agency_code = agencies.agency_code
        and received.versions_of between agencies.speaks_from and agencies.speaks_until
left join procedures
    on received.delivered_procedure_code = procedures.procedure_code
        and received.versions_of between procedures.speaks_from and procedures.speaks_until
left join {{ ref('int_calendar__agencies') }} as calendars
    on coalesce(agencies.agency_code, 'unknown') = calendars.agency_code
        and coalesce(agencies.level, 'unknown') = calendars.agency_level
        and coalesce(agencies.block, 'unknown') = calendars.block
        and received.versions_of between calendars.speaks_from and calendars.speaks_until
