"""How much of what is still plausible: shares that stay within `limits.yml`.

Belongs here: measuring a share against the limit in force on the period's last day; without a limit in force nothing
is tolerated. Does not belong here: the limits, the suspicious records themselves (`data_quality`).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows

_OVER_LIMIT = Template("""
    with counted as (
        $counted
    ),

    tolerated as (
        select coalesce(max(max_share), 0) as max_share from limits where rule_id = '$rule_id'
    )

    select
        '$record' as record,
        found as numerator,
        of as denominator,
        cast(found as double) / of as value,
        'ratio' as unit,
        '<=' as operator,
        max_share as target
    from counted, tolerated
    where found > max_share * of
""")

_DOSSIERS_COUNTED = Template("""
        select count(*) as of, count(*) filter (where $flag) as found
        from fct_dossiers
        where $among
""")

_SAMPLE_OF_DOSSIERS = Template("""
    select dossier_key as record from fct_dossiers
    where $among and $flag
    order by record
""")

_RECEIVED = """
    received_at >= (select cast(start_on as timestamp) from run) and received_at < (select end_at from run)
"""

DOSSIER_LIMITS = {
    "limit_unknown_agency": ("agency_unknown", _RECEIVED),
    "limit_unknown_procedure": ("procedure_unknown", _RECEIVED),
    "limit_unknown_commune": ("commune_unknown", _RECEIVED),
    "limit_state_disagrees": ("state_disagrees", _RECEIVED),
    "limit_finish_mismatch": ("finish_mismatch", _RECEIVED),
    "limit_finished_before_received": ("finished_before_received", _RECEIVED),
    "limit_future_dated": ("future_dated", "true"),
    "limit_no_receipt_date": ("no_receipt_date", "true"),
}
"""Rule, flag of `fct_dossiers`, and the dossiers among which its share is taken."""

_ROWS_COUNTED = Template("""
        select count(*) as of, count(*) filter (where $column = 'unknown') as found from $table
""")

_QUARANTINED_COUNTED = Template("""
        select coalesce(sum(rows), 0) as of, coalesce(sum(quarantined), 0) as found
        from inputs
        where feed = '$feed' and not national_copy
""")

_FILES = Template("""
    select file as record, quarantined || '/' || rows as name_vi
    from inputs
    where feed = '$feed' and quarantined > 0 and not national_copy
    order by quarantined desc, record
""")


def _over_limit(rule_id: str, record: str, counted: str) -> str:
    """SQL that yields one row where `found` of `of` is more than the limit of the rule tolerates."""
    return _OVER_LIMIT.substitute(rule_id=rule_id, record=record, counted=counted)


def dossier_limits() -> tuple[Check, ...]:
    """Limits on flags of dossiers."""
    checks = []
    for rule_id, (flag, among) in DOSSIER_LIMITS.items():
        finds = _over_limit(rule_id, flag, _DOSSIERS_COUNTED.substitute(flag=flag, among=among))
        checks.append(
            NoRows(rule_id, finds=finds, evidence=_SAMPLE_OF_DOSSIERS.substitute(flag=flag, among=among))
        )
    return tuple(checks)


def unknown_agencies(rule_id: str, table: str, column: str, key: str) -> Check:
    """Limit on rows whose agency no dimension knows."""
    evidence = f"select {key} as record from {table} where {column} = 'unknown' order by record"
    finds = _over_limit(rule_id, table, _ROWS_COUNTED.substitute(table=table, column=column))
    return NoRows(rule_id, finds=finds, evidence=evidence)


def unknown_share(rule_id: str, table: str, counted: str) -> Check:
    """Limit on what no dimension explains, where rows are no measure of it: SQL of `of` and `found`."""
    return NoRows(rule_id, finds=_over_limit(rule_id, table, counted))


def quarantined_limits(feeds: tuple[str, ...]) -> tuple[Check, ...]:
    """Limits on quarantined records, one for each feed."""
    return tuple(
        NoRows(
            f"limit_quarantined_{feed}",
            finds=_over_limit(f"limit_quarantined_{feed}", feed, _QUARANTINED_COUNTED.substitute(feed=feed)),
            evidence=_FILES.substitute(feed=feed),
        )
        for feed in feeds
    )
