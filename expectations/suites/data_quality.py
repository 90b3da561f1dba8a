"""What is expected of `data_quality`: that what was set aside is told, and stays within limits, feed by feed.

Belongs here: quarantined records, deliveries that cannot be reconciled or are owed. Does not belong here:
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
    where feed = 'dossiers' and not national_copy and not exists (select 1 from delivered where feed = 'control_totals')
    order by record
"""


_NOT_COVERED = """
    with counted as (
        select feed, count(*) as of, count(*) filter (where records = 0) as found
        from data_quality
        where quality_class = 'agency_not_delivered' and agency_code <> '*'
        group by feed
    ),

    tolerated as (
        select coalesce(max(max_share), 0) as max_share from limits where rule_id = 'deliveries_cover_expected'
    )

    select
        feed as record,
        found as numerator,
        of as denominator,
        cast(found as double) / of as value,
        'ratio' as unit,
        '>=' as operator,
        1 - max_share as target
    from counted, tolerated
    where of - found > max_share * of
    order by record
"""

_NOT_DELIVERED = """
    with agencies as (
        select agency_code, arg_max(name_vi, valid_from) as name_vi
        from dim_agency
        group by agency_code
    )

    select
        missing.agency_code as record,
        concat_ws(', ', agencies.name_vi, missing.feed || '/' || missing.source_name) as name_vi
    from data_quality as missing
    left join agencies on missing.agency_code = agencies.agency_code
    where missing.quality_class = 'agency_not_delivered' and missing.records > 0
    order by missing.feed, record
"""


def data_quality() -> tuple[Check, ...]:
    """The checks of `data_quality`, beside its shape."""
    return (
        NoRows("quarantine_is_published", finds=_QUARANTINE_IS_PUBLISHED),
        NoRows("control_totals_delivered", finds=_NO_CONTROL_TOTALS),
        NoRows("deliveries_cover_expected", finds=_NOT_COVERED, evidence=_NOT_DELIVERED),
        *quarantined_limits(tuple(feeds())),
    )
