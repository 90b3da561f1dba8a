{#
    One row per dossier of the lake whose record was not withdrawn, as it stands at known-at. Agency, level, block,
    sector and service level are those at receipt. For the figures of a period take form_06a or indicator_values: the
    state here is that of known-at, not that of a period's end.
#}
with dossiers as (
    select * from {{ ref('int_dossiers__current') }}
),

received as (
    select * from {{ ref('int_dossiers__received') }}
),

expected as (
    select * from {{ ref('int_dossiers__expected_due') }}
),

calendar_days as (
    select * from {{ ref('int_calendar__days') }}
),

context as (
    select * from {{ ref('stg_run_context') }}
),

supplements as (
    select
        dossier_sk,
        count(*) as supplements
    from {{ ref('int_dossiers__supplements') }}
    group by dossier_sk
),

commune_versions as (
    select * from {{ ref('admin_units') }}
    where level = 'commune'
),

communes as (
    {{ versions_by_nearest_day('commune_versions', 'code', ['valid_from']) }}
),

states as (
    select
        states.dossier_sk,
        states.state,
        states.kind,
        resolutions.closing_at,
        resolutions.is_finish_mismatch
    from {{ ref('int_dossiers__states') }} as states
    inner join context
        on states.valid_from < context.known_at
            and coalesce(states.valid_to, {{ end_of_time() }}) >= context.known_at
    left join {{ ref('int_dossiers__resolutions') }} as resolutions
        on states.dossier_sk = resolutions.dossier_sk
            and states.run_started_at = resolutions.closing_at
),

due_changes as (
    select
        changes.dossier_sk,
        changes.due_after,
        changes.due_after_has_time
    from {{ ref('int_dossiers__due_changes') }} as changes
    cross join context
    left join states on changes.dossier_sk = states.dossier_sk
    where
        case
            when states.closing_at is null
                then
                    changes.answered_at < context.known_at
                    and changes.next_answered_at >= context.known_at
            else
                changes.answered_at <= states.closing_at
                and changes.next_answered_at > states.closing_at
        end
),

with_due as (
    select
        dossiers.dossier_sk,
        {{ due_in_force('dossiers', 'due_changes') }}
    from {{ ref('int_dossiers__current') }} as dossiers
    inner join due_changes on dossiers.dossier_sk = due_changes.dossier_sk
),

{# Recorded less expected, in seconds of work; from day to day where either has no time. #}
deviations as (
    select
        expected.dossier_sk,
        case
            when expected.expected_due_has_time
                and coalesce(with_due.due_has_time, dossiers.due_at_has_time, true)
                then {{ working_seconds_between(
                    'expected_days', 'expected.expected_due_at',
                    'due_days', 'coalesce(with_due.due_at, dossiers.due_at)'
                ) }}
            else
                due_days.working_seconds_before + due_days.working_seconds
                - (expected_days.working_seconds_before + expected_days.working_seconds)
        end as seconds
    from expected
    inner join dossiers on expected.dossier_sk = dossiers.dossier_sk
    left join with_due on expected.dossier_sk = with_due.dossier_sk
    inner join calendar_days as expected_days
        on expected.calendar_code = expected_days.calendar_code
            and cast(expected.expected_due_at as date) = expected_days.day
    inner join calendar_days as due_days
        on expected.calendar_code = due_days.calendar_code
            and cast(coalesce(with_due.due_at, dossiers.due_at) as date) = due_days.day
)

select
    dossiers.dossier_key,
    received.procedure_code,
    received.sector_code,
    received.service_level,
    received.is_certification,
    received.agency_code,
    received.agency_level,
    received.block,
    case
        when dossiers.commune_code is null or communes.code is not null then dossiers.commune_code
        else 'unknown'
    end as commune_code,
    case
        when communes.code is not null then {{ version_key('communes.code', 'communes.valid_from') }}
        when dossiers.commune_code is not null then {{ version_key("'unknown'", "date '1900-01-01'") }}
    end as commune_sk,
    dossiers.channel,
    dossiers.filed_by,
    dossiers.applicant_type,
    dossiers.result_delivery,
    dossiers.submitted_at,
    received.received_at,
    received.received_has_time,
    received.receipt_rule,
    received.received_at is not null as is_received,
    coalesce(with_due.due_at, dossiers.due_at) as due_at,
    case
        when with_due.due_at is not null then with_due.due_has_time
        when dossiers.due_at is not null then coalesce(dossiers.due_at_has_time, true)
    end as due_has_time,
    expected.expected_due_at,
    case when expected.expected_due_at is not null then expected.expected_due_has_time end as expected_due_has_time,
    cast(deviations.seconds / 3600.0 as decimal(18, 4)) as due_deviation_hours,
    dossiers.finished_at,
    case when dossiers.finished_at is not null then coalesce(dossiers.finished_at_has_time, true) end
        as finished_has_time,
    dossiers.returned_at,
    dossiers.refused_at,
    states.closing_at as closed_at,
    {{ hours_of('handling.working_seconds') }} as handling_working_hours,
    {{ hours_of('handling.calendar_seconds') }} as handling_calendar_hours,
    cast(states.state as varchar) as state,
    states.kind as state_kind,
    cast(dossiers.status as varchar) as last_status,
    cast(coalesce(supplements.supplements, 0) as integer) as supplements,
    received.first_event_at is not null as has_events,
    dossiers.has_digitised_components,
    dossiers.has_electronic_result,
    dossiers.reused_components,
    dossiers.paid_online,
    dossiers.fee_amount,
    dossiers.synced_to_national,
    received.receipt_rule = 'no_receipt_date' as no_receipt_date,
    coalesce(
        {{ own_kind('dossiers.status', 'received.received_at') }}
        <> {{ own_kind('received.last_event_status', 'received.received_at') }},
        false
    ) as state_disagrees,
    received.first_event_at is null
    and received.received_at is not null
    and dossiers.status in (2, 5, 6, 8)
    and dossiers.status_first_seen_at > received.received_at as state_unproven,
    coalesce(states.is_finish_mismatch, false) as finish_mismatch,
    coalesce(with_due.is_due_rewritten, false) as due_rewritten,
    coalesce(
        {{ is_before_receipt('dossiers.finished_at', 'dossiers.finished_at_has_time', 'received.received_at') }},
        false
    ) as finished_before_received,
    coalesce(
        greatest(
            dossiers.submitted_at,
            dossiers.received_at,
            dossiers.finished_at,
            dossiers.returned_at,
            dossiers.refused_at,
            dossiers.updated_at
        ) > dossiers.recorded_at,
        false
    ) as future_dated,
    received.is_agency_unknown as agency_unknown,
    received.is_agency_version_nearest as agency_version_nearest,
    received.is_procedure_unknown as procedure_unknown,
    received.is_procedure_version_nearest as procedure_version_nearest,
    dossiers.commune_code is not null and communes.code is null as commune_unknown,
    dossiers.updated_at,
    dossiers.first_recorded_at,
    dossiers.last_recorded_at,
    dossiers.source_name
from dossiers
inner join received on dossiers.dossier_sk = received.dossier_sk
left join states on dossiers.dossier_sk = states.dossier_sk
left join expected on dossiers.dossier_sk = expected.dossier_sk
left join deviations on dossiers.dossier_sk = deviations.dossier_sk
left join with_due on dossiers.dossier_sk = with_due.dossier_sk
left join supplements on dossiers.dossier_sk = supplements.dossier_sk
left join communes
    on
        dossiers.commune_code = communes.code
        and cast(coalesce(received.received_at, dossiers.submitted_at, dossiers.updated_at) as date)
        between communes.speaks_from and communes.speaks_until
left join {{ ref('int_dossiers__handling') }} as handling
    on states.dossier_sk = handling.dossier_sk and states.closing_at = handling.closing_at
