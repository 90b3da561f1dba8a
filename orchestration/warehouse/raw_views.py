"""The working database of one run: schema `raw` as of one known-at moment.

One view per feed of the contract over the Parquet files that count (an empty typed relation where nothing was
delivered), one over the national copy of dossiers, which is in no other view, and small tables about the run and its
deliveries. dbt reads all of it as `source('raw', …)`; what differs from run to run stands in `raw.run_context`, so that
the compiled SQL is the same for every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.extracts.contract import Feed, feeds
from orchestration.lake import Lake
from orchestration.settings import Settings
from orchestration.warehouse.context import BuildScope

if TYPE_CHECKING:
    from orchestration.extracts.ledger import LedgerEntry

DELIVERIES = {
    "feed": "varchar",
    "source_name": "varchar",
    "file_id": "varchar",
    "file": "varchar",
    "sha256": "varchar",
    "extract_date": "date",
    "recorded_at": "timestamp",
    "mode": "varchar",
    "covers": "varchar",
    "simulated": "boolean",
    "national_copy": "boolean",
    "rows": "bigint",
    "accepted": "bigint",
    "quarantined": "bigint",
    "skipped": "bigint",
}
COPIED_FEED = "dossiers"
NATIONAL_COPY = "national_dossiers"
"""What the national portal holds of the province's dossiers: the columns of the feed, no row of it."""
EXPECTED_AGENCIES = {
    "feed": "varchar",
    "source_name": "varchar",
    "agency_code": "varchar",
    "last_extract_date": "date",
}
FINDINGS = {
    "feed": "varchar",
    "source_name": "varchar",
    "file_id": "varchar",
    "finding": "varchar",
    "records": "bigint",
}
QUARANTINE = {
    "feed": "varchar",
    "source_name": "varchar",
    "file_id": "varchar",
    "file_line": "bigint",
    "reason": "varchar",
    "field": "varchar",
    "extract_date": "date",
    "recorded_at": "timestamp",
}


def _quoted(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _empty_relation(columns: dict[str, str]) -> str:
    typed = ", ".join(f'cast(null as {sql_type}) as "{name}"' for name, sql_type in columns.items())
    return f"select {typed} where false"


def _relation_over(paths: Sequence[Path], columns: dict[str, str]) -> str:
    """SQL over Parquet files with exactly these columns, an older file's missing ones as null."""
    if not paths:
        return _empty_relation(columns)
    files = ", ".join(_quoted(path) for path in paths)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"select {names} from ({_empty_relation(columns)} union all by name "
        f"select * from read_parquet([{files}], union_by_name = true, hive_partitioning = false))"
    )


def feed_relation(lake: Lake, feed: Feed, entries: Iterable[LedgerEntry]) -> str:
    """SQL of one feed's raw rows in the given deliveries."""
    paths = [
        lake.root / output.raw_path
        for entry in entries
        for output in entry.outputs
        if output.feed == feed.name and output.raw_path
    ]
    return _relation_over(paths, feed.raw_columns())


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: list[tuple[object, ...]]
) -> None:
    spec = ", ".join(f'"{name}" {sql_type}' for name, sql_type in columns.items())
    connection.execute(f"create or replace table raw.{table} ({spec})")
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into raw.{table} values ({marks})", rows)


def write_deliveries(connection: duckdb.DuckDBPyConnection, entries: Sequence[LedgerEntry]) -> None:
    """Write what is known of the deliveries themselves, in the place of what stood there."""
    deliveries: list[tuple[object, ...]] = []
    findings: list[tuple[object, ...]] = []
    for entry in entries:
        for output in entry.outputs:
            deliveries.append(
                (
                    output.feed, entry.source_name, entry.file_id, entry.file, entry.sha256, entry.extract_date,
                    entry.recorded_at, entry.mode, entry.covers, entry.simulated, entry.national_copy,
                    output.rows, output.accepted, output.quarantined, output.skipped,
                )
            )  # fmt: skip
            findings += [
                (output.feed, entry.source_name, entry.file_id, name, count)
                for name, count in output.findings.items()
            ]
    _insert(connection, "deliveries", DELIVERIES, deliveries)
    _insert(connection, "findings", FINDINGS, findings)


def _write_expected(connection: duckdb.DuckDBPyConnection, entries: Sequence[LedgerEntry]) -> None:
    """Whom each source said it delivers for, by its newest delivery."""
    newest: dict[tuple[str, str], LedgerEntry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.extract_date, entry.recorded_at, entry.file)):
        newest[entry.feed, entry.source_name] = entry
    rows: list[tuple[object, ...]] = [
        (entry.feed, entry.source_name, agency, entry.extract_date)
        for entry in newest.values()
        for agency in entry.expects.get("agencies", ())
    ]
    _insert(connection, "expected_agencies", EXPECTED_AGENCIES, rows)


def write_context(connection: duckdb.DuckDBPyConnection, scope: BuildScope, settings: Settings) -> None:
    """Write what the run is about, in the place of what stood there."""
    columns = {
        "period_code": "varchar",
        "calendar": "varchar",
        "period_start_at": "timestamp",
        "period_end_at": "timestamp",
        "provisional": "boolean",
        "known_at": "timestamp",
        "province_code": "varchar",
        "timezone": "varchar",
    }
    period = scope.period
    row = (
        period.code, period.calendar, period.start_at, scope.effective_end, scope.provisional,
        scope.known_at, settings.province, settings.timezone,
    )  # fmt: skip
    _insert(connection, "run_context", columns, [row])


def prepare_build_database(
    lake: Lake, settings: Settings, scope: BuildScope, entries: Sequence[LedgerEntry]
) -> Path:
    """Make the working database of a run afresh and return its path.

    Args:
        lake: where raw lies and the database is written.
        settings: province and time zone that reach the figures.
        scope: period and known-at.
        entries: the ledger entries that count at known-at (`ledger.active_entries`).
    """
    lake.build.mkdir(parents=True, exist_ok=True)
    path = lake.build_database
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        lay_raw(connection, lake, settings, scope, entries)
    return path


def lay_raw(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    settings: Settings,
    scope: BuildScope,
    entries: Sequence[LedgerEntry],
) -> None:
    """Make schema `raw` in a database that has none; the arguments are those of `prepare_build_database`."""
    connection.execute("create schema raw")
    own = [entry for entry in entries if not entry.national_copy]
    copies = [entry for entry in entries if entry.national_copy]
    for feed in feeds().values():
        connection.execute(f"create view raw.{feed.name} as {feed_relation(lake, feed, own)}")
    copied = feed_relation(lake, feeds()[COPIED_FEED], copies)
    connection.execute(f"create view raw.{NATIONAL_COPY} as {copied}")
    rejected = [
        lake.root / output.quarantine_path
        for entry in entries
        for output in entry.outputs
        if output.quarantine_path
    ]
    connection.execute(f"create view raw.quarantine as {_relation_over(rejected, QUARANTINE)}")
    write_deliveries(connection, entries)
    _write_expected(connection, entries)
    write_context(connection, scope, settings)
