{#
    Working time. A row of int_calendar__days is the day of a moment in a calendar; joined to it by equality on
    calendar_code and day, everything below is arithmetic:

    - working time between two moments is the difference of their `working_seconds_until`;
    - n working days after a day is the row whose working_day_no is n higher (and is_working_day);
    - the moment at which a number of working seconds is reached stands in int_calendar__hours, by equality on
      calendar_code and working_hour (`working_hour_of`) and `reached_in`.

    Opening hours are half-open: at the second of closing the office is closed.

    Where one row needs the days of two moments, take both by left joins: inner ones let an engine begin by joining every
    day of a calendar to every other.
#}

{# Working seconds of the calendar up to a moment; `calendar` is its day's row of int_calendar__days. #}
{% macro working_seconds_until(calendar, moment) -%}
    {{ calendar }}.working_seconds_before + {{ office_seconds(calendar, second_of_day(moment)) }}
{%- endmacro %}

{# Working seconds from one moment to another, each with its day's row; negative where the second is earlier. #}
{% macro working_seconds_between(calendar, moment, later_calendar, later_moment) -%}
    ({{ working_seconds_until(later_calendar, later_moment) }})
    - ({{ working_seconds_until(calendar, moment) }})
{%- endmacro %}

{# One row: the first and the last second of the days that the working calendars cover. #}
{% macro calendar_cover() -%}
    select
        cast(min(start_on) as timestamp) as first_at,
        cast(max(end_on) as timestamp) + interval '86399' second as last_at
    from {{ ref('periods') }}
{%- endmacro %}

{# A moment moved into the days that the calendars cover: before and after them nobody is known to have worked. #}
{% macro within_calendar(moment, cover) -%}
    least(greatest({{ moment }}, {{ cover }}.first_at), {{ cover }}.last_at)
{%- endmacro %}

{#
    Whether a term is longer than the whole working calendar; `cover` is the row of `calendar_cover`. No end of such a
    term can be counted: it is a slip of the pen, or stands for "unlimited".
#}
{% macro is_beyond_calendar(term, unit, cover) -%}
    {{ term }} > {{ days_between('cast(' ~ cover ~ '.first_at as date)', 'cast(' ~ cover ~ '.last_at as date)') }}
    * case when {{ unit }} = 'hour' then 24 else 1 end
{%- endmacro %}

{# Whether a row of `office_hours` or `agency_calendars` speaks: a convention by default, a decision when verified. #}
{% macro is_in_effect() -%}
    (verified or basis = 'convention')
{%- endmacro %}

{# Working seconds of a day up to a second of it. #}
{% macro office_seconds(calendar, second) -%}
    greatest(least({{ second }}, {{ calendar }}.morning_closes) - {{ calendar }}.morning_opens, 0)
    + greatest(least({{ second }}, {{ calendar }}.afternoon_closes) - {{ calendar }}.afternoon_opens, 0)
{%- endmacro %}

{# The second of a working day at which a number of its working seconds is reached and work goes on. #}
{% macro clock_second(calendar, office_seconds) -%}
    case
        when {{ office_seconds }} < {{ calendar }}.morning_closes - {{ calendar }}.morning_opens
            then {{ calendar }}.morning_opens + {{ office_seconds }}
        else
            {{ calendar }}.afternoon_opens + {{ office_seconds }}
            - ({{ calendar }}.morning_closes - {{ calendar }}.morning_opens)
    end
{%- endmacro %}

{# The first office moment from a second of a day on: itself, the next opening of the day, or that of a later day. #}
{% macro office_moment(calendar, second) -%}
    case
        when not {{ calendar }}.is_working_day or {{ second }} >= {{ calendar }}.afternoon_closes
            then {{ calendar }}.next_opens_at
        else {{ plus_seconds(
            'cast(' ~ calendar ~ '.day as timestamp)',
            office_second(calendar, second)
        ) }}
    end
{%- endmacro %}

{# The same within a working day before its closing: before opening and in the lunch break, the next opening. #}
{% macro office_second(calendar, second) -%}
    case
        when {{ second }} < {{ calendar }}.morning_opens then {{ calendar }}.morning_opens
        when {{ second }} >= {{ calendar }}.morning_closes and {{ second }} < {{ calendar }}.afternoon_opens
            then {{ calendar }}.afternoon_opens
        else {{ second }}
    end
{%- endmacro %}

{# Which row of int_calendar__hours holds a number of working seconds, together with `reached_in`. #}
{% macro working_hour_of(working_seconds) -%}
    cast(floor(({{ working_seconds }}) / 3600) as bigint)
{%- endmacro %}

{% macro reached_in(calendar, working_seconds) -%}
    {{ working_seconds }} >= {{ calendar }}.working_seconds_before
    and {{ working_seconds }} < {{ calendar }}.working_seconds_before + {{ calendar }}.working_seconds
{%- endmacro %}

{# The moment of that row at which the number is reached and work goes on. #}
{% macro working_moment(calendar, working_seconds) -%}
    {{ plus_seconds(
        'cast(' ~ calendar ~ '.day as timestamp)',
        clock_second(calendar, '(' ~ working_seconds ~ ' - ' ~ calendar ~ '.working_seconds_before)')
    ) }}
{%- endmacro %}

{# `07:30` as seconds of the day. #}
{% macro clock_to_seconds(clock) -%}
    cast(substr({{ clock }}, 1, 2) as integer) * 3600 + cast(substr({{ clock }}, 4, 2) as integer) * 60
{%- endmacro %}

{# Whole seconds since the day began. #}
{% macro second_of_day(moment) -%}
    {{ adapter.dispatch('second_of_day', 'cchc')(moment) }}
{%- endmacro %}

{% macro duckdb__second_of_day(moment) -%}
    cast(date_diff('second', cast(cast({{ moment }} as date) as timestamp), {{ moment }}) as integer)
{%- endmacro %}

{% macro spark__second_of_day(moment) -%}
    (hour({{ moment }}) * 3600 + minute({{ moment }}) * 60 + second({{ moment }}))
{%- endmacro %}

{% macro plus_seconds(moment, seconds) -%}
    {{ adapter.dispatch('plus_seconds', 'cchc')(moment, seconds) }}
{%- endmacro %}

{% macro duckdb__plus_seconds(moment, seconds) -%}
    {{ moment }} + to_seconds({{ seconds }})
{%- endmacro %}

{% macro spark__plus_seconds(moment, seconds) -%}
    timestampadd(second, {{ seconds }}, {{ moment }})
{%- endmacro %}

{# Whole seconds from one moment to another. #}
{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between', 'cchc')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    timestampdiff(second, {{ earlier }}, {{ later }})
{%- endmacro %}

{# One row per whole number from the first to the last, both included. #}
{% macro explode_numbers(first, last) -%}
    {{ adapter.dispatch('explode_numbers', 'cchc')(first, last) }}
{%- endmacro %}

{% macro duckdb__explode_numbers(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}))
{%- endmacro %}

{% macro spark__explode_numbers(first, last) -%}
    explode(sequence({{ first }}, {{ last }}))
{%- endmacro %}
