{#
    Some number per row, different for each, not the same in the next run: for joins inside one build, never to be
    published. `by` is a column that engines without a free numbering order by.
#}
{% macro running_number(by) -%}
    {{ adapter.dispatch('running_number', 'cchc')(by) }}
{%- endmacro %}

{% macro default__running_number(by) -%}
    row_number() over (order by {{ by }})
{%- endmacro %}

{% macro duckdb__running_number(by) -%}
    row_number() over ()
{%- endmacro %}
