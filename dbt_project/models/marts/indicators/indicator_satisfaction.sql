{#
    Satisfaction of those who were asked (surveys of the year that the period belongs to, weighted) and of those who
    rated a dossier in the period (unweighted, apart: they chose themselves). How sure the first is stands in the mart
    satisfaction. Every period of a year has the same survey: nothing here adds up over periods.
#}
with surveyed as (
    select
        periods.period_code,
        case when satisfaction.factor = '*' then 'default' else satisfaction.factor end as variant,
        satisfaction.satisfied_weight,
        satisfaction.weights_sum
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('satisfaction') }} as satisfaction
        on
            periods.year = satisfaction.year
            and satisfaction.survey_code = '*'
            and satisfaction.agency_code = '*'
),

rated as (
    select
        period_code,
        count(*) filter (where is_satisfied) as satisfied,
        count(*) as ratings
    from {{ ref('int_ratings__in_periods') }}
    group by period_code
)

select
    period_code,
    'satisfaction_rate' as indicator_code,
    variant,
    '*' as agency_level,
    '*' as agency_code,
    satisfied_weight as numerator,
    weights_sum as denominator,
    {{ no_reason() }}
from surveyed
union all
select * from ({{ indicator_rows('rated', [
    ['ratings_satisfaction_rate', 'default', 'satisfied', 'ratings'],
]) }}) as ratings
