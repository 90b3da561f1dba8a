"""What is expected of `form_06a` over periods: the form of one period must continue that of another.

Belongs here: months that add up, stock that is carried over. Does not belong here: the identities within one row,
which are dbt tests of the model.
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows, ValuesInSet

BLOCKS = ("department", "land_registration_branch", "district", "commune", "unknown")

# A longer period is compared where its months, all of them, stand in the form.
_MONTHS = Template("""
    with sums as (
        select form.period_code, form.block, $measures
        from form_06a as form
        group by form.period_code, form.block
    ),

    periods as (
        select * from dim_period
        where period_code in (select period_code from form_06a) and calendar = (select calendar from run)
    ),

    tiled as (
        select whole.period_code, whole.end_at
        from periods as whole
        join periods as months
            on
                months.kind = 'month'
                and months.start_at >= whole.start_at
                and months.end_at <= whole.end_at
        where whole.kind <> 'month'
        group by whole.period_code, whole.start_at, whole.end_at
        having sum(date_diff('day', months.start_at, months.end_at)) = date_diff('day', whole.start_at, whole.end_at)
    ),

    of_months as (
        select tiled.period_code, sums.block, $sum_of_parts
        from tiled
        join periods as whole using (period_code)
        join periods as months
            on
                months.kind = 'month'
                and months.start_at >= whole.start_at
                and months.end_at <= whole.end_at
        join sums on months.period_code = sums.period_code
        group by tiled.period_code, sums.block
    )

    select
        concat_ws('/', period_code, block) as record,
        concat_ws('/', $parts_columns) as found,
        concat_ws('/', $whole_columns) as expected
    from of_months
    full join (select * from sums where period_code in (select period_code from tiled)) as whole
        using (period_code, block)
    where $differs
    order by record
""")


def _months_add_up(measures: dict[str, str]) -> str:
    """SQL of periods whose measures are not the sums of their months'; a measure is a name and its aggregate."""
    return _MONTHS.substitute(
        measures=", ".join(f"{sql} as {name}" for name, sql in measures.items()),
        sum_of_parts=", ".join(f"sum(sums.{name}) as {name}" for name in measures),
        parts_columns=", ".join(f"of_months.{name}" for name in measures),
        whole_columns=", ".join(f"whole.{name}" for name in measures),
        differs=" or ".join(f"coalesce(of_months.{name}, 0) <> coalesce(whole.{name}, 0)" for name in measures),
    )


_RECEIVED = _months_add_up({"online": "sum(received_online)", "direct": "sum(received_direct)"})
_RESOLVED = _months_add_up({"resolved_less_reopened": "sum(resolved_total) - sum(reopened)"})

_CARRIED_OVER = """
    with sums as (
        select
            period_code,
            sum(carried_over) as carried_over,
            sum(reopened) as reopened,
            sum(in_progress_total) as in_progress
        from form_06a
        group by period_code
    ),

    periods as (
        select dim_period.*, sums.carried_over, sums.reopened, sums.in_progress
        from dim_period
        join sums using (period_code)
        where calendar = (select calendar from run)
    )

    select
        later.period_code || ' < ' || earlier.period_code as record,
        later.carried_over as found,
        earlier.in_progress + later.reopened as expected
    from periods as later
    join periods as earlier on earlier.end_at = later.start_at
    where later.carried_over <> earlier.in_progress + later.reopened
    order by record
"""


def form_06a() -> tuple[Check, ...]:
    """The checks of `form_06a`, beside its shape."""
    return (
        ValuesInSet("form_06a_blocks_known", column="block", values=BLOCKS),
        NoRows("received_months_sum_to_period", finds=_RECEIVED),
        NoRows("resolved_months_sum_to_period", finds=_RESOLVED),
        NoRows("carried_over_continues_stock", finds=_CARRIED_OVER),
    )
