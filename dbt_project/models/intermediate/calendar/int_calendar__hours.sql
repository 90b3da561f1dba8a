{#
    One row per working calendar, hour of working time since its first day, and working day that has part of it: the
    way back from a number of working seconds to a moment, by equality on calendar_code and working_hour, and
    `reached_in` (macros/working_time.sql), which leaves one row of the two that an hour may have.
#}
select
    calendar_code,
    {{ explode_numbers(
        working_hour_of('working_seconds_before'),
        working_hour_of('working_seconds_before + working_seconds - 1')
    ) }} as working_hour,
    day,
    morning_opens,
    morning_closes,
    afternoon_opens,
    afternoon_closes,
    working_seconds,
    working_seconds_before
from {{ ref('int_calendar__days') }}
where is_working_day
