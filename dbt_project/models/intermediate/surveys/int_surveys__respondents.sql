{#
    One row per year, survey and respondent, for each agency ('*': wherever the answers belong) and each factor ('*':
    all factors together): how many answers, their weights, the weights of the satisfied ones. A respondent is the unit:
    five answers of one person are one row under '*', never five. An answer without a weight weighs 1; one whose weight
    is not positive says nothing about the population and is in data_quality alone. A score is satisfied by the rule in
    force on the last day of the year.
#}
with years as (
    select
        years.year,
        years.end_on
    from {{ ref('periods') }} as years
    inner join {{ ref('stg_run_context') }} as context on years.calendar = context.calendar
    where years.kind = 'year'
),

rules as (
    select
        years.year,
        rules.value as satisfied_score
    from years
    inner join {{ ref('survey_rules') }} as rules
        on rules.rule_code = 'satisfied_score' and {{ in_force_on('years.end_on', 'rules') }}
),

agencies as (
    select distinct agency_code from {{ ref('int_agencies__versioned') }}
),

answers as (
    select
        responses.year,
        responses.survey_code,
        responses.respondent_code,
        responses.factor,
        coalesce(agencies.agency_code, 'unknown') as agency_code,
        coalesce(responses.weight, 1) as weight,
        case when responses.score >= rules.satisfied_score then coalesce(responses.weight, 1) else 0 end
            as satisfied_weight
    from {{ ref('stg_survey_responses') }} as responses
    inner join rules on responses.year = rules.year
    left join agencies on responses.agency_code = agencies.agency_code
    where coalesce(responses.weight, 1) > 0
)

select
    year,
    survey_code,
    respondent_code,
    coalesce(agency_code, '*') as agency_code,
    coalesce(factor, '*') as factor,
    count(*) as answers,
    cast(sum(weight) as decimal(18, 8)) as weight,
    cast(sum(satisfied_weight) as decimal(18, 8)) as satisfied_weight
from answers
group by grouping sets (
    (year, survey_code, respondent_code),
    (year, survey_code, respondent_code, factor),
    (year, survey_code, respondent_code, agency_code),
    (year, survey_code, respondent_code, agency_code, factor)
)
