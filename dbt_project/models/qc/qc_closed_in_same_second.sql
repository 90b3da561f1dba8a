{#
    One row per dossier and end that one agency closed in the same second as those of several others
    (`closed_together`: the dossiers, itself among them). Ends without a time of day take no part.
#}
with ends as (
    select
        dossier_sk,
        kind,
        class_at as ended_at,
        date_trunc('second', class_at) as ended_second
    from ({{ qc_ends() }}) as last_ends
    where class_has_time
),

{# Seconds in which more than one dossier ended anywhere: few, and only they need their agency. #}
crowded as (
    select ended_second from ends
    group by ended_second
    having count(*) > 1
),

candidates as (
    select
        ends.dossier_sk,
        ends.kind,
        ends.ended_at,
        ends.ended_second,
        received.agency_code
    from ends
    inner join crowded on ends.ended_second = crowded.ended_second
    inner join {{ ref('int_dossiers__received') }} as received on ends.dossier_sk = received.dossier_sk
),

batches as (
    select
        agency_code,
        ended_second,
        count(distinct dossier_sk) as closed_together
    from candidates
    group by agency_code, ended_second
)

select
    dossiers.dossier_key,
    candidates.agency_code,
    dossiers.source_name,
    candidates.ended_at,
    candidates.kind,
    batches.closed_together
from candidates
inner join batches
    on candidates.agency_code = batches.agency_code and candidates.ended_second = batches.ended_second
inner join ({{ qc_threshold('same_second_at_least') }}) as thresholds
    on {{ in_force_on('cast(candidates.ended_at as date)', 'thresholds') }}
inner join {{ ref('int_dossiers__current') }} as dossiers on candidates.dossier_sk = dossiers.dossier_sk
where batches.closed_together >= thresholds.value
