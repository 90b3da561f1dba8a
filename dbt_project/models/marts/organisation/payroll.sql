{#
    Payroll per period and agency: the quota of the year the period belongs to, who of civil servants and public employees
    is present on its last day, who left in it and why, and the quota against that of two baseline years: the one in force
    and the one before it. The row '*' is the province, where a person with two assignments counts once and who still holds
    a post in the province has neither been transferred away nor left: agencies do not add up to it. Quotas do, and so does
    the reduction asked for, which is that of each agency's kind, taken from its last version where it is no longer active.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

quotas as (
    select * from {{ ref('stg_payroll_quotas') }}
),

staff as (
    select * from {{ ref('stg_staff') }}
),

requirements as (
    select * from {{ ref('payroll_baselines') }}
),

started as (
    select
        periods.period_code,
        requirements.baseline_year,
        max(case when {{ in_force_on('periods.last_day', 'requirements') }} then 1 else 0 end) as is_current
    from periods
    inner join requirements on periods.last_day >= requirements.valid_from
    group by periods.period_code, requirements.baseline_year
),

baseline_years as (
    select
        period_code,
        max(case when is_current = 1 then baseline_year end) as baseline_year,
        max(case when is_current = 0 then baseline_year end) as earlier_baseline_year
    from started
    group by period_code
),

kinds as (
    select * from {{ ref('int_agencies__on_days') }}
),

last_kinds as (
    select
        agency_code,
        kind
    from {{ ref('int_agencies__versioned') }}
    where valid_to is null and not is_inferred
),

quotas_scoped as (
    select
        periods.period_code,
        periods.year as period_year,
        quotas.agency_code,
        quotas.year,
        quotas.quota,
        baseline_years.baseline_year,
        baseline_years.earlier_baseline_year,
        requirements.due_year,
        requirements.required_reduction,
        cast(quotas.quota * requirements.required_reduction as decimal(18, 6)) as required
    from periods
    left join baseline_years on periods.period_code = baseline_years.period_code
    inner join quotas
        on quotas.year in (periods.year, baseline_years.baseline_year, baseline_years.earlier_baseline_year)
    left join kinds on periods.last_day = kinds.day and quotas.agency_code = kinds.agency_code
    left join last_kinds on quotas.agency_code = last_kinds.agency_code
    left join requirements
        on
            quotas.year = requirements.baseline_year
            and requirements.verified
            and requirements.agency_scope = {{ payroll_scope('coalesce(kinds.kind, last_kinds.kind)') }}
),

quotas_of_years as (
    select
        period_code,
        coalesce(agency_code, '*') as agency_code,
        sum(case when year = period_year then quota end) as quota,
        sum(case when year = baseline_year then quota end) as quota_at_baseline,
        sum(case when year = baseline_year then required end) as required,
        count(case when year = baseline_year then 1 end)
        = count(case when year = baseline_year then required end) as is_all_required,
        sum(case when year = earlier_baseline_year then quota end) as quota_at_earlier_baseline,
        sum(case when year = earlier_baseline_year then required end) as earlier_required,
        count(case when year = earlier_baseline_year then 1 end)
        = count(case when year = earlier_baseline_year then required end) as earlier_is_all_required,
        max(case when year = baseline_year then due_year end) as due_year
    from quotas_scoped
    group by grouping sets ((period_code), (period_code, agency_code))
),

present as (
    select
        periods.period_code,
        on_days.agency_code,
        on_days.on_quota
    from periods
    inner join {{ ref('int_staff__on_days') }} as on_days on periods.last_day = on_days.day
),

leavers as (
    select
        periods.period_code,
        periods.last_day,
        staff.agency_code,
        staff.person_key,
        case
            when staff.exit_reason in ('streamlined', 'retired', 'transferred') then staff.exit_reason
            else 'other'
        end as exit_reason
    from periods
    inner join staff on staff.end_on >= periods.start_on and staff.end_on < periods.end_at
),

still_present as (
    select distinct
        leavers.period_code,
        leavers.person_key
    from leavers
    inner join staff
        on
            leavers.person_key = staff.person_key
            and staff.start_on <= leavers.last_day
            and (staff.end_on is null or staff.end_on > leavers.last_day)
),

exits as (
    select
        leavers.period_code,
        coalesce(leavers.agency_code, '*') as agency_code,
        count(distinct case when leavers.exit_reason = 'streamlined' then leavers.person_key end) as streamlined,
        count(distinct case when leavers.exit_reason = 'retired' then leavers.person_key end) as retired,
        count(distinct case when leavers.exit_reason = 'transferred' then leavers.person_key end) as transferred,
        count(distinct case when leavers.exit_reason = 'other' then leavers.person_key end) as other_exits,
        count(
            distinct case
                when leavers.exit_reason = 'transferred' and still_present.person_key is null then leavers.person_key
            end
        ) as transferred_away,
        count(
            distinct case
                when leavers.exit_reason = 'other' and still_present.person_key is null then leavers.person_key
            end
        ) as gone_otherwise
    from leavers
    left join still_present
        on
            leavers.period_code = still_present.period_code
            and leavers.person_key = still_present.person_key
    group by grouping sets ((leavers.period_code), (leavers.period_code, leavers.agency_code))
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
        case
            when delivered.has_staff and agencies.agency_code = '*' then coalesce(exits.transferred_away, 0)
            when delivered.has_staff then coalesce(exits.transferred, 0)
        end as transferred,
        case
            when delivered.has_staff and agencies.agency_code = '*' then coalesce(exits.gone_otherwise, 0)
            when delivered.has_staff then coalesce(exits.other_exits, 0)
        end as other_exits,
        baseline_years.baseline_year,
        cast(quotas_of_years.quota_at_baseline as bigint) as quota_at_baseline,
        case
            when agencies.agency_code <> '*' then requirements.required_reduction
            when quotas_of_years.is_all_required and quotas_of_years.quota_at_baseline > 0
                then cast(quotas_of_years.required / quotas_of_years.quota_at_baseline as decimal(18, 6))
        end as required_reduction,
        coalesce(requirements.due_year, quotas_of_years.due_year) as due_year,
        cast(quotas_of_years.required as decimal(18, 6)) as required,
        quotas_of_years.is_all_required,
        baseline_years.earlier_baseline_year,
        cast(quotas_of_years.quota_at_earlier_baseline as bigint) as quota_at_earlier_baseline,
        cast(quotas_of_years.earlier_required as decimal(18, 6)) as earlier_required,
        quotas_of_years.earlier_is_all_required
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
            and requirements.agency_scope = {{ payroll_scope('kinds.kind') }}
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
    case when is_all_required then required end as required_quota_reduced,
    due_year,
    {{ payroll_reduction('') }},
    earlier_baseline_year,
    quota_at_earlier_baseline,
    quota_at_earlier_baseline - quota as quota_reduced_since_earlier,
    case when earlier_is_all_required then earlier_required end as earlier_required_quota_reduced,
    {{ payroll_reduction('earlier_') }}
from joined
