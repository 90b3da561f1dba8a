{# One row per change of status in a dossier's log that the list of allowed changes in force that day does not hold. #}
with steps as (
    select
        dossier_sk,
        event_no,
        previous_status,
        status,
        event_at
    from {{ ref('int_dossiers__status_changes') }}
    where previous_status is not null
),

allowed as (
    select * from {{ ref('status_transitions') }}
)

select
    dossiers.dossier_key,
    received.agency_code,
    dossiers.source_name,
    steps.event_no,
    cast(steps.previous_status as varchar) as from_status,
    cast(steps.status as varchar) as to_status,
    steps.event_at
from steps
left join allowed
    on
        steps.previous_status = allowed.from_status
        and steps.status = allowed.to_status
        and {{ in_force_on('cast(steps.event_at as date)', 'allowed') }}
inner join {{ ref('int_dossiers__current') }} as dossiers on steps.dossier_sk = dossiers.dossier_sk
inner join {{ ref('int_dossiers__received') }} as received on steps.dossier_sk = received.dossier_sk
where allowed.from_status is null
