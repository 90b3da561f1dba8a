{#
    Quantiles by linear interpolation between the two nearest ranks (type 7 of Hyndman and Fan, PERCENTILE.INC of
    spreadsheets): of n sorted values, the quantile f is the value at rank 1 + f * (n - 1). `fractions` is a list of
    literals; `quantile_no` takes the first, second, … of the result.
#}
{% macro quantiles(values, fractions) -%}
    {{ adapter.dispatch('quantiles', 'cchc')(values, fractions) }}
{%- endmacro %}

{% macro duckdb__quantiles(values, fractions) -%}
    quantile_cont({{ values }}, [{{ fractions | join(', ') }}])
{%- endmacro %}

{% macro spark__quantiles(values, fractions) -%}
    percentile({{ values }}, array({{ fractions | join(', ') }}))
{%- endmacro %}

{% macro quantile_no(quantiles, number) -%}
    {{ adapter.dispatch('quantile_no', 'cchc')(quantiles, number) }}
{%- endmacro %}

{% macro duckdb__quantile_no(quantiles, number) -%}
    {{ quantiles }}[{{ number }}]
{%- endmacro %}

{% macro spark__quantile_no(quantiles, number) -%}
    {{ quantiles }}[{{ number - 1 }}]
{%- endmacro %}

{# Hours of whole seconds, or of their sum: one division of whole numbers, the same on every engine. #}
{% macro hours_of(seconds) -%}
    cast({{ seconds }} as double) / 3600
{%- endmacro %}

{#
    Hours of a quantile of whole seconds. Medians and tenths of whole numbers are whole tenths, so that rounding to them
    takes away what floating point added, and nothing else.
#}
{% macro hours_of_quantile(seconds) -%}
    cast(cast(round({{ seconds }} * 10, 0) as bigint) as double) / 36000
{%- endmacro %}
