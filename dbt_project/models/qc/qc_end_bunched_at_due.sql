{#
    One row per dossier and end within the last minutes before its due time, where several of one agency did so on
    one day (`dossiers_bunched`). Ends and due dates without a time of day take no part.
#}
with just_in_time as (
    select
        resolutions.dossier_sk,
        received.agency_code,
        resolutions.class_at as ended_at,
        resolutions.due_at,
        cast(resolutions.class_at as date) as ended_on
    from ({{ qc_ends() }}) as resolutions
    inner join ({{ qc_threshold('bunched_before_due') }}) as thresholds
        on {{ in_force_on('cast(resolutions.class_at as date)', 'thresholds') }}
    inner join {{ ref('int_dossiers__received') }} as received on resolutions.dossier_sk = received.dossier_sk
    where
        resolutions.kind = 'finished'
        and resolutions.class_has_time
        and resolutions.due_has_time
        and resolutions.class_at <= resolutions.due_at
        and resolutions.class_at >= resolutions.due_at - thresholds.value * interval '1' minute
),

bunches as (
    select
        agency_code,
        ended_on,
        count(distinct dossier_sk) as dossiers_bunched
    from just_in_time
    group by agency_code, ended_on
)

select
    dossiers.dossier_key,
    just_in_time.agency_code,
    dossiers.source_name,
    just_in_time.ended_at,
    just_in_time.due_at,
    bunches.dossiers_bunched
from just_in_time
inner join bunches
    on just_in_time.agency_code = bunches.agency_code and just_in_time.ended_on = bunches.ended_on
inner join ({{ qc_threshold('bunched_at_least') }}) as thresholds
    on {{ in_force_on('just_in_time.ended_on', 'thresholds') }}
inner join {{ ref('int_dossiers__current') }} as dossiers on just_in_time.dossier_sk = dossiers.dossier_sk
where bunches.dossiers_bunched >= thresholds.value
