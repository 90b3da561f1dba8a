{#
    What the figures say to the criteria of the indices: for each period and figure that some criterion names as its
    evidence, the row of the province ('*'), always, with the reason where the figure cannot be had; and the rows of
    levels and agencies as counted. The figures of the indices themselves are no evidence.
#}
with named as (
    select distinct
        evidence_indicator as indicator_code,
        evidence_variant as variant
    from {{ ref('index_criteria') }}
    where evidence_indicator is not null
),

delivered as (
    select feed from {{ ref('int_deliveries__feeds') }}
),

figures as (
    select
        periods.period_code,
        named.indicator_code,
        named.variant,
        indicators.valid_from,
        indicators.unit,
        indicators.grain,
        indicators.source_model,
        indicators.feeds
    from {{ ref('int_periods__in_scope') }} as periods
    cross join named
    left join {{ ref('dim_indicator') }} as indicators
        on
            named.indicator_code = indicators.indicator_code
            and named.variant = indicators.variant
            and {{ in_force_on('periods.last_day', 'indicators') }}
),

missing_feeds as (
    select
        required.indicator_code,
        required.variant,
        required.valid_from,
        min(required.feed) as feed
    from (
        select distinct
            indicator_code,
            variant,
            valid_from,
            {{ explode_words('feeds', ';') }} as feed
        from figures
    ) as required
    where required.feed not in (select delivered.feed from delivered)
    group by required.indicator_code, required.variant, required.valid_from
),

counted as (
    {% for model in indicator_models() if model != model_of_indices() %}
        {{ 'union all' if not loop.first }}
        select * from {{ ref(model) }}
        where indicator_code in (select named.indicator_code from named)
    {% endfor %}
),

reasons as (
    select
        figures.period_code,
        figures.indicator_code,
        figures.variant,
        figures.unit,
        figures.grain,
        case
            when figures.source_model is null then 'model_not_built'
            when missing_feeds.feed is not null then concat('feed_not_delivered:', missing_feeds.feed)
        end as not_assessed
    from figures
    left join missing_feeds
        on
            figures.indicator_code = missing_feeds.indicator_code
            and figures.variant = missing_feeds.variant
            and figures.valid_from = missing_feeds.valid_from
),

provinces as (
    select
        reasons.period_code,
        reasons.indicator_code,
        reasons.variant,
        '*' as agency_level,
        '*' as agency_code,
        reasons.grain,
        coalesce(counted.numerator, 0) as numerator,
        case when reasons.unit = 'ratio' then coalesce(counted.denominator, 0) end as denominator,
        coalesce(reasons.not_assessed, counted.not_assessed) as not_assessed
    from reasons
    left join counted
        on
            reasons.period_code = counted.period_code
            and reasons.indicator_code = counted.indicator_code
            and reasons.variant = counted.variant
            and counted.agency_level = '*'
),

members as (
    select
        reasons.period_code,
        reasons.indicator_code,
        reasons.variant,
        counted.agency_level,
        counted.agency_code,
        reasons.grain,
        counted.numerator,
        counted.denominator,
        coalesce(reasons.not_assessed, counted.not_assessed) as not_assessed
    from reasons
    inner join counted
        on
            reasons.period_code = counted.period_code
            and reasons.indicator_code = counted.indicator_code
            and reasons.variant = counted.variant
            and counted.agency_level <> '*'
)

select * from provinces
union all
select * from members
