{#
    Versions of a dated dimension, each with the days for which it speaks: those on which it is valid, and of the
    days on which none is valid those to which it is the nearest, the earlier one on a tie. Every day has exactly
    one version of every code.

    relation  one row per code and version, with valid_from and valid_to (first day no longer valid, or null)
    code      its code column
    columns   what to take along

    Columns: code, columns, valid_on, valid_until (last day), speaks_from, speaks_until (last day).
#}
{% macro versions_by_nearest_day(relation, code, columns) -%}
    select
        {{ code }},
        {{ columns | join(', ') }},
        valid_on,
        valid_until,
        coalesce(
            cast(
                lag({{ last_day_spoken_for('valid_until', 'next_valid_on') }}) over (
                    partition by {{ code }} order by valid_on
                ) + interval '1' day as date
            ),
            date '0001-01-01'
        ) as speaks_from,
        coalesce({{ last_day_spoken_for('valid_until', 'next_valid_on') }}, date '9999-12-31') as speaks_until
    from (
        select
            {{ code }},
            {{ columns | join(', ') }},
            coalesce(valid_from, date '0001-01-01') as valid_on,
            coalesce(cast(valid_to - interval '1' day as date), date '9999-12-31') as valid_until,
            lead(coalesce(valid_from, date '0001-01-01')) over (
                partition by {{ code }} order by coalesce(valid_from, date '0001-01-01')
            ) as next_valid_on
        from {{ relation }}
    ) as versions
{%- endmacro %}

{# Between two versions: the first speaks up to the middle of the gap; versions that touch or overlap, to the next. #}
{% macro last_day_spoken_for(valid_until, next_valid_on) -%}
    case
        when {{ valid_until }} >= {{ next_valid_on }} then cast({{ next_valid_on }} - interval '1' day as date)
        else {{ middle_day(valid_until, next_valid_on) }}
    end
{%- endmacro %}

{# The day half-way between two days, the earlier one where there are two. #}
{% macro middle_day(earlier, later) -%}
    {{ adapter.dispatch('middle_day', 'cchc')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__middle_day(earlier, later) -%}
    {{ earlier }} + cast(floor(date_diff('day', {{ earlier }}, {{ later }}) / 2) as integer)
{%- endmacro %}

{% macro spark__middle_day(earlier, later) -%}
    date_add({{ earlier }}, cast(floor(datediff({{ later }}, {{ earlier }}) / 2) as int))
{%- endmacro %}
