{#
    Units whose deputies are within the norm in force on the last day, of those that a verified norm judges; how many have
    a norm that judges nobody, so that both are all units with a norm; and deputies fewer than on the baseline day, a
    person once. Periods in which only norms that are not verified apply, or for which
    nobody is delivered on the baseline day, are not assessed.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

baselines as (
    select * from {{ ref('baselines') }}
    where indicator_code = 'deputies_reduced'
),

staff as (
    select * from {{ ref('int_staff__on_days') }}
    where agency_code = '*'
),

variants as (
    select
        period_code,
        'default' as variant,
        status,
        reason
    from {{ ref('deputy_norms_compliance') }}
    union all
    select
        period_code,
        'department_average' as variant,
        status,
        reason
    from {{ ref('deputy_norms_compliance') }}
    where averaged_group = '*'
),

compliance as (
    select
        period_code,
        variant,
        count(*) filter (where status in ('within', 'within_grace')) as within,
        count(*) filter (where status <> 'not_assessed') as judged,
        count(*) filter (where status = 'not_assessed') as not_judged,
        min(reason) as reason
    from variants
    group by period_code, variant
),

deputies as (
    select
        periods.period_code,
        at_baseline.deputies - coalesce(at_end.deputies, 0) as reduced
    from periods
    inner join baselines on {{ in_force_on('periods.last_day', 'baselines') }}
    left join staff as at_baseline on baselines.baseline_on = at_baseline.day
    left join staff as at_end on periods.last_day = at_end.day
)

select
    period_code,
    'deputy_norm_compliance_rate' as indicator_code,
    variant,
    '*' as agency_level,
    '*' as agency_code,
    cast(within as decimal(18, 4)) as numerator,
    cast(judged as decimal(18, 4)) as denominator,
    case when judged = 0 then reason end as not_assessed,
    cast(null as varchar) as not_applicable
from compliance
union all
select
    period_code,
    'deputy_norm_not_judged' as indicator_code,
    'default' as variant,
    '*' as agency_level,
    '*' as agency_code,
    cast(not_judged as decimal(18, 4)) as numerator,
    cast(null as decimal(18, 4)) as denominator,
    {{ no_reason() }}
from compliance
where variant = 'default'
union all
select
    period_code,
    'deputies_reduced' as indicator_code,
    'default' as variant,
    '*' as agency_level,
    '*' as agency_code,
    cast(reduced as decimal(18, 4)) as numerator,
    cast(null as decimal(18, 4)) as denominator,
    case when reduced is null then 'baseline_not_delivered' end as not_assessed,
    cast(null as varchar) as not_applicable
from deputies
