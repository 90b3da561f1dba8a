{#
    Units that pay their recurrent spending themselves, of all with finances of the last full year before the end of the
    period: by the group computed and by the group granted; and units that moved up to such a group since the year before.
    A year that nobody delivers, and a computed group whose scheme is not verified, are not assessed.
#}
with periods as (
    select
        period_code,
        cast(extract(year from end_at) as integer) - 1 as last_full_year
    from {{ ref('int_periods__in_scope') }}
),

autonomy as (
    select * from {{ ref('unit_autonomy') }}
),

counted as (
    select
        periods.period_code,
        count(autonomy.agency_code) as units,
        count(case when autonomy.is_self_financing then 1 end) as computed,
        count(case when autonomy.is_granted_self_financing then 1 end) as granted,
        count(case when autonomy.is_converted then 1 end) as converted,
        case
            when count(autonomy.agency_code) = 0
                then concat('year_not_delivered:', cast(min(periods.last_full_year) as varchar))
        end as year_missing,
        case when not bool_and(autonomy.is_verified) then 'rule_unverified' end as unverified,
        case
            when count(case when autonomy.has_year_before then 1 end) = 0
                then concat('year_not_delivered:', cast(min(periods.last_full_year) - 1 as varchar))
        end as year_before_missing
    from periods
    left join autonomy on periods.last_full_year = autonomy.year
    group by periods.period_code
)

{% for code, variant, numerator, reasons in [
    ['self_financing_units_rate', 'computed', 'computed', 'year_missing, unverified'],
    ['self_financing_units_rate', 'granted', 'granted', 'year_missing'],
    ['units_converted_to_self_financing', 'default', 'converted', 'year_missing, unverified, year_before_missing'],
] %}
    {{ 'union all' if not loop.first }}
    select
        period_code,
        '{{ code }}' as indicator_code,
        '{{ variant }}' as variant,
        '*' as agency_level,
        '*' as agency_code,
        cast({{ numerator }} as decimal(18, 4)) as numerator,
        cast({{ 'units' if code == 'self_financing_units_rate' else 'null' }} as decimal(18, 4)) as denominator,
        coalesce({{ reasons }}, null) as not_assessed,
        cast(null as varchar) as not_applicable
    from counted
{% endfor %}
