{#
    One row per period that this build fills: those of the run's calendar that end with the released period or
    earlier and not before the lake's coverage begins. `end_at` is the effective end E, exclusive: known-at where a
    provisional period is not over.
#}
with context as (
    select * from {{ ref('stg_run_context') }}
),

released as (
    select
        periods.end_on,
        context.period_code,
        context.calendar,
        context.period_end_at,
        context.provisional
    from context
    inner join {{ ref('periods') }} as periods on context.period_code = periods.period_code
),

control_totals as (
    select cast(min(covers_from) as timestamp) as covered_from
    from {{ ref('stg_control_totals') }}
    where feed = 'dossiers'
),

receipts as (
    select min(received_at) as covered_from from {{ ref('int_dossiers__received') }}
),

candidates as (
    select
        periods.period_code,
        periods.calendar,
        periods.kind,
        periods.year,
        periods.start_on,
        cast(periods.start_on as timestamp) as start_at,
        cast(periods.end_on as timestamp) + interval '1' day as nominal_end_at,
        released.period_end_at,
        released.provisional,
        periods.period_code = released.period_code as is_released,
        coalesce(control_totals.covered_from, receipts.covered_from) as covered_from
    from {{ ref('periods') }} as periods
    cross join released
    cross join control_totals
    cross join receipts
    where periods.calendar = released.calendar and periods.end_on <= released.end_on
),

effective as (
    select
        *,
        case when provisional then least(nominal_end_at, period_end_at) else nominal_end_at end as end_at
    from candidates
)

select
    period_code,
    calendar,
    kind,
    year,
    start_at,
    end_at,
    start_on,
    {{ last_day_before('end_at') }} as last_day,
    is_released
from effective
where is_released or (end_at > covered_from and end_at > start_at)
