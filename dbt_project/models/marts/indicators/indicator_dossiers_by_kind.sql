{#
    Figures split by what would colour them: certification dossiers, closed within the day and so on time, apart from
    all others; dossiers filed online by who filed them. Each split adds up to the figure that it splits.
#}
with dossiers as (
    select
        period_code,
        agency_level,
        agency_code,
        is_received,
        is_certification,
        kind_at_end <> 'open' as is_resolved,
        coalesce(resolved_class in ('early', 'on_time'), false) as is_on_time,
        case when is_received and channel = '2' then coalesce(filed_by, 'unknown') end as online_filed_by
    from {{ ref('int_dossiers__at_period_ends') }}
    where is_member
),

counted as (
    select
        period_code,
        agency_level,
        agency_code,
        count(*) filter (where is_received and not is_certification) as received_others,
        count(*) filter (where is_resolved and is_certification) as certified,
        count(*) filter (where is_resolved and is_certification and is_on_time) as certified_on_time,
        count(*) filter (where is_resolved and not is_certification) as others,
        count(*) filter (where is_resolved and not is_certification and is_on_time) as others_on_time,
        count(*) filter (where online_filed_by = 'self') as by_self,
        count(*) filter (where online_filed_by = 'officer') as by_officer,
        count(*) filter (where online_filed_by = 'agent') as by_agent,
        count(*) filter (where online_filed_by = 'unknown') as by_unknown
    from dossiers
    group by period_code, agency_level, agency_code
)

{{ indicator_rows('counted', [
    ['dossiers_certification_received', 'without', 'received_others', none],
    ['dossiers_certification_on_time_rate', 'only', 'certified_on_time', 'certified'],
    ['dossiers_certification_on_time_rate', 'without', 'others_on_time', 'others'],
    ['dossiers_online_filed_by', 'self', 'by_self', none],
    ['dossiers_online_filed_by', 'officer', 'by_officer', none],
    ['dossiers_online_filed_by', 'agent', 'by_agent', none],
    ['dossiers_online_filed_by', 'unknown', 'by_unknown', none],
], depth='agency') }}
