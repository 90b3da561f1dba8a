"""What is expected of the marts of organisation, civil service and finance: they agree with the figures.

Belongs here: stocks that follow from their flows, figures that are the sums of their marts. Does not belong here: one
row's own arithmetic (dbt tests), decisions against the register (`organisation.py`).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows

_FOLLOWS_FLOWS = """
    with flows as (
        select kind, level, manager_code, sum(change) as units
        from organisation_flows
        where happened_on <= (select last_day from run)
        group by all
    ),

    stocks as (
        select kind, level, manager_code, at_end
        from organisation_stocks
        where period_code = (select period_code from run)
    )

    select
        concat_ws('/', coalesce(flows.kind, stocks.kind), level, manager_code) as record,
        coalesce(stocks.at_end, 0) as found,
        coalesce(flows.units, 0) as expected
    from flows
    full join stocks using (kind, level, manager_code)
    where
        coalesce(stocks.at_end, 0) <> coalesce(flows.units, 0)
        and coalesce(flows.kind, stocks.kind) in (select kind from organisation_stocks)
    order by record
"""

_AGREES = Template("""
    with counted as (
        $counted
    )

    select
        concat_ws('/', figures.indicator_code, figures.variant, figures.period_code) as record,
        concat_ws('/', figures.numerator, figures.denominator) as found,
        concat_ws('/', counted.numerator, counted.denominator) as expected
    from indicator_values as figures
    join counted using (period_code, indicator_code, variant)
    where
        figures.agency_level = '*'
        and figures.status not in ('not_assessed', 'not_applicable')
        and figures.numerator is not null
        and (
            figures.numerator is distinct from counted.numerator
            or figures.denominator is distinct from counted.denominator
        )
    order by record
""")

_STOCKS = """
    select
        period_code,
        indicator_code,
        'net' as variant,
        sum(at_baseline - at_end) as numerator,
        null as denominator
    from organisation_stocks
    where indicator_code is not null
    group by period_code, indicator_code
"""

_REGULATED = """
    select
        period_code,
        'functions_regulated_rate' as indicator_code,
        'default' as variant,
        count(*) filter (where is_regulated) as numerator,
        count(*) as denominator
    from functions_regulated
    group by period_code
"""

_DEPUTIES = """
    select
        period_code,
        'deputy_norm_compliance_rate' as indicator_code,
        'default' as variant,
        count(*) filter (where status in ('within', 'within_grace')) as numerator,
        count(*) filter (where status <> 'not_assessed') as denominator
    from deputy_norms_compliance
    group by period_code
    union all
    select
        period_code,
        'deputy_norm_not_judged' as indicator_code,
        'default' as variant,
        count(*) filter (where status = 'not_assessed') as numerator,
        null as denominator
    from deputy_norms_compliance
    group by period_code
"""

_PAYROLL = """
    select
        period_code,
        'payroll_used_rate' as indicator_code,
        'default' as variant,
        max(present) filter (where agency_code = '*') as numerator,
        sum(quota) filter (where agency_code <> '*') as denominator
    from payroll
    group by period_code
"""

_PRESENT_ONCE = """
    with sums as (
        select
            period_code,
            max(present) filter (where agency_code = '*') as once,
            sum(present) filter (where agency_code <> '*') as added,
            max(present) filter (where agency_code <> '*') as largest
        from payroll
        group by period_code
    )

    select period_code as record, once as found, concat_ws('–', largest, added) as expected
    from sums
    where once > added or once < largest
    order by record
"""

_AUTONOMY = """
    select
        run.period_code,
        variants.indicator_code,
        variants.variant,
        case variants.variant
            when 'computed' then count(*) filter (where is_self_financing)
            when 'granted' then count(*) filter (where is_granted_self_financing)
            else count(*) filter (where is_converted)
        end as numerator,
        case when variants.variant <> 'default' then count(*) end as denominator
    from unit_autonomy
    cross join run
    cross join (
        values
        ('self_financing_units_rate', 'computed'),
        ('self_financing_units_rate', 'granted'),
        ('units_converted_to_self_financing', 'default')
    ) as variants (indicator_code, variant)
    where unit_autonomy.year = year(run.end_at) - 1
    group by run.period_code, variants.indicator_code, variants.variant
"""


def _agrees(rule_id: str, counted: str) -> Check:
    return NoRows(rule_id, finds=_AGREES.substitute(counted=counted))


def organisation_stocks() -> tuple[Check, ...]:
    """The checks of `organisation_stocks`, beside its shape."""
    return (
        NoRows("organisation_stocks_follow_flows", finds=_FOLLOWS_FLOWS),
        _agrees("figures_agree_with_organisation_stocks", _STOCKS),
    )


def functions_regulated() -> tuple[Check, ...]:
    """The checks of `functions_regulated`, beside its shape."""
    return (_agrees("figures_agree_with_functions_regulated", _REGULATED),)


def deputy_norms_compliance() -> tuple[Check, ...]:
    """The checks of `deputy_norms_compliance`, beside its shape."""
    return (_agrees("figures_agree_with_deputy_norms_compliance", _DEPUTIES),)


def payroll() -> tuple[Check, ...]:
    """The checks of `payroll`, beside its shape."""
    return (
        _agrees("figures_agree_with_payroll", _PAYROLL),
        NoRows("payroll_counts_persons_once", finds=_PRESENT_ONCE),
    )


def unit_autonomy() -> tuple[Check, ...]:
    """The checks of `unit_autonomy`, beside its shape."""
    return (_agrees("figures_agree_with_unit_autonomy", _AUTONOMY),)
