{# One row per day from the first to the last, both included. #}
{% macro explode_days(first, last) -%}
    {{ adapter.dispatch('explode_days', 'cchc')(first, last) }}
{%- endmacro %}

{% macro duckdb__explode_days(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval '1' day))
{%- endmacro %}

{% macro spark__explode_days(first, last) -%}
    explode(sequence({{ first }}, {{ last }}, interval 1 day))
{%- endmacro %}

{# Monday is 1, Sunday is 7. #}
{% macro iso_weekday(day) -%}
    {{ adapter.dispatch('iso_weekday', 'cchc')(day) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(day) -%}
    cast(isodow({{ day }}) as integer)
{%- endmacro %}

{% macro spark__iso_weekday(day) -%}
    weekday({{ day }}) + 1
{%- endmacro %}

{# The same day some whole years later. #}
{% macro add_years(day, years) -%}
    {{ adapter.dispatch('add_years', 'cchc')(day, years) }}
{%- endmacro %}

{% macro duckdb__add_years(day, years) -%}
    cast({{ day }} + to_years({{ years }}) as date)
{%- endmacro %}

{% macro spark__add_years(day, years) -%}
    add_months({{ day }}, 12 * {{ years }})
{%- endmacro %}
