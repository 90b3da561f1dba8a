"""What is expected of sums in `indicator_values`: parts make up their whole, and figures agree with form 06a.

Belongs here: levels, agencies, classes and variants that add up; a mean between its parts. Does not belong here: one
row's own arithmetic (`indicators.py`), organisation and its decisions (`organisation.py`), form 06a's own sums (dbt).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows

_PARTS = Template("""
    with sums as (
        select $keys, sum(numerator) as numerator, sum(denominator) as denominator
        from indicator_values
        where $parts
        group by all
    )

    select
        concat_ws('/', whole.indicator_code, whole.variant, whole.period_code, whole.agency_level) as record,
        concat_ws('/', sums.numerator, sums.denominator) as found,
        concat_ws('/', whole.numerator, whole.denominator) as expected
    from indicator_values as whole
    join sums using ($keys)
    where
        $whole
        and (sums.numerator is distinct from whole.numerator or sums.denominator is distinct from whole.denominator)
    order by record
""")
_LEVELS = _PARTS.substitute(
    keys="period_code, indicator_code, variant",
    parts="agency_level <> '*' and agency_code = '*'",
    whole="whole.agency_level = '*'",
)
_AGENCIES = _PARTS.substitute(
    keys="period_code, indicator_code, variant, agency_level",
    parts="agency_code <> '*'",
    whole="whole.agency_code = '*'",
)

_MEAN = """
    with extremes as (
        select
            period_code, indicator_code, variant,
            min(value) as lowest,
            max(value) as highest
        from indicator_values
        where agency_level <> '*' and unit = 'ratio' and value is not null
        group by all
    )

    select
        concat_ws('/', whole.indicator_code, whole.variant, whole.period_code) as record,
        whole.value as found,
        extremes.lowest || '–' || extremes.highest as expected
    from indicator_values as whole
    join extremes using (period_code, indicator_code, variant)
    where
        whole.agency_level = '*'
        and whole.numerator is null
        and (whole.value < extremes.lowest or whole.value > extremes.highest)
    order by record
"""

_SUM_OF = Template("""
    with parts as (
        select
            period_code, agency_level, agency_code,
            sum(case when $is_whole then value end) as expected,
            sum(case when $is_part then value else 0 end) as found,
            count(case when $is_part then value end) as assessed_parts
        from indicator_values
        where $of
        group by all
    )

    select
        concat_ws('/', '$name', period_code, agency_level, agency_code) as record,
        found,
        expected
    from parts
    where assessed_parts = $number and found <> expected
    order by record
""")

_TASK_CLASSES = _SUM_OF.substitute(
    name="tasks_assigned",
    of="indicator_code like 'tasks%'",
    is_whole="indicator_code = 'tasks_assigned'",
    is_part="""indicator_code in (
        'tasks_completed_on_time', 'tasks_completed_late', 'tasks_in_progress_on_time', 'tasks_in_progress_overdue'
    )""",
    number=4,
)
_SUSPENSION_AGES = _SUM_OF.substitute(
    name="dossiers_suspended",
    of="indicator_code = 'dossiers_suspended'",
    is_whole="variant = 'default'",
    is_part="variant <> 'default'",
    number=3,
)

_AGREES_WITH_FORM = """
    with form as (
        select
            period_code,
            sum(received_online + received_direct) as received,
            sum(resolved_total) as resolved,
            sum(in_progress_total) as in_progress,
            sum(in_progress_late) as overdue,
            sum(in_progress_suspended) as suspended,
            sum(resolved_early + resolved_on_time) as on_time
        from form_06a
        group by period_code
    ),

    compared as (
        select
            figures.period_code,
            figures.indicator_code,
            figures.variant,
            figures.numerator as found,
            coalesce(
                case figures.indicator_code
                    when 'dossiers_received' then form.received
                    when 'dossiers_resolved' then form.resolved
                    when 'dossiers_in_progress' then form.in_progress
                    when 'dossiers_overdue' then form.overdue
                    when 'dossiers_suspended' then form.suspended
                    when 'dossiers_on_time_rate'
                        then case figures.variant when 'recomputed' then figures.numerator else form.on_time end
                end,
                0
            ) as expected,
            figures.denominator as found_of,
            case
                when figures.indicator_code = 'dossiers_on_time_rate' then coalesce(form.resolved, 0)
            end as expected_of
        from indicator_values as figures
        left join form using (period_code)
        where
            figures.agency_level = '*'
            and figures.status <> 'not_assessed'
            and (
                figures.variant = 'default'
                and figures.indicator_code in (
                    'dossiers_received', 'dossiers_resolved', 'dossiers_in_progress', 'dossiers_overdue',
                    'dossiers_suspended'
                )
                or figures.indicator_code = 'dossiers_on_time_rate' and figures.variant in ('form_06a', 'recomputed')
            )
    )

    select
        concat_ws('/', indicator_code, variant, period_code) as record,
        concat_ws('/', found, found_of) as found,
        concat_ws('/', expected, expected_of) as expected
    from compared
    where found is distinct from expected or found_of is distinct from expected_of
    order by record
"""


def additivity() -> tuple[Check, ...]:
    """The checks of `indicator_values` that compare a whole with its parts."""
    return (
        NoRows("levels_sum_to_province", finds=_LEVELS),
        NoRows("agencies_sum_to_level", finds=_AGENCIES),
        NoRows("province_mean_between_parts", finds=_MEAN),
        NoRows("task_classes_sum_to_assigned", finds=_TASK_CLASSES),
        NoRows("suspension_ages_sum_to_suspended", finds=_SUSPENSION_AGES),
        NoRows("figures_agree_with_form_06a", finds=_AGREES_WITH_FORM),
    )
