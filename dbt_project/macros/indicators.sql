{#
    The rows of an indicator model from counts in columns, with totals as deep as the grain goes: '*' stands for all.

    relation  CTE with period_code and one column per measure, at the finest unit: per period for depth `province`,
              per agency_level for `level`, per agency_level and agency_code for `agency`
    measures  list of [indicator_code, variant, numerator, denominator], the last none for counts
    depth     `province`, `level` or `agency`
#}
{% macro indicator_rows(relation, measures, depth='province') -%}
{% set keys = 'period_code, indicator_code, variant' %}
{% set units = {'province': [], 'level': ['agency_level'], 'agency': ['agency_level', 'agency_code']}[depth] %}
select
    period_code,
    indicator_code,
    variant,
    {{ "coalesce(agency_level, '*')" if depth != 'province' else "'*'" }} as agency_level,
    {{ "coalesce(agency_code, '*')" if depth == 'agency' else "'*'" }} as agency_code,
    cast(sum(numerator) as decimal(18, 4)) as numerator,
    cast(sum(denominator) as decimal(18, 4)) as denominator,
    {{ no_reason() }}
from (
    {% for measure in measures %}
    {{ 'union all' if not loop.first }}
    select
        period_code,
        '{{ measure[0] }}' as indicator_code,
        '{{ measure[1] }}' as variant,
        {% for unit in units %}
        {{ unit }},
        {% endfor %}
        cast({{ measure[2] }} as bigint) as numerator,
        cast({{ measure[3] if measure[3] else 'null' }} as bigint) as denominator
    from {{ relation }}
    {% endfor %}
) as measured
group by grouping sets (
    ({{ keys }})
    {%- if depth != 'province' %}, ({{ keys }}, agency_level){% endif %}
    {%- if depth == 'agency' %}, ({{ keys }}, agency_level, agency_code){% endif %}
)
{%- endmacro %}

{#
    The last columns of every indicator model, for rows that are assessed: a row that is not names the reason as a code in
    one of them.
#}
{% macro no_reason() -%}
    cast(null as varchar) as not_assessed,
    cast(null as varchar) as not_applicable
{%- endmacro %}

{# Whether a computed row counts nothing, or there is none. #}
{% macro nothing_counted(relation) -%}
    coalesce({{ relation }}.numerator, 0) = 0 and coalesce({{ relation }}.denominator, 0) = 0
{%- endmacro %}

{# A dated row is in force on a day: valid_to is the first day on which it no longer is. #}
{% macro in_force_on(day, relation) -%}
    {{ relation }}.valid_from <= {{ day }}
    and ({{ relation }}.valid_to is null or {{ relation }}.valid_to > {{ day }})
{%- endmacro %}

{# Whether a decimal stands in the relation that an operator column names to another: exact, no floating point. #}
{% macro compares(left_side, operator, right_side) -%}
    case {{ operator }}
        when '=' then {{ left_side }} = {{ right_side }}
        when '>' then {{ left_side }} > {{ right_side }}
        when '>=' then {{ left_side }} >= {{ right_side }}
        when '<' then {{ left_side }} < {{ right_side }}
        when '<=' then {{ left_side }} <= {{ right_side }}
    end
{%- endmacro %}

{# One row per word of a separated list. #}
{% macro explode_words(list, separator) -%}
    {{ adapter.dispatch('explode_words', 'cchc')(list, separator) }}
{%- endmacro %}

{% macro duckdb__explode_words(list, separator) -%}
    unnest(string_split({{ list }}, '{{ separator }}'))
{%- endmacro %}

{% macro spark__explode_words(list, separator) -%}
    explode(split({{ list }}, '{{ separator }}'))
{%- endmacro %}

{# The models whose union indicator_counts is. #}
{% macro indicator_models() -%}
    {{ return([
        'indicator_tasks',
        'indicator_steering_events',
        'indicator_publications_owed',
        'indicator_legal_documents',
        'indicator_procedures',
        'indicator_feedback',
        'indicator_satisfaction',
        'indicator_dossiers_by_kind',
        'indicator_national_copy',
        'indicator_one_stop_coverage',
        'indicator_dossiers',
        'indicator_dossiers_on_time',
        'indicator_online_dossiers',
        'indicator_units_reduced',
        'indicator_functions_regulated',
        'indicator_deputies',
        'indicator_payroll',
        'indicator_autonomy',
        'indicator_indices',
    ]) }}
{%- endmacro %}
