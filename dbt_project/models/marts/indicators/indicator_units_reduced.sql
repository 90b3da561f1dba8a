{#
    Units fewer than on the baseline day, per kind, and what the difference is made of:
    net = dissolved_or_merged - created + converted + transferred. Conversions and transfers are not cuts; they are
    shown so that nobody takes them for some. Periods before the baseline have no rows.
#}
with periods as (
    select
        periods.period_code,
        periods.last_day,
        baselines.indicator_code,
        baselines.baseline_on,
        case baselines.indicator_code
            when 'public_service_units_reduced' then 'public_service_unit'
            when 'subordinate_units_reduced' then 'subordinate_unit'
            when 'management_boards_reduced' then 'management_board'
            when 'residential_groups_reduced' then 'residential_group'
        end as kind
    from {{ ref('int_periods__in_scope') }} as periods
    inner join {{ ref('baselines') }} as baselines on {{ in_force_on('periods.last_day', 'baselines') }}
),

active as (
    select
        day,
        kind,
        count(*) as units
    from {{ ref('int_agencies__on_days') }}
    group by day, kind
),

stocks as (
    select
        periods.*,
        coalesce(at_baseline.units, 0) as units_at_baseline,
        coalesce(at_end.units, 0) as units_at_end
    from periods
    left join active as at_baseline on periods.baseline_on = at_baseline.day and periods.kind = at_baseline.kind
    left join active as at_end on periods.last_day = at_end.day and periods.kind = at_end.kind
    where periods.kind is not null
),

counted as (
    select
        stocks.period_code,
        stocks.indicator_code,
        max(stocks.units_at_baseline - stocks.units_at_end) as net,
        -coalesce(sum(moves.change) filter (where moves.cause = 'dissolved_or_merged'), 0) as dissolved_or_merged,
        coalesce(sum(moves.change) filter (where moves.cause = 'created'), 0) as created,
        -coalesce(sum(moves.change) filter (where moves.cause = 'converted'), 0) as converted,
        -coalesce(sum(moves.change) filter (where moves.cause = 'transferred'), 0) as transferred
    from stocks
    left join {{ ref('int_agencies__entries_and_exits') }} as moves
        on
            stocks.kind = moves.kind
            and moves.happened_on > stocks.baseline_on
            and moves.happened_on <= stocks.last_day
    group by stocks.period_code, stocks.indicator_code
)

{% for variant in ['net', 'dissolved_or_merged', 'created', 'converted', 'transferred'] %}
    {{ 'union all' if not loop.first }}
    select
        period_code,
        indicator_code,
        '{{ variant }}' as variant,
        '*' as agency_level,
        '*' as agency_code,
        cast({{ variant }} as decimal(18, 4)) as numerator,
        cast(null as decimal(18, 4)) as denominator,
        {{ no_reason() }}
    from counted
{% endfor %}
