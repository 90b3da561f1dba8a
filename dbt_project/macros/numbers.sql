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

{#
    A pseudonymous key as a number: equal where keys are equal, null where there is none. For joins inside one build,
    where 64 digits would cost their width; never to be published, and not the same on another engine.
#}
{% macro short_key(key) -%}
    case when {{ key }} is not null then {{ adapter.dispatch('hashed_text', 'cchc')(key) }} end
{%- endmacro %}

{% macro duckdb__hashed_text(text) -%}
    hash({{ text }})
{%- endmacro %}

{% macro spark__hashed_text(text) -%}
    xxhash64({{ text }})
{%- endmacro %}
