{#
    Every figure that an official rule asks for: indicator × variant × unit × period, one row for each member of the
    grain that dim_indicator names, the unassessed included. Targets are judged on numerator and denominator, never on
    the quotient. Do not add values: rates do not add, and totals ('*') stand beside their parts. A level of government
    or an agency that no longer exists keeps its rows, as not applicable and never 0, unless records of it still count.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

indicators as (
    select
        periods.calendar,
        periods.period_code,
        periods.start_on,
        periods.last_day,
        indicators.indicator_code,
        indicators.variant,
        indicators.valid_from,
        indicators.area_code,
        indicators.unit,
        indicators.grain,
        indicators.uses_baseline,
        indicators.source_model
    from periods
    inner join {{ ref('dim_indicator') }} as indicators on {{ in_force_on('periods.last_day', 'indicators') }}
),

handling_agencies as (
    select
        agency_level,
        agency_code,
        min(received_at) as first_received_at
    from {{ ref('fct_dossiers') }}
    where received_at is not null
    group by agency_level, agency_code
),

-- Every level there ever was, and whether it existed on some day of the period.
levels as (
    select
        periods.period_code,
        government_levels.level as agency_level,
        bool_or(
            government_levels.valid_from < periods.end_at
            and (government_levels.valid_to is null or government_levels.valid_to > periods.start_on)
        ) as exists_in_period
    from periods
    cross join {{ ref('government_levels') }} as government_levels
    group by periods.period_code, government_levels.level
),

ended_agencies as (
    select
        agency_code,
        dissolved_on
    from {{ ref('int_agencies__versioned') }}
    where is_current and dissolved_on is not null
),

units as (
    select
        period_code,
        'province' as depth,
        '*' as agency_level,
        '*' as agency_code
    from periods
    union all
    select
        periods.period_code,
        'level' as depth,
        levels.agency_level,
        '*' as agency_code
    from periods
    inner join levels on periods.period_code = levels.period_code
    union all
    select distinct
        periods.period_code,
        'agency_level' as depth,
        handling_agencies.agency_level,
        '*' as agency_code
    from periods
    inner join handling_agencies on periods.end_at > handling_agencies.first_received_at
    where handling_agencies.agency_level = 'unknown'
    union all
    select
        periods.period_code,
        'agency' as depth,
        handling_agencies.agency_level,
        handling_agencies.agency_code
    from periods
    inner join handling_agencies on periods.end_at > handling_agencies.first_received_at
),

grid as (
    select
        indicators.*,
        units.agency_level,
        units.agency_code,
        case
            when not levels.exists_in_period then 'no_unit_of_level'
            when ended_agencies.dissolved_on <= indicators.start_on then 'agency_ended'
        end as gone
    from indicators
    inner join units
        on
            indicators.period_code = units.period_code
            and (
                units.depth = 'province'
                or (units.depth = 'level' and indicators.grain in ('level', 'agency'))
                or (units.depth in ('agency_level', 'agency') and indicators.grain = 'agency')
            )
    left join levels on units.period_code = levels.period_code and units.agency_level = levels.agency_level
    left join ended_agencies on units.agency_code = ended_agencies.agency_code
),

missing_feeds as (
    select
        required.indicator_code,
        required.variant,
        required.valid_from,
        min(required.feed) as feed
    from (
        select
            indicator_code,
            variant,
            valid_from,
            {{ explode_words('feeds', ';') }} as feed
        from {{ ref('dim_indicator') }}
    ) as required
    where required.feed not in (select feed from {{ ref('int_deliveries__feeds') }})
    group by required.indicator_code, required.variant, required.valid_from
),

computed as (
    select * from {{ ref('indicator_counts') }}
),

targets as (
    select * from {{ ref('targets') }}
),

baselines as (
    select * from {{ ref('baselines') }}
),

assessed as (
    select
        grid.*,
        targets.operator,
        targets.target,
        case
            when grid.source_model is null then 'model_not_built'
            when missing_feeds.feed is not null then concat('feed_not_delivered:', missing_feeds.feed)
            else computed.not_assessed
        end as not_assessed,
        case
            when grid.uses_baseline and baselines.indicator_code is null then 'no_baseline'
            when computed.not_applicable is not null then computed.not_applicable
            when grid.gone is not null and {{ nothing_counted('computed') }} then grid.gone
            when grid.unit = 'ratio' and coalesce(computed.denominator, 0) = 0 then 'denominator_zero'
        end as not_applicable,
        case
            when grid.unit = 'points' then computed.numerator
            when computed.not_applicable = 'no_unit_of_level' then null
            when grid.gone is not null and {{ nothing_counted('computed') }} then null
            when not grid.uses_baseline or baselines.indicator_code is not null then coalesce(computed.numerator, 0)
        end as numerator,
        case
            when grid.unit = 'points' then computed.denominator
            when computed.not_applicable = 'no_unit_of_level' then null
            when grid.gone is not null and {{ nothing_counted('computed') }} then null
            when grid.unit = 'ratio' then coalesce(computed.denominator, 0)
        end as denominator
    from grid
    left join computed
        on
            grid.period_code = computed.period_code
            and grid.indicator_code = computed.indicator_code
            and grid.variant = computed.variant
            and grid.agency_level = computed.agency_level
            and grid.agency_code = computed.agency_code
    left join missing_feeds
        on
            grid.indicator_code = missing_feeds.indicator_code
            and grid.variant = missing_feeds.variant
            and grid.valid_from = missing_feeds.valid_from
    left join targets
        on
            grid.indicator_code = targets.indicator_code
            and grid.variant = targets.variant
            and {{ in_force_on('grid.last_day', 'targets') }}
            and (targets.applies_to = 'every_level' or grid.agency_level = '*')
    left join baselines
        on
            grid.indicator_code = baselines.indicator_code
            and {{ in_force_on('grid.last_day', 'baselines') }}
)

select
    calendar,
    period_code,
    indicator_code,
    variant,
    area_code,
    agency_level,
    agency_code,
    case when not_assessed is null then cast(numerator as decimal(28, 8)) end as numerator,
    case when not_assessed is null then cast(denominator as decimal(28, 8)) end as denominator,
    case
        when not_assessed is not null or not_applicable is not null then null
        when unit = 'ratio' then cast(numerator as double) / cast(denominator as double)
        else cast(numerator as double)
    end as value,
    unit,
    operator,
    target,
    case
        when not_assessed is not null then 'not_assessed'
        when not_applicable is not null then 'not_applicable'
        when target is null then 'no_target'
        when {{ compares(
            'numerator', 'operator', "target * case when unit = 'ratio' then denominator else 1 end"
        ) }} then 'met'
        else 'missed'
    end as status,
    coalesce(not_assessed, not_applicable) as reason
from assessed
