"""What is expected of the marts of time: whom they count is whom form 06a counts.

Belongs here: handling times, steps of late dossiers, ageing and forecast of open ones, against form 06a and among
themselves. Does not belong here: rules over one row (dbt tests), how long anything took (the tests' second road).
"""

from __future__ import annotations

from expectations.checks import Check, NoRows

_FINISHED = """
    with form as (
        select period_code, sum(resolved_total - resolved_returned) as finished
        from form_06a
        group by period_code
    ),
    times as (
        select period_code, dossiers from handling_times where dimension = 'province'
    )

    select
        period_code as record,
        coalesce(times.dossiers, 0) as found,
        coalesce(form.finished, 0) as expected
    from form
    full join times using (period_code)
    where coalesce(times.dossiers, 0) <> coalesce(form.finished, 0)
    order by record
"""

_PARTS = """
    with parts as (
        select period_code, dimension, sum(dossiers) as dossiers
        from handling_times
        where dimension <> 'province'
        group by period_code, dimension
    ),
    province as (
        select period_code, dimensions.dimension, dossiers
        from handling_times
        cross join (values ('agency'), ('sector'), ('procedure'), ('step')) as dimensions (dimension)
        where handling_times.dimension = 'province'
    )

    select
        concat_ws('/', period_code, dimension) as record,
        coalesce(parts.dossiers, 0) as found,
        coalesce(province.dossiers, 0) as expected
    from parts
    full join province using (period_code, dimension)
    where
        coalesce(parts.dossiers, 0) < coalesce(province.dossiers, 0)
        or (dimension <> 'step' and coalesce(parts.dossiers, 0) > coalesce(province.dossiers, 0))
    order by record
"""

_LATE = """
    with form as (
        select period_code, agency_code, sum(resolved_late + in_progress_late) as late
        from form_06a
        group by period_code, agency_code
    ),
    steps as (
        select period_code, agency_code, sum(longest_in) as late
        from late_steps
        group by period_code, agency_code
    )

    select
        concat_ws('/', period_code, agency_code) as record,
        coalesce(steps.late, 0) as found,
        coalesce(form.late, 0) as expected
    from form
    full join steps using (period_code, agency_code)
    where coalesce(steps.late, 0) <> coalesce(form.late, 0)
    order by record
"""

_OPEN = """
    with form as (
        select
            period_code, agency_code, sector_code,
            sum(in_progress_total) as whole,
            sum(in_progress_late) as late,
            sum(in_progress_suspended) as suspended
        from form_06a
        group by period_code, agency_code, sector_code
    ),
    ageing as (
        select
            period_code, agency_code, sector_code,
            sum(dossiers) as whole,
            coalesce(sum(dossiers) filter (where side = 'past_due'), 0) as late,
            coalesce(sum(dossiers) filter (where side = 'suspended'), 0) as suspended
        from open_ageing
        group by period_code, agency_code, sector_code
    )

    select
        concat_ws('/', period_code, agency_code, sector_code) as record,
        concat_ws('/', coalesce(ageing.whole, 0), coalesce(ageing.late, 0), coalesce(ageing.suspended, 0)) as found,
        concat_ws('/', coalesce(form.whole, 0), coalesce(form.late, 0), coalesce(form.suspended, 0)) as expected
    from form
    full join ageing using (period_code, agency_code, sector_code)
    where
        coalesce(ageing.whole, 0) <> coalesce(form.whole, 0)
        or coalesce(ageing.late, 0) <> coalesce(form.late, 0)
        or coalesce(ageing.suspended, 0) <> coalesce(form.suspended, 0)
    order by record
"""

_FALLS_DUE = """
    with form as (
        select
            period_code, agency_code, sector_code,
            sum(in_progress_on_time - in_progress_suspended) as on_time,
            sum(in_progress_suspended) as suspended
        from form_06a
        group by period_code, agency_code, sector_code
    )

    select
        concat_ws('/', period_code, agency_code, sector_code, horizon_working_days) as record,
        concat_ws('/', falls_due, suspended_falls_due) as found,
        concat_ws('/', coalesce(form.on_time, 0), coalesce(form.suspended, 0)) as expected
    from due_forecast
    left join form using (period_code, agency_code, sector_code)
    where falls_due > coalesce(form.on_time, 0) or suspended_falls_due > coalesce(form.suspended, 0)
    order by record
"""

_HORIZONS = """
    select
        concat_ws('/', near.period_code, near.agency_code, near.sector_code, near.horizon_working_days) as record,
        concat_ws('/', near.falls_due, near.suspended_falls_due) as found,
        concat_ws('/', coalesce(far.falls_due, 0), coalesce(far.suspended_falls_due, 0)) as expected
    from due_forecast as near
    cross join (select distinct horizon_working_days from due_forecast) as horizons
    left join due_forecast as far
        on
            near.period_code = far.period_code
            and near.agency_code = far.agency_code
            and near.sector_code = far.sector_code
            and horizons.horizon_working_days = far.horizon_working_days
    where
        near.horizon_working_days < horizons.horizon_working_days
        and (
            near.falls_due > coalesce(far.falls_due, 0)
            or near.suspended_falls_due > coalesce(far.suspended_falls_due, 0)
        )
    order by record
"""


def handling_times() -> tuple[Check, ...]:
    """Handling times are those of the dossiers that form 06a counts as finished, each once per dimension."""
    return (
        NoRows("handling_times_agree_with_form", finds=_FINISHED),
        NoRows("handling_times_add_up", finds=_PARTS),
    )


def late_steps() -> tuple[Check, ...]:
    """Every late dossier has one step in which it spent most."""
    return (NoRows("late_steps_agree_with_form", finds=_LATE),)


def open_ageing() -> tuple[Check, ...]:
    """The buckets hold every open dossier once."""
    return (NoRows("open_ageing_agrees_with_form", finds=_OPEN),)


def due_forecast() -> tuple[Check, ...]:
    """What falls due is open, and a longer horizon contains a shorter one."""
    return (
        NoRows("due_forecast_within_form", finds=_FALLS_DUE),
        NoRows("due_horizons_contain_each_other", finds=_HORIZONS),
    )
