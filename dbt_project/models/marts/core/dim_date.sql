{#
    One row per day that a reporting period covers, with the codes of its periods in both calendars and whether it is
    worked by the standard calendar. An agency with hours of its own may work on other days.
#}
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select
        calendar,
        kind,
        period_code,
        {{ each_day('start_on', 'end_on') }} as date_day
    from periods
    where kind in ('month', 'quarter', 'year')
),

dated as (
    select
        date_day,
        cast(extract(year from date_day) as integer) as year,
        cast(extract(month from date_day) as integer) as month,
        cast(extract(day from date_day) as integer) as day_of_month,
        {{ iso_weekday('date_day') }} as iso_weekday,
        max(case when calendar = 'state' and kind = 'month' then period_code end) as state_month_code,
        max(case when calendar = 'state' and kind = 'quarter' then period_code end) as state_quarter_code,
        max(case when calendar = 'state' and kind = 'year' then period_code end) as state_year_code,
        max(case when calendar = 'plain' and kind = 'month' then period_code end) as plain_month_code,
        max(case when calendar = 'plain' and kind = 'quarter' then period_code end) as plain_quarter_code,
        max(case when calendar = 'plain' and kind = 'year' then period_code end) as plain_year_code
    from days
    group by date_day
),

working_days as (
    select * from {{ ref('int_calendar__days') }}
    where calendar_code = 'standard'
)

select
    dated.date_day,
    dated.year,
    dated.month,
    dated.day_of_month,
    dated.iso_weekday,
    dated.state_month_code,
    dated.state_quarter_code,
    dated.state_year_code,
    dated.plain_month_code,
    dated.plain_quarter_code,
    dated.plain_year_code,
    working_days.is_working_day,
    working_days.is_public_holiday,
    working_days.is_make_up,
    working_days.special_kind as holiday_kind,
    working_days.name_vi as holiday_name_vi,
    working_days.name_en as holiday_name_en,
    working_days.notice_no,
    working_days.is_verified as is_holiday_verified,
    working_days.working_day_no,
    working_days.next_working_on
from dated
inner join working_days on dated.date_day = working_days.day
