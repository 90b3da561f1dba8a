-- The marts of time of the small province, from its form 06a: nobody is late and nobody suspended, what is open is due
-- long after.
create table handling_times as
select
    period_code, 'state' as calendar, dimension, code, sum(resolved_total) as dossiers,
    90.0 as median_working_hours, 90.0 as p90_working_hours, 480.0 as median_calendar_hours, 480.0 as p90_calendar_hours
from form_06a
cross join lateral (values
    ('province', '*'), ('agency', agency_code), ('sector', sector_code), ('procedure', '1.001000'),
    ('step', 'Thẩm định')
) as dimensions (dimension, code)
group by period_code, dimension, code
having sum(resolved_total) > 0;

create table late_steps as
select '2022-08' as period_code, 'H28.1' as agency_code, 'Thẩm định' as step, 0 as longest_in where false;

create table open_ageing as
select
    period_code, 'state' as calendar, agency_code, sector_code, 'to_due_31_up' as bucket_code, 'to_due' as side,
    sum(in_progress_total) as dossiers
from form_06a
group by period_code, agency_code, sector_code
having sum(in_progress_total) > 0;

create table due_forecast as
select
    period_code, 'state' as calendar, agency_code, sector_code, horizon_working_days,
    case horizon_working_days when 5 then 0 else 1 end as falls_due, 0 as suspended_falls_due
from open_ageing
cross join (values (5), (10)) as horizons (horizon_working_days);
