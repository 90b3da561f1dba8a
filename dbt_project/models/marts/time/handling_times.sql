{#
    One row per period, dimension and member of it: handling times of the dossiers finished in the period, as median and
    90th percentile. A dossier is in one row of each dimension, but in one row of `step` for every step that it went
    through. Quantiles of parts give no quantile of the whole: take the row that asks the question, never an average.
#}
with finished as (
    select
        period_code,
        dossier_sk,
        agency_code,
        sector_code,
        closing_at,
        greatest(closing_at, received_at) as closed_from
    from {{ ref('int_dossiers__at_period_ends') }}
    where is_member and kind_at_end = 'finished'
),

handled as (
    select
        finished.period_code,
        finished.agency_code,
        finished.sector_code,
        handling.procedure_code,
        handling.working_seconds,
        handling.calendar_seconds
    from finished
    inner join {{ ref('int_dossiers__handling') }} as handling
        on finished.dossier_sk = handling.dossier_sk and finished.closing_at = handling.closing_at
),

by_attribute as (
    select
        period_code,
        case
            when grouping(agency_code) = 0 then 'agency'
            when grouping(sector_code) = 0 then 'sector'
            when grouping(procedure_code) = 0 then 'procedure'
            else 'province'
        end as dimension,
        coalesce(agency_code, sector_code, procedure_code, '*') as code,
        count(*) as dossiers,
        {{ quantiles('working_seconds', [0.5, 0.9]) }} as working,
        {{ quantiles('calendar_seconds', [0.5, 0.9]) }} as calendar
    from handled
    group by grouping sets (
        (period_code),
        (period_code, agency_code),
        (period_code, sector_code),
        (period_code, procedure_code)
    )
),

by_step as (
    select
        finished.period_code,
        'step' as dimension,
        steps.step as code,
        count(*) as dossiers,
        {{ quantiles('steps.working_seconds', [0.5, 0.9]) }} as working,
        {{ quantiles('steps.calendar_seconds', [0.5, 0.9]) }} as calendar
    from finished
    inner join {{ ref('int_dossiers__steps') }} as steps
        on finished.dossier_sk = steps.dossier_sk and finished.closed_from = steps.looked_at
    group by finished.period_code, steps.step
),

measured as (
    select * from by_attribute
    union all
    select * from by_step
)

select
    measured.period_code,
    periods.calendar,
    measured.dimension,
    measured.code,
    measured.dossiers,
    {{ hours_of_quantile(quantile_no('measured.working', 1)) }} as median_working_hours,
    {{ hours_of_quantile(quantile_no('measured.working', 2)) }} as p90_working_hours,
    {{ hours_of_quantile(quantile_no('measured.calendar', 1)) }} as median_calendar_hours,
    {{ hours_of_quantile(quantile_no('measured.calendar', 2)) }} as p90_calendar_hours
from measured
inner join {{ ref('int_periods__in_scope') }} as periods on measured.period_code = periods.period_code
