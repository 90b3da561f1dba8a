{#
    Units fewer than on the baseline day, per kind, and what the difference is made of:
    net = dissolved_or_merged - created + converted + transferred. Conversions and transfers are not cuts; they are
    shown so that nobody takes them for some. Periods before the baseline have no rows.
#}
with counted as (
    select
        period_code,
        indicator_code,
        sum(at_baseline - at_end) as net,
        sum(dissolved_or_merged) as dissolved_or_merged,
        sum(created) as created,
        sum(converted_out - converted_in) as converted,
        sum(transferred_out - transferred_in) as transferred
    from {{ ref('organisation_stocks') }}
    where indicator_code is not null
    group by period_code, indicator_code
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
