{#
    The two indices as figures of the province, points over the points that could be earned. Service index: the
    components that can be assessed, per group and in all. Reform index: the totals of the year before the period's, as
    the province's record says them under the scheme of that year.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

components as (
    select
        components.*,
        groups_of_components.total_variant
    from {{ ref('service_index_766') }} as components
    inner join {{ ref('index_criteria') }} as groups_of_components
        on
            components.scheme = groups_of_components.scheme
            and components.group_code = groups_of_components.criterion_code
    where components.agency_level = '*'
),

service as (
    select
        period_code,
        coalesce(total_variant, 'default') as variant,
        sum(points) as numerator,
        sum(assessable_maximum) as denominator,
        count(points) as assessed,
        count(case when is_verified then 1 end) as verified,
        min(case when is_verified and status = 'not_assessed' then reason end) as reason
    from components
    group by grouping sets ((period_code), (period_code, total_variant))
),

groups_named as (
    select
        periods.period_code,
        variants.variant
    from periods
    cross join (
        select 'default' as variant
        union
        select total_variant as variant from {{ ref('index_criteria') }}
        where total_variant is not null
    ) as variants
),

service_figures as (
    select
        groups_named.period_code,
        'service_index_766' as indicator_code,
        groups_named.variant,
        '*' as agency_level,
        '*' as agency_code,
        service.numerator,
        service.denominator,
        case
            when service.assessed > 0 then null
            when service.verified = 0 then 'rule_unverified'
            else service.reason
        end as not_assessed,
        case
            when service.variant is null then 'not_in_force'
            when service.assessed = 0 then 'denominator_zero'
        end as not_applicable
    from groups_named
    left join service
        on groups_named.period_code = service.period_code and groups_named.variant = service.variant
),

reform_totals as (
    select reform.*
    from {{ ref('par_index') }} as reform
    inner join {{ ref('index_schemes') }} as schemes
        on
            reform.scheme = schemes.scheme
            and {{ in_force_on("cast(concat(reform.year, '-12-31') as date)", 'schemes') }}
    where
        reform.criterion_code = '*'
        and reform.peer_group = 'province'
        and schemes.index_code = 'par_index'
),

reform_figures as (
    {% for stage in ['self', 'appraised', 'final'] %}
        {{ 'union all' if not loop.first }}
        select
            periods.period_code,
            'par_index' as indicator_code,
            '{{ stage }}' as variant,
            '*' as agency_level,
            '*' as agency_code,
            reform_totals.{{ stage }}_points as numerator,
            reform_totals.maximum as denominator,
            case
                when reform_totals.year is null then 'no_scores_of_year_before'
                when reform_totals.{{ stage }}_points is null then 'scores_incomplete'
            end as not_assessed,
            cast(null as varchar) as not_applicable
        from periods
        left join reform_totals on periods.year = reform_totals.year + 1
    {% endfor %}
)

select
    period_code,
    indicator_code,
    variant,
    agency_level,
    agency_code,
    cast(numerator as decimal(18, 4)) as numerator,
    cast(denominator as decimal(18, 4)) as denominator,
    not_assessed,
    not_applicable
from (
    select * from service_figures
    union all
    select * from reform_figures
) as figures
