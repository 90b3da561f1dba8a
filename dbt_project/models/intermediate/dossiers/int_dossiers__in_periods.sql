{#
    One row per period and dossier received in it or carried over into it, as it stood at the end of the period.
    Counting rows of one period is right; adding periods counts what is carried over again.
#}
select
    at_end.period_code,
    dossiers.dossier_key,
    at_end.agency_code,
    at_end.agency_level,
    at_end.block,
    at_end.procedure_code,
    at_end.sector_code,
    at_end.service_level,
    at_end.is_certification,
    at_end.channel,
    at_end.filed_by,
    received.received_at,
    received.received_has_time,
    at_end.is_received,
    at_end.is_carried_over,
    at_end.is_reopened,
    at_end.state_at_end,
    at_end.kind_at_end,
    at_end.is_suspended,
    at_end.suspended_since,
    at_end.closing_at,
    at_end.class_at as finished_at,
    at_end.class_has_time as finished_has_time,
    at_end.due_at,
    at_end.due_has_time,
    at_end.resolved_class,
    at_end.is_on_time_by_closing,
    at_end.strict_class,
    at_end.is_same_day,
    at_end.is_returned,
    at_end.is_in_progress_late,
    at_end.fee_amount,
    at_end.paid_online,
    at_end.has_digitised_components,
    at_end.has_electronic_result,
    at_end.reused_components
from {{ ref('int_dossiers__at_period_ends') }} as at_end
inner join {{ ref('int_dossiers__current') }} as dossiers on at_end.dossier_sk = dossiers.dossier_sk
inner join {{ ref('int_dossiers__received') }} as received on at_end.dossier_sk = received.dossier_sk
where at_end.is_member
