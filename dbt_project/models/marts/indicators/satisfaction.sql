{#
    What surveys say, with how sure it is: one row per year, survey ('*': all of the year), agency ('*': the province)
    and factor ('*': all together). The method stands in docs/surveys.md. The estimate is the share of satisfied answers
    by weight; the interval is Wilson's on the effective number of respondents. Below the smallest number of respondents
    in force an agency's estimate is not shown. Rows hold each other: never add them.
#}
with rules as (
    select
        years.year,
        max(case when rules.rule_code = 'confidence_z' then rules.value end) as z,
        max(case when rules.rule_code = 'minimal_respondents' then rules.value end) as minimal_respondents
    from {{ ref('periods') }} as years
    inner join {{ ref('survey_rules') }} as rules on {{ in_force_on('years.end_on', 'rules') }}
    where
        years.kind = 'year'
        and years.calendar in (select calendar from {{ ref('int_periods__in_scope') }})
    group by years.year
),

{#
    Sums are exact decimals with all the decimals that a weight has, so that neither order nor rounding changes anything;
    everything after them is double. A factor of 19 digits makes the product wide enough.
#}
pooled as (
    select
        year,
        coalesce(survey_code, '*') as survey_code,
        agency_code,
        factor,
        count(*) as respondents,
        sum(answers) as answers,
        cast(sum(weight) as decimal(28, 8)) as weights_sum,
        cast(sum(satisfied_weight) as decimal(28, 8)) as satisfied_weight,
        cast(sum(weight) as double) as w,
        cast(sum(cast(weight as decimal(19, 8)) * weight) as double) as ww,
        cast(sum(cast(weight as decimal(19, 8)) * satisfied_weight) as double) as ws,
        cast(sum(cast(satisfied_weight as decimal(19, 8)) * satisfied_weight) as double) as ss
    from {{ ref('int_surveys__respondents') }}
    group by grouping sets (
        (year, agency_code, factor),
        (year, survey_code, agency_code, factor)
    )
),

{#
    Kish: (sum of weights) squared over the sum of squares. Clustering: over all factors the variance of the share is
    that between respondents, by Taylor linearisation; the observations that a simple sample would need for it. A share
    that is 0 or 1 (or no double apart from it) has no variance to compare with.
#}
measured as (
    select
        pooled.*,
        cast(rules.z as double) as z,
        rules.minimal_respondents,
        cast(pooled.satisfied_weight as double) / nullif(cast(pooled.weights_sum as double), 0) as share,
        pooled.w * pooled.w / pooled.ww as kish_respondents
    from pooled
    inner join rules on pooled.year = rules.year
),

clustered as (
    select
        *,
        case
            when factor = '*' and respondents > 1
                then
                    (ss - 2 * share * ws + share * share * ww) / (w * w)
                    * respondents / (respondents - 1)
        end as variance_between
    from measured
),

effective as (
    select
        *,
        least(
            cast(respondents as double),
            kish_respondents,
            case
                when variance_between > 0 and share > 0 and share < 1
                    then share * (1 - share) / variance_between
                else kish_respondents
            end
        ) as n_effective,
        agency_code <> '*' and respondents < minimal_respondents as is_too_few
    from clustered
),

wilson as (
    select
        *,
        (share + z * z / (2 * n_effective)) / (1 + z * z / n_effective) as centre,
        z * sqrt(share * (1 - share) / n_effective + z * z / (4 * n_effective * n_effective))
        / (1 + z * z / n_effective) as half_width
    from effective
)

select
    cast(year as integer) as year,
    survey_code,
    agency_code,
    factor,
    case when is_too_few then 'too_few' else 'shown' end as status,
    cast(respondents as bigint) as respondents,
    cast(answers as bigint) as answers,
    weights_sum,
    case when not is_too_few then satisfied_weight end as satisfied_weight,
    case when not is_too_few then respondents / n_effective end as design_effect,
    case when not is_too_few then n_effective end as effective_n,
    case when not is_too_few then share end as estimate,
    case when not is_too_few then least(share, greatest(0, centre - half_width)) end as lower_bound,
    case when not is_too_few then greatest(share, least(1, centre + half_width)) end as upper_bound,
    cast(minimal_respondents as integer) as minimal_respondents
from wilson
