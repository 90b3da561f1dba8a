{#
    One row per period, agency, sector and horizon: dossiers in progress at the end of the period whose due date in force
    lies after it and at most so many working days away. Horizons contain each other: never add them. What falls due is
    a count of what is known at the end, not an estimate: it takes due dates as they stand then, and leaves out what is
    received, finished or resumed later. Suspended dossiers stand in a column of their own.
#}
with open_dossiers as (
    select
        counted.*,
        periods.calendar,
        periods.last_day
    from {{ ref('int_dossiers__open_by_working_days') }} as counted
    inner join {{ ref('int_periods__in_scope') }} as periods on counted.period_code = periods.period_code
    where counted.due_side = 'to_due'
)

select
    open_dossiers.period_code,
    open_dossiers.calendar,
    open_dossiers.agency_code,
    open_dossiers.sector_code,
    horizons.to_days as horizon_working_days,
    cast(sum(case when open_dossiers.is_suspended then 0 else open_dossiers.dossiers end) as bigint) as falls_due,
    cast(sum(case when open_dossiers.is_suspended then open_dossiers.dossiers else 0 end) as bigint)
        as suspended_falls_due
from open_dossiers
inner join {{ ref('due_buckets') }} as horizons
    on open_dossiers.due_side = horizons.side
        and open_dossiers.working_days between horizons.from_days and horizons.to_days
        and {{ in_force_on('open_dossiers.last_day', 'horizons') }}
where horizons.bucket_set = 'forecast'
group by
    open_dossiers.period_code,
    open_dossiers.calendar,
    open_dossiers.agency_code,
    open_dossiers.sector_code,
    horizons.to_days
