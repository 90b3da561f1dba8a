{# The moment that a due value means: one without a time means the end of its day. #}
{% macro due_moment(due_at, has_time) -%}
    case
        when {{ has_time }} then {{ due_at }}
        else cast(cast({{ due_at }} as date) as timestamp) + interval '86399' second
    end
{%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(earlier, later) -%}
    {{ adapter.dispatch('days_between', 'cchc')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}

{# The last day that lies before a moment: the last day of a half-open period that ends there. #}
{% macro last_day_before(moment) -%}
    cast({{ moment }} - interval '1' microsecond as date)
{%- endmacro %}

{# One row per day from the first to the last, as a column of the select it stands in. #}
{% macro each_day(first_day, last_day) -%}
    {{ adapter.dispatch('each_day', 'cchc')(first_day, last_day) }}
{%- endmacro %}

{% macro duckdb__each_day(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval '1' day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}

{# Stands for "not ended" where comparing with null would cost a join its speed. Never leaves the core. #}
{% macro end_of_time() -%}
    timestamp '9999-12-31'
{%- endmacro %}
