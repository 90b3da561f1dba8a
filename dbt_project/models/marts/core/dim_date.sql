{# One row per day that a reporting period covers, with the codes of its periods in both calendars. #}
with periods as (
    select * from {{ ref('dim_period') }}
),

days as (
    select
        calendar,
        kind,
        period_code,
        cast({{ explode_days('start_on', 'end_on') }} as date) as date_day
    from periods
    where kind in ('month', 'quarter', 'year')
)

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
