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
