{#
    How many units of a kind a manager had on the baseline day, before the period and on its last day, and everything that
    happened in between. Rows of one period add up over kinds, levels and managers; periods do not add up. A rename is
    no change; a conversion or a transfer is one, and no cut.
#}
with periods as (
    select
        periods.period_code,
        periods.calendar,
        periods.last_day,
        cast(periods.start_on - interval '1' day as date) as day_before,
        baselines.agency_kind as kind,
        baselines.baseline_on,
        baselines.status as baseline_status,
        case when baselines.indicator_code <> 'organisation_stocks' then baselines.indicator_code end as indicator_code
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('baselines') }} as baselines on {{ in_force_on('periods.last_day', 'baselines') }}
    where baselines.agency_kind is not null
),

agencies as (
    select * from {{ ref('int_agencies__on_days') }}
),

flows as (
    select * from {{ ref('organisation_flows') }}
),

measured as (
    select
        periods.period_code,
        periods.kind,
        agencies.level,
        coalesce(agencies.parent_code, 'unknown') as manager_code,
        case when agencies.day = periods.baseline_on then 1 else 0 end as at_baseline,
        case when agencies.day = periods.day_before then 1 else 0 end as at_start,
        case when agencies.day = periods.last_day then 1 else 0 end as at_end,
        cast(null as varchar) as flow,
        0 as since_baseline,
        0 as this_period
    from periods
    inner join agencies
        on
            periods.kind = agencies.kind
            and agencies.day in (periods.baseline_on, periods.day_before, periods.last_day)
    union all
    select
        periods.period_code,
        periods.kind,
        flows.level,
        flows.manager_code,
        0 as at_baseline,
        0 as at_start,
        0 as at_end,
        case
            when flows.cause in ('created', 'dissolved_or_merged') then flows.cause
            else concat(flows.cause, case when flows.change > 0 then '_in' else '_out' end)
        end as flow,
        case when flows.happened_on > periods.baseline_on then 1 else 0 end as since_baseline,
        case when flows.happened_on > periods.day_before then 1 else 0 end as this_period
    from periods
    inner join flows
        on
            periods.kind = flows.kind
            and flows.happened_on > least(periods.baseline_on, periods.day_before)
            and flows.happened_on <= periods.last_day
),

{% set flows = [
    'created', 'dissolved_or_merged', 'converted_in', 'converted_out', 'transferred_in', 'transferred_out',
] %}
counted as (
    select
        period_code,
        kind,
        level,
        manager_code,
        sum(at_baseline) as at_baseline,
        {% for flow in flows %}
            sum(case when flow = '{{ flow }}' then since_baseline else 0 end) as {{ flow }},
        {% endfor %}
        sum(at_start) as at_start,
        {% for flow in flows %}
            sum(case when flow = '{{ flow }}' then this_period else 0 end) as {{ flow }}_this_period,
        {% endfor %}
        sum(at_end) as at_end
    from measured
    group by
        period_code,
        kind,
        level,
        manager_code
)

select
    counted.period_code,
    periods.calendar,
    counted.kind,
    counted.level,
    counted.manager_code,
    periods.indicator_code,
    periods.baseline_on,
    periods.baseline_status,
    cast(counted.at_baseline as bigint) as at_baseline,
    {% for flow in flows %}
        cast(counted.{{ flow }} as bigint) as {{ flow }},
    {% endfor %}
    cast(counted.at_start as bigint) as at_start,
    {% for flow in flows %}
        cast(counted.{{ flow }}_this_period as bigint) as {{ flow }}_this_period,
    {% endfor %}
    cast(counted.at_end as bigint) as at_end
from counted
inner join periods on counted.period_code = periods.period_code and counted.kind = periods.kind
