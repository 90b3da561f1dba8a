{#
    One row per period in scope and day on which it looks: joining a moment's day to it finds the periods the moment
    lies in without comparing it to each of them. `moment < end_at` is still to be asked: a provisional period ends
    within its last day.
#}
select
    period_code,
    start_at,
    end_at,
    start_on,
    last_day,
    {{ each_day('start_on', 'last_day') }} as day
from {{ ref('int_periods__in_scope') }}
