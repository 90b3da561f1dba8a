"""What is expected of `indicator_values`: arithmetic that holds whatever the records say.

Belongs here: status and target, bounds, whole counts, additivity over levels, agencies, classes and variants. Does not
belong here: whether the rows are counted rightly (dbt tests and golden figures), form 06a's own sums (`form_06a.py`).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows, ValuesInSet

STATUSES = ("met", "missed", "no_target", "not_assessed", "not_applicable")

_ROW = "concat_ws('/', indicator_code, variant, period_code, agency_level, agency_code)"

# Weighted figures have no counts behind them; a quota may be exceeded, so its use is no share.
_WEIGHTED = "'satisfaction_rate'"
_NO_SHARE = "'payroll_used_rate'"

_UNREASONED = Template("""
    select $row as record, status as found, reason as expected
    from indicator_values
    where
        (status = 'not_assessed' and (reason is null or value is not null))
        or (status = 'not_applicable' and value is not null)
        or (status in ('met', 'missed') and value is null)
    order by record
""").substitute(row=_ROW)

_STATUS_FOLLOWS_TARGET = Template("""
    with judged as (
        select
            *,
            case when unit = 'ratio' and denominator <> 0 then numerator else value end as left_side,
            case
                when unit = 'ratio' and denominator <> 0 then cast(target as decimal(18, 8)) * denominator
                else target
            end as right_side
        from indicator_values
        where status in ('met', 'missed', 'no_target') and value is not null
    ),

    expected as (
        select
            *,
            case
                when target is null then 'no_target'
                when operator = '=' and left_side = right_side then 'met'
                when operator = '>' and left_side > right_side then 'met'
                when operator = '>=' and left_side >= right_side then 'met'
                when operator = '<' and left_side < right_side then 'met'
                when operator = '<=' and left_side <= right_side then 'met'
                else 'missed'
            end as expected
        from judged
    )

    select $row as record, status as found, expected
    from expected
    where status <> expected
    order by record
""").substitute(row=_ROW)

_RATIO = Template("""
    select $row as record, value as found, cast(numerator as double) / cast(denominator as double) as expected
    from indicator_values
    where
        unit = 'ratio'
        and numerator is not null
        and denominator <> 0
        and (value is null or abs(value - cast(numerator as double) / cast(denominator as double)) > 1e-12)
    order by record
""").substitute(row=_ROW)

_NUMERATOR_IN_DENOMINATOR = Template("""
    select $row as record, numerator as found, denominator as expected
    from indicator_values
    where
        unit = 'ratio'
        and indicator_code not in ($no_share)
        and (numerator < 0 or numerator > denominator)
    order by record
""").substitute(row=_ROW, no_share=_NO_SHARE)

_SHARE_IN_BOUNDS = Template("""
    select $row as record, value as found, '0–1' as expected
    from indicator_values
    where
        unit = 'ratio'
        and indicator_code not in ($no_share)
        and (numerator is null or denominator is null)
        and (value < 0 or value > 1)
    order by record
""").substitute(row=_ROW, no_share=_NO_SHARE)

_WHOLE = Template("""
    select $row as record, coalesce(numerator, value) as found, denominator as expected
    from indicator_values
    where
        indicator_code not in ($weighted)
        and (
            (unit = 'count' and value <> floor(value))
            or (unit = 'ratio' and (numerator <> floor(numerator) or denominator <> floor(denominator)))
            or (
                unit = 'ratio'
                and numerator is null
                and abs(value * denominator - round(value * denominator)) > 1e-6
            )
        )
    order by record
""").substitute(row=_ROW, weighted=_WEIGHTED)

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

_STOCK_FLOW = """
    with flows as (
        select
            period_code,
            indicator_code,
            max(value) filter (where variant = 'net') as net,
            sum(
                case variant
                    when 'dissolved_or_merged' then value
                    when 'created' then -value
                    when 'converted' then value
                    when 'transferred' then value
                end
            ) as changes
        from indicator_values
        where indicator_code like '%\\_reduced' escape '\\' and agency_level = '*'
        group by all
        having count(value) = 5
    ),

    ended as (
        select agency_code, decision_no, effective_on
        from fct_organisation_changes
        where
            event_type in ('merge', 'consolidate', 'dissolve')
            and agency_code is distinct from successor_code
            and effective_on <= (select last_day from run)
    )

    select
        indicator_code || '/' || period_code as record,
        concat('giảm ', net, ', theo biến động ', changes) as name_vi,
        concat('reduced ', net, ', by the changes ', changes) as name_en
    from flows
    where net is distinct from changes
    union
    select
        agency_code as record,
        concat(name_vi, ': kết thúc ', strftime(effective_on, '%d/%m/%Y'), ' theo quyết định ', decision_no) as name_vi,
        concat(name_vi, ': ended ', effective_on, ' by decision ', decision_no) as name_en
    from ended
    join dim_agency using (agency_code)
    where
        established_on <= effective_on
        and (dissolved_on is null or dissolved_on > (select last_day from run))
        and valid_from <= (select last_day from run)
        and (valid_to is null or valid_to > (select last_day from run))
    order by record
"""

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
                    when 'dossiers_on_time_rate' then form.on_time
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
                or figures.indicator_code = 'dossiers_on_time_rate' and figures.variant = 'form_06a'
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

_MISSED = Template("""
    select indicator_code || '/' || variant as record, values_of.*, dim_indicator.label_vi, dim_indicator.label_en
    from indicator_values as values_of
    join dim_indicator using (indicator_code, variant)
    where
        values_of.period_code = (select period_code from run)
        and values_of.indicator_code = '$code'
        and values_of.agency_level = '*'
        $missed
        and dim_indicator.valid_from <= (select last_day from run)
        and (dim_indicator.valid_to is null or dim_indicator.valid_to > (select last_day from run))
""")

POLICIES = {
    "unlawful_documents_handled_target": "unlawful_documents_handled_rate",
    "satisfaction_target": "satisfaction_rate",
    "payroll_used_target": "payroll_used_rate",
}
"""Targets of figures that are no headline figures."""


def _target(rule_id: str, code: str) -> Check:
    finds = _MISSED.substitute(code=code, missed="and values_of.status = 'missed'")
    observes = _MISSED.substitute(code=code, missed="and values_of.target is not null")
    return NoRows(rule_id, finds=finds, observes=observes)


def indicator_values() -> tuple[Check, ...]:
    """The checks of `indicator_values`, beside its shape."""
    return (
        ValuesInSet("indicator_status_known", column="status", values=STATUSES),
        NoRows("indicator_reason_given", finds=_UNREASONED),
        NoRows("indicator_status_follows_target", finds=_STATUS_FOLLOWS_TARGET),
        NoRows("ratio_is_numerator_over_denominator", finds=_RATIO),
        NoRows("numerator_within_denominator", finds=_NUMERATOR_IN_DENOMINATOR),
        NoRows("share_within_bounds", finds=_SHARE_IN_BOUNDS),
        NoRows("counts_are_whole", finds=_WHOLE),
        NoRows("levels_sum_to_province", finds=_LEVELS),
        NoRows("agencies_sum_to_level", finds=_AGENCIES),
        NoRows("province_mean_between_parts", finds=_MEAN),
        NoRows("task_classes_sum_to_assigned", finds=_TASK_CLASSES),
        NoRows("suspension_ages_sum_to_suspended", finds=_SUSPENSION_AGES),
        NoRows("organisation_stock_flow", finds=_STOCK_FLOW),
        NoRows("figures_agree_with_form_06a", finds=_AGREES_WITH_FORM),
        *(_target(rule_id, code) for rule_id, code in POLICIES.items()),
    )
