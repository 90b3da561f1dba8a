{#
    One row per dossier that stands as finished (state 9) long after its end without any sign of a result, though its
    procedure (the version that spoke at receipt) has one: no electronic result, and nothing handed over. A source that does not say whether there is an
    electronic result proves nothing and gives no row.
#}
with finished as (
    select
        dossiers.dossier_key,
        dossiers.agency_code,
        dossiers.source_name,
        dossiers.procedure_code,
        dossiers.closed_at
    from {{ ref('fct_dossiers') }} as dossiers
    cross join {{ ref('stg_run_context') }} as context
    inner join ({{ qc_threshold('result_within_days') }}) as thresholds
        on {{ in_force_on('cast(dossiers.closed_at as date)', 'thresholds') }}
    where
        dossiers.state = '9'
        and not dossiers.has_electronic_result
        and dossiers.returned_at is null
        and cast(dossiers.closed_at as date) + thresholds.value * interval '1' day < cast(context.known_at as date)
)

select
    finished.dossier_key,
    finished.agency_code,
    finished.source_name,
    finished.procedure_code,
    finished.closed_at
from finished
inner join {{ ref('int_dossiers__current') }} as dossiers on finished.dossier_key = dossiers.dossier_key
inner join {{ ref('int_dossiers__received') }} as received on dossiers.dossier_sk = received.dossier_sk
where received.has_result
