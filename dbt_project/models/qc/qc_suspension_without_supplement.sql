{#
    One row per interval in which a dossier waited for a supplement (state 5) that no supplement record explains:
    none was requested about its beginning, from shortly before to shortly after. Only of sources whose supplements are
    delivered, by themselves or by another source; of the others nothing can be said and there is no row.
#}
with telling_sources as (
    select source_name from {{ ref('stg_deliveries') }}
    where feed = 'dossier_supplements'
    union
    select dossiers.source_name
    from {{ ref('int_dossiers__supplements') }} as supplements
    inner join {{ ref('int_dossiers__current') }} as dossiers on supplements.dossier_sk = dossiers.dossier_sk
),

waits as (
    select
        states.dossier_sk,
        states.valid_from as suspended_from,
        states.valid_to as suspended_until,
        dossiers.dossier_key,
        dossiers.source_name,
        thresholds.value as record_days
    from {{ ref('int_dossiers__states') }} as states
    inner join ({{ qc_threshold('suspension_record_days') }}) as thresholds
        on {{ in_force_on('cast(states.valid_from as date)', 'thresholds') }}
    inner join {{ ref('int_dossiers__current') }} as dossiers on states.dossier_sk = dossiers.dossier_sk
    inner join telling_sources on dossiers.source_name = telling_sources.source_name
    where states.state = 5
),

explained as (
    select distinct
        waits.dossier_sk,
        waits.suspended_from
    from waits
    inner join {{ ref('int_dossiers__supplements') }} as supplements on waits.dossier_sk = supplements.dossier_sk
    where
        supplements.requested_at >= waits.suspended_from - waits.record_days * interval '1' day
        and supplements.requested_at <= waits.suspended_from + waits.record_days * interval '1' day
)

select
    waits.dossier_key,
    received.agency_code,
    waits.source_name,
    waits.suspended_from,
    waits.suspended_until
from waits
inner join {{ ref('int_dossiers__received') }} as received on waits.dossier_sk = received.dossier_sk
left join explained
    on waits.dossier_sk = explained.dossier_sk and waits.suspended_from = explained.suspended_from
where explained.dossier_sk is null
