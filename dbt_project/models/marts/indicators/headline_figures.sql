{#
    What the province's statement prints, for the released period: every headline figure in all its variants. The row
    with is_headline is the one that is printed; the others stand beside it and use other lawful definitions.
#}
with released as (
    select
        period_code,
        last_day
    from {{ ref('int_periods__in_scope') }}
    where is_released
),

indicators as (
    select indicators.*
    from {{ ref('dim_indicator') }} as indicators
    inner join released on {{ in_force_on('released.last_day', 'indicators') }}
),

baselines as (
    select
        baselines.indicator_code,
        baselines.baseline_on
    from {{ ref('baselines') }} as baselines
    inner join released on {{ in_force_on('released.last_day', 'baselines') }}
)

select
    figures.period_code,
    figures.indicator_code,
    figures.variant,
    indicators.is_headline,
    indicators.label_vi,
    indicators.label_en,
    figures.value,
    figures.numerator,
    figures.denominator,
    figures.unit,
    figures.operator,
    figures.target,
    figures.status,
    baselines.baseline_on,
    indicators.definition_vi,
    indicators.definition_en,
    indicators.source_model
from {{ ref('indicator_values') }} as figures
inner join released on figures.period_code = released.period_code
inner join indicators
    on
        figures.indicator_code = indicators.indicator_code
        and figures.variant = indicators.variant
left join baselines on figures.indicator_code = baselines.indicator_code
where
    figures.agency_level = '*'
    and figures.indicator_code in (select printed.indicator_code from indicators as printed where printed.is_headline)
