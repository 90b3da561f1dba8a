"""What is expected of `data_quality`: that what was set aside is told, and stays within limits, feed by feed.

Belongs here: quarantined records, deliveries that cannot be reconciled. Does not belong here:
limits on accepted but suspicious dossiers, which stand with `fct_dossiers`.
"""

from __future__ import annotations

from expectations.checks import Check, NoRows
from expectations.suites.plausibility import quarantined_limits
from orchestration.extracts.contract import feeds

_QUARANTINE_IS_PUBLISHED = """
    with published as (
        select feed, sum(records) as records from data_quality where origin = 'quarantined' group by feed
    ),

    counted as (
        select feed, sum(quarantined) as records from inputs group by feed
    )

    select
        coalesce(published.feed, counted.feed) as record,
        coalesce(published.records, 0) as found,
        coalesce(counted.records, 0) as expected
    from published
    full join counted on published.feed = counted.feed
    where coalesce(published.records, 0) <> coalesce(counted.records, 0)
    order by record
"""


_NO_CONTROL_TOTALS = """
    select distinct source as record, 'dossiers' as found
    from inputs
    where feed = 'dossiers' and not exists (select 1 from delivered where feed = 'control_totals')
    order by record
"""


def data_quality() -> tuple[Check, ...]:
    """The checks of `data_quality`, beside its shape."""
    return (
        NoRows("quarantine_is_published", finds=_QUARANTINE_IS_PUBLISHED),
        NoRows("control_totals_delivered", finds=_NO_CONTROL_TOTALS),
        *quarantined_limits(tuple(feeds())),
    )
