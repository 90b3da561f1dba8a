{#
    One row per dossier counted as filed online by the applicant (channel 2, not declared as filed by an officer or an
    agent) that an officer seems to have typed in: the identity is a placeholder, or the telephone is that of several
    applicants within a year (`applicants_of_phone`). Dossiers that their source declares as typed in by an officer
    have nothing to detect: the variant `self_filed` of the online rate leaves them out.
#}
with online as (
    select
        dossier_sk,
        dossier_key,
        source_name,
        filed_by,
        applicant_sk,
        phone_sk,
        coalesce(has_placeholder_identity, false) as has_placeholder_identity,
        cast(coalesce(submitted_at, received_at, updated_at) as date) as filed_on
    from {{ ref('int_dossiers__current') }}
    where channel = '2'
),

phones as (
    select
        phone_sk,
        extract(year from filed_on) as filed_year,
        count(distinct applicant_sk) as applicants
    from online
    where phone_sk is not null
    group by phone_sk, extract(year from filed_on)
)

select
    online.dossier_key,
    received.agency_code,
    online.source_name,
    online.filed_by,
    online.filed_on,
    online.has_placeholder_identity,
    phones.applicants as applicants_of_phone
from online
inner join ({{ qc_threshold('phone_applicants_at_least') }}) as thresholds
    on {{ in_force_on('online.filed_on', 'thresholds') }}
inner join {{ ref('int_dossiers__received') }} as received on online.dossier_sk = received.dossier_sk
left join phones
    on online.phone_sk = phones.phone_sk and extract(year from online.filed_on) = phones.filed_year
where
    coalesce(online.filed_by, 'self') = 'self'
    and (online.has_placeholder_identity or coalesce(phones.applicants >= thresholds.value, false))
