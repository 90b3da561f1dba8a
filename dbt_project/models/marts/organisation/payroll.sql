{#
    Payroll per period and agency: the quota of the year the period belongs to, who of civil servants and public employees
    is present on its last day, who left in it and why, and the quota against that of the baseline year in force. The row
    '*' is the province, where a person with two assignments counts once: agencies do not add up to it. Quotas do.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

quotas as (
    select * from {{ ref('stg_payroll_quotas') }}
),

staff as (
    select * from {{ ref('stg_staff') }}
    where end_on is not null
),

requirements as (
    select * from {{ ref('payroll_baselines') }}
),

baseline_years as (
    select distinct
        periods.period_code,
        requirements.baseline_year
    from periods
    inner join requirements on {{ in_force_on('periods.last_day', 'requirements') }}
),

quotas_of_years as (
    select
        periods.period_code,
        coalesce(quotas.agency_code, '*') as agency_code,
        sum(case when quotas.year = periods.year then quotas.quota end) as quota,
        sum(case when quotas.year = baseline_years.baseline_year then quotas.quota end) as quota_at_baseline
    from periods
    left join baseline_years on periods.period_code = baseline_years.period_code
    inner join quotas on quotas.year in (periods.year, baseline_years.baseline_year)
    group by grouping sets ((periods.period_code), (periods.period_code, quotas.agency_code))
),

present as (
    select
        periods.period_code,
        on_days.agency_code,
        on_days.on_quota
    from periods
    inner join {{ ref('int_staff__on_days') }} as on_days on periods.last_day = on_days.day
),

exits as (
    select
        periods.period_code,
        coalesce(staff.agency_code, '*') as agency_code,
        count(distinct case when staff.exit_reason = 'streamlined' then staff.person_key end) as streamlined,
        count(distinct case when staff.exit_reason = 'retired' then staff.person_key end) as retired,
        count(distinct case when staff.exit_reason = 'transferred' then staff.person_key end) as transferred,
        count(
            distinct case
                when coalesce(staff.exit_reason, 'other') not in ('streamlined', 'retired', 'transferred')
                    then staff.person_key
            end
        ) as other_exits
    from periods
    inner join staff on staff.end_on >= periods.start_on and staff.end_on < periods.end_at
    group by grouping sets ((periods.period_code), (periods.period_code, staff.agency_code))
),

agencies as (
    select
        period_code,
        agency_code
    from quotas_of_years
    union
    select
        period_code,
        agency_code
    from present
    union
    select
        period_code,
        agency_code
    from exits
),

kinds as (
    select * from {{ ref('int_agencies__on_days') }}
),

delivered as (
    select count(*) > 0 as has_staff from {{ ref('int_deliveries__feeds') }}
    where feed = 'staff'
),

joined as (
    select
        periods.period_code,
        periods.calendar,
        agencies.agency_code,
        kinds.kind,
        cast(quotas_of_years.quota as bigint) as quota,
        case when delivered.has_staff then coalesce(present.on_quota, 0) end as present,
        case when delivered.has_staff then coalesce(exits.streamlined, 0) end as streamlined,
        case when delivered.has_staff then coalesce(exits.retired, 0) end as retired,
        case when delivered.has_staff then coalesce(exits.transferred, 0) end as transferred,
        case when delivered.has_staff then coalesce(exits.other_exits, 0) end as other_exits,
        baseline_years.baseline_year,
        cast(quotas_of_years.quota_at_baseline as bigint) as quota_at_baseline,
        requirements.required_reduction,
        requirements.due_year
    from agencies
    cross join delivered
    inner join periods on agencies.period_code = periods.period_code
    left join quotas_of_years
        on
            agencies.period_code = quotas_of_years.period_code
            and agencies.agency_code = quotas_of_years.agency_code
    left join present
        on
            agencies.period_code = present.period_code
            and agencies.agency_code = present.agency_code
    left join exits
        on
            agencies.period_code = exits.period_code
            and agencies.agency_code = exits.agency_code
    left join kinds on periods.last_day = kinds.day and agencies.agency_code = kinds.agency_code
    left join baseline_years on agencies.period_code = baseline_years.period_code
    left join requirements
        on
            {{ in_force_on('periods.last_day', 'requirements') }}
            and requirements.verified
            and requirements.agency_scope = case
                when kinds.kind = 'public_service_unit' then 'public_service_unit'
                when kinds.kind is not null then 'administration'
            end
)

select
    period_code,
    calendar,
    agency_code,
    kind,
    quota,
    present,
    case when quota > 0 then cast(present as double) / cast(quota as double) end as used_rate,
    case when quota is null then 'quota_not_delivered' end as quota_reason,
    streamlined,
    retired,
    transferred,
    other_exits,
    baseline_year,
    quota_at_baseline,
    quota_at_baseline - quota as quota_reduced,
    required_reduction,
    due_year,
    case
        when quota is null or quota_at_baseline is null then 'not_assessed'
        when required_reduction is null then 'no_target'
        when quota_at_baseline - quota >= required_reduction * quota_at_baseline then 'met'
        else 'not_yet'
    end as reduction_status,
    case
        when quota is null then 'quota_not_delivered'
        when quota_at_baseline is null then 'baseline_quota_not_delivered'
    end as reduction_reason
from joined
