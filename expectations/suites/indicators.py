"""What is expected of `indicator_values`: arithmetic that holds whatever the records say.

Belongs here: a row's own status, target, bounds and whole counts, and the list of all checks of the mart. Does not
belong here: wholes and parts (`additivity.py`, `splits.py`), decisions about units (`organisation.py`), whether rows
are counted rightly (dbt tests and golden figures).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows, ValuesInSet
from expectations.suites.additivity import additivity
from expectations.suites.indices import index_figures
from expectations.suites.organisation import organisation
from expectations.suites.splits import splits

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
        *additivity(),
        *splits(),
        *organisation(),
        *index_figures(),
        *(_target(rule_id, code) for rule_id, code in POLICIES.items()),
    )
