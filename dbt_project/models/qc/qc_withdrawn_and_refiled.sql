{#
    One row per dossier withdrawn after receipt whose applicant filed the same procedure again within some days: the
    first such dossier is `refiled_as`. Applicants are compared by key; one whose identity is unknown is nobody's.
    Where either moment has no time of day, a filing on the day of the withdrawal counts as after it.
#}
with dossiers as (
    select
        dossier_sk,
        dossier_key,
        source_name,
        procedure_code,
        applicant_sk,
        coalesce(submitted_at, received_at) as filed_at,
        case when submitted_at is null then received_at_has_time else submitted_at_has_time end as filed_has_time
    from {{ ref('int_dossiers__current') }}
    where applicant_sk is not null
),

withdrawn as (
    select
        dossiers.dossier_sk,
        dossiers.dossier_key,
        dossiers.source_name,
        dossiers.procedure_code,
        dossiers.applicant_sk,
        resolutions.closing_at as withdrawn_at,
        resolutions.class_has_time as withdrawn_has_time,
        thresholds.value as within_days
    from {{ ref('int_dossiers__resolutions') }} as resolutions
    inner join ({{ qc_threshold('refiled_within_days') }}) as thresholds
        on {{ in_force_on('cast(resolutions.closing_at as date)', 'thresholds') }}
    inner join dossiers on resolutions.dossier_sk = dossiers.dossier_sk
    where resolutions.kind = 'withdrawn'
),

refiled as (
    select
        withdrawn.*,
        again.dossier_key as refiled_as,
        again.filed_at as refiled_at,
        row_number() over (
            partition by withdrawn.dossier_sk, withdrawn.withdrawn_at order by again.filed_at, again.dossier_key
        ) as place
    from withdrawn
    inner join dossiers as again
        on
            withdrawn.applicant_sk = again.applicant_sk
            and withdrawn.procedure_code = again.procedure_code
            and withdrawn.dossier_sk <> again.dossier_sk
    where
        again.filed_at is not null
        and not (
            {{ is_before(
                'again.filed_at', 'again.filed_has_time', 'withdrawn.withdrawn_at', 'withdrawn.withdrawn_has_time'
            ) }}
        )
        and {{ days_between('cast(withdrawn.withdrawn_at as date)', 'cast(again.filed_at as date)') }}
        <= withdrawn.within_days
)

select
    refiled.dossier_key,
    received.agency_code,
    refiled.source_name,
    refiled.withdrawn_at,
    refiled.refiled_as,
    refiled.refiled_at
from refiled
inner join {{ ref('int_dossiers__received') }} as received on refiled.dossier_sk = received.dossier_sk
where refiled.place = 1
