{#
    One row per period, agency ('*' for the province) and component of the service index of Decision 766, for periods
    that end while a scheme is in force. A component whose maximum or formula is unverified earns no points, whatever
    its evidence says. `points` add up over the components of one agency and stand against the sum of
    `assessable_maximum`; never add them over agencies or periods.
#}
with periods as (
    select
        periods.period_code,
        periods.calendar,
        schemes.scheme,
        schemes.maximum as scheme_maximum
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('index_schemes') }} as schemes on {{ in_force_on('periods.last_day', 'schemes') }}
    where schemes.index_code = 'service_index_766'
),

criteria as (
    select * from {{ ref('index_criteria') }}
),

components as (
    select
        components.*,
        components.maximum_verified and components.formula_verified as is_verified,
        coalesce(above.criterion_code, parents.criterion_code) as group_code,
        coalesce(above.maximum, parents.maximum) as group_maximum
    from criteria as components
    inner join criteria as parents
        on components.scheme = parents.scheme and components.parent_code = parents.criterion_code
    left join criteria as above
        on parents.scheme = above.scheme and parents.parent_code = above.criterion_code
    where components.kind = 'component'
),

evidence as (
    select * from {{ ref('indicator_evidence') }}
),

agencies as (
    select
        period_code,
        '*' as agency_level,
        '*' as agency_code
    from periods
    union
    select
        period_code,
        agency_level,
        agency_code
    from evidence
    where agency_code <> '*'
),

measured as (
    select
        periods.period_code,
        periods.calendar,
        periods.scheme,
        periods.scheme_maximum,
        agencies.agency_level,
        agencies.agency_code,
        components.*,
        case
            when not components.is_verified then 'rule_unverified'
            when figures.not_assessed is not null then figures.not_assessed
            when agencies.agency_code <> '*' and figures.grain <> 'agency' then 'not_counted_by_agency'
        end as not_assessed,
        case when figures.not_assessed is null then counts.numerator end as numerator,
        case when figures.not_assessed is null then counts.denominator end as denominator
    from periods
    inner join agencies on periods.period_code = agencies.period_code
    inner join components on periods.scheme = components.scheme
    left join evidence as figures
        on
            agencies.period_code = figures.period_code
            and components.evidence_indicator = figures.indicator_code
            and components.evidence_variant = figures.variant
            and figures.agency_level = '*'
    left join evidence as counts
        on
            agencies.period_code = counts.period_code
            and components.evidence_indicator = counts.indicator_code
            and components.evidence_variant = counts.variant
            and agencies.agency_level = counts.agency_level
            and agencies.agency_code = counts.agency_code
),

judged as (
    select
        *,
        case
            when not_assessed is not null then 'not_assessed'
            when coalesce(denominator, 0) = 0 then 'not_applicable'
            else 'assessed'
        end as status
    from measured
)

select
    period_code,
    calendar,
    scheme,
    agency_level,
    agency_code,
    criterion_code as component_code,
    parent_code,
    group_code,
    label_vi,
    label_en,
    case
        when status = 'assessed'
            then {{ proportional_points('numerator', 'denominator', 'maximum', 'zero_share', 'full_share') }}
    end as points,
    case when status = 'assessed' then maximum end as assessable_maximum,
    maximum,
    group_maximum,
    scheme_maximum,
    numerator,
    denominator,
    cast(numerator as double) / nullif(cast(denominator as double), 0) as value,
    zero_share,
    full_share,
    formula_vi,
    formula_en,
    evidence_indicator,
    evidence_variant,
    cast(round(denominator) as bigint) as evidence_count,
    status,
    case status
        when 'not_assessed' then not_assessed
        when 'not_applicable' then 'denominator_zero'
    end as reason,
    scheme as rule_version,
    legal_reference,
    is_verified,
    maximum_verified as is_maximum_verified,
    formula_verified as is_formula_verified,
    doubt_vi,
    doubt_en
from judged
