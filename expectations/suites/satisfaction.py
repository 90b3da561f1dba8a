"""What is expected of `satisfaction`: an estimate that its own numbers allow.

Belongs here: interval, effective sample, small numbers, factors and answers that make up their whole, agreement with
the figures. Does not belong here: how an estimate is made (`docs/surveys.md`, dbt unit tests).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows
from expectations.suites.plausibility import unknown_share

_ROW = "concat_ws('/', year, survey_code, agency_code, factor)"

_INTERVAL = Template("""
    select $row as record, estimate as found, lower_bound || '–' || upper_bound as expected
    from satisfaction
    where
        estimate is not null
        and not coalesce(
            0 <= lower_bound and lower_bound <= estimate and estimate <= upper_bound and upper_bound <= 1
            and lower_bound < upper_bound,
            false
        )
    order by record
""").substitute(row=_ROW)

_EFFECTIVE = Template("""
    select $row as record, effective_n as found, respondents as expected
    from satisfaction
    where
        estimate is not null
        and not coalesce(
            effective_n > 0
            and effective_n <= respondents
            and respondents <= answers
            and abs(design_effect * effective_n - respondents) < 1e-6 * respondents,
            false
        )
    order by record
""").substitute(row=_ROW)

_FEW = Template("""
    with judged as (
        select
            *,
            case when agency_code <> '*' and respondents < minimal_respondents then 'too_few' else 'shown' end as due,
            estimate is not null or satisfied_weight is not null or effective_n is not null as is_told
        from satisfaction
    )

    select $row as record, status as found, due as expected
    from judged
    where status is distinct from due or is_told <> (due = 'shown')
    order by record
""").substitute(row=_ROW)

_FACTORS = """
    select
        concat_ws('/', asked.year, factors.factor) as record,
        dim_indicator.label_vi as name_vi,
        dim_indicator.label_en as name_en
    from (select distinct year from satisfaction) as asked
    cross join (select unnest(['access', 'procedure', 'staff', 'result', 'feedback']) as factor) as factors
    left join satisfaction
        on
            asked.year = satisfaction.year
            and factors.factor = satisfaction.factor
            and satisfaction.survey_code = '*'
            and satisfaction.agency_code = '*'
    left join dim_indicator
        on
            dim_indicator.indicator_code = 'satisfaction_rate'
            and factors.factor = dim_indicator.variant
            and dim_indicator.is_current
    where satisfaction.year is null
    order by record
"""

_ANSWERS = """
    with sums as (
        select
            year,
            survey_code,
            agency_code,
            sum(answers) filter (where factor <> '*') as of_factors,
            sum(answers) filter (where factor = '*') as answers
        from satisfaction
        group by all
    )

    select concat_ws('/', year, survey_code, agency_code) as record, of_factors as found, answers as expected
    from sums
    where of_factors is distinct from answers
    union all
    select
        concat_ws('/', year, survey_code) as record,
        sum(answers) filter (where agency_code <> '*') as found,
        sum(answers) filter (where agency_code = '*') as expected
    from satisfaction
    where factor = '*'
    group by year, survey_code
    having found is distinct from expected
    order by record
"""

_AGREES = """
    with surveyed as (
        select
            year,
            case when factor = '*' then 'default' else factor end as variant,
            satisfied_weight,
            weights_sum
        from satisfaction
        where survey_code = '*' and agency_code = '*'
    )

    select
        concat_ws('/', figures.indicator_code, figures.variant, figures.period_code) as record,
        concat_ws('/', figures.numerator, figures.denominator) as found,
        concat_ws('/', surveyed.satisfied_weight, surveyed.weights_sum) as expected
    from indicator_values as figures
    join dim_period using (period_code)
    left join surveyed using (year, variant)
    where
        figures.indicator_code = 'satisfaction_rate'
        and figures.status <> 'not_assessed'
        and exists (select 1 from surveyed)
        and (
            figures.numerator <> coalesce(surveyed.satisfied_weight, 0)
            or figures.denominator <> coalesce(surveyed.weights_sum, 0)
        )
    order by record
"""

_UNKNOWN = """
    select
        coalesce(sum(answers) filter (where agency_code = '*'), 0) as of,
        coalesce(sum(answers) filter (where agency_code = 'unknown'), 0) as found
    from satisfaction
    where survey_code = '*' and factor = '*'
"""


def satisfaction() -> tuple[Check, ...]:
    """The checks of `satisfaction`, beside its shape."""
    return (
        NoRows("satisfaction_interval_holds_estimate", finds=_INTERVAL),
        NoRows("satisfaction_effective_n_within_n", finds=_EFFECTIVE),
        NoRows("satisfaction_few_are_not_shown", finds=_FEW),
        NoRows("satisfaction_factors_complete", finds=_FACTORS),
        NoRows("satisfaction_answers_add_up", finds=_ANSWERS),
        NoRows("satisfaction_agrees_with_figures", finds=_AGREES),
        unknown_share("limit_unknown_agency_of_surveys", "satisfaction", _UNKNOWN),
    )
