{# What came in, went out and stayed, per agency at receipt: the counts of form 06a and the stock suspended by age. #}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

dossiers as (
    select
        dossiers.*,
        dossiers.kind_at_end = 'open' as is_in_progress,
        case
            when dossiers.kind_at_end = 'open' and dossiers.is_suspended
                then {{ days_between('cast(dossiers.suspended_since as date)', 'periods.last_day') }}
        end as days_suspended
    from {{ ref('int_dossiers__at_period_ends') }} as dossiers
    inner join periods on dossiers.period_code = periods.period_code
    where dossiers.is_member
),

counted as (
    select
        period_code,
        agency_level,
        agency_code,
        count(*) filter (where is_received) as received,
        count(*) filter (where not is_in_progress) as resolved,
        count(*) filter (where is_in_progress) as in_progress,
        count(*) filter (where is_in_progress_late) as overdue,
        count(days_suspended) as suspended,
        count(*) filter (where days_suspended <= 15) as suspended_d0_15,
        count(*) filter (where days_suspended between 16 and 30) as suspended_d16_30,
        count(*) filter (where days_suspended >= 31) as suspended_d31_up,
        count(*) filter (where is_received and is_certification) as certification
    from dossiers
    group by period_code, agency_level, agency_code
)

{{ indicator_rows('counted', [
    ['dossiers_received', 'default', 'received', none],
    ['dossiers_resolved', 'default', 'resolved', none],
    ['dossiers_in_progress', 'default', 'in_progress', none],
    ['dossiers_overdue', 'default', 'overdue', none],
    ['dossiers_suspended', 'default', 'suspended', none],
    ['dossiers_suspended', 'd0_15', 'suspended_d0_15', none],
    ['dossiers_suspended', 'd16_30', 'suspended_d16_30', none],
    ['dossiers_suspended', 'd31_up', 'suspended_d31_up', none],
    ['dossiers_certification_received', 'default', 'certification', none],
], depth='agency') }}
