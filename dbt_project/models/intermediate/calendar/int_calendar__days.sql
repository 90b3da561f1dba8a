{#
    One row per working calendar and day that a reporting period covers: whether it is worked, its office hours as
    seconds of the day, and how much was worked before it, so that questions about working time are equalities on
    (calendar_code, day) or (calendar_code, working_day_no) and arithmetic (macros/working_time.sql).

    A verified override speaks instead of the package's row of the day; an unverified one is not heard, as are
    hours of a decision that nobody verified; hours by convention are the default. A day off is off in every calendar; a make-up day is worked by the hours of the kind of day `make_up`. On a day off the hours
    are 0, and working_day_no is that of the last working day before it.
#}
with days as (
    select {{ each_day('first_on', 'last_on') }} as day
    from (
        select
            min(start_on) as first_on,
            max(end_on) as last_on
        from {{ ref('periods') }}
    ) as covered
),

overrides as (
    select * from {{ ref('calendar_overrides') }}
    where verified
),

special_days as (
    select
        day,
        kind,
        reason_vi as name_vi,
        reason_en as name_en,
        notice_no,
        verified
    from overrides
    union all
    select
        day,
        kind,
        name_vi,
        name_en,
        notice_no,
        verified
    from {{ ref('public_holidays') }}
    where day not in (select day from overrides)
),

kinds as (
    select
        days.day,
        {{ iso_weekday('days.day') }} as iso_weekday,
        special_days.kind as special_kind,
        special_days.name_vi,
        special_days.name_en,
        special_days.notice_no,
        special_days.verified as is_verified,
        case
            when special_days.kind = 'make_up' then 'make_up'
            when special_days.kind is not null then 'day_off'
            else
                case {{ iso_weekday('days.day') }}
                    when 1 then 'monday'
                    when 2 then 'tuesday'
                    when 3 then 'wednesday'
                    when 4 then 'thursday'
                    when 5 then 'friday'
                    when 6 then 'saturday'
                    when 7 then 'sunday'
                end
        end as day_kind
    from days
    left join special_days on days.day = special_days.day
),

heard_hours as (
    select * from {{ ref('office_hours') }}
    where {{ is_in_effect() }}
),

hours as (
    select
        calendar_code,
        day_kind,
        valid_from,
        valid_to,
        min(case when part = 'morning' then {{ clock_to_seconds('opens') }} end) as morning_opens,
        min(case when part = 'morning' then {{ clock_to_seconds('closes') }} end) as morning_closes,
        min(case when part = 'afternoon' then {{ clock_to_seconds('opens') }} end) as afternoon_opens,
        min(case when part = 'afternoon' then {{ clock_to_seconds('closes') }} end) as afternoon_closes
    from heard_hours
    group by calendar_code, day_kind, valid_from, valid_to
),

calendar_days as (
    select
        calendars.calendar_code,
        kinds.*,
        hours.calendar_code is not null as is_working_day,
        coalesce(hours.morning_opens, hours.afternoon_opens, 0) as morning_opens,
        coalesce(hours.morning_closes, hours.afternoon_opens, 0) as morning_closes,
        coalesce(hours.afternoon_opens, hours.morning_closes, 0) as afternoon_opens,
        coalesce(hours.afternoon_closes, hours.morning_closes, 0) as afternoon_closes
    from kinds
    cross join (select distinct calendar_code from heard_hours) as calendars
    left join hours
        on calendars.calendar_code = hours.calendar_code
            and kinds.day_kind = hours.day_kind
            and {{ in_force_on('kinds.day', 'hours') }}
),

measured as (
    select
        *,
        morning_closes - morning_opens + afternoon_closes - afternoon_opens as working_seconds,
        case when is_working_day then day end as working_on,
        case
            when is_working_day then {{ plus_seconds('cast(day as timestamp)', 'morning_opens') }}
        end as opens_at
    from calendar_days
)

select
    calendar_code,
    day,
    iso_weekday,
    day_kind,
    is_working_day,
    coalesce(special_kind = 'make_up', false) as is_make_up,
    coalesce(special_kind <> 'make_up', false) as is_public_holiday,
    special_kind,
    name_vi,
    name_en,
    notice_no,
    is_verified,
    morning_opens,
    morning_closes,
    afternoon_opens,
    afternoon_closes,
    working_seconds,
    cast(
        coalesce(
            sum(working_seconds) over (
                partition by calendar_code order by day rows between unbounded preceding and 1 preceding
            ),
            0
        ) as bigint
    ) as working_seconds_before,
    cast(
        count(working_on) over (
            partition by calendar_code order by day rows between unbounded preceding and current row
        ) as bigint
    ) as working_day_no,
    min(working_on) over later_days as next_working_on,
    min(opens_at) over later_days as next_opens_at
from measured
window
    later_days as (
        partition by calendar_code order by day rows between 1 following and unbounded following
    )
