{#
    Civil servants and public employees present on the last day over the quota of the year, and staff streamlined in the
    period; a person once. A year for which no quota is delivered is not assessed.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

payroll as (
    select * from {{ ref('payroll') }}
    where agency_code = '*'
)

select
    periods.period_code,
    'payroll_used_rate' as indicator_code,
    'default' as variant,
    '*' as agency_level,
    '*' as agency_code,
    cast(coalesce(payroll.present, 0) as decimal(18, 4)) as numerator,
    cast(payroll.quota as decimal(18, 4)) as denominator,
    case
        when payroll.quota is null then concat('year_not_delivered:', cast(periods.year as varchar))
    end as not_assessed,
    cast(null as varchar) as not_applicable
from periods
left join payroll on periods.period_code = payroll.period_code
union all
select
    payroll.period_code,
    'payroll_streamlined' as indicator_code,
    'default' as variant,
    '*' as agency_level,
    '*' as agency_code,
    cast(payroll.streamlined as decimal(18, 4)) as numerator,
    cast(null as decimal(18, 4)) as denominator,
    {{ no_reason() }}
from payroll
