"""A warehouse from rows written in a test: raw tables, one dbt run in this process, a connection to look at it.

Belongs here: turning rows into schema `raw`, running dbt over it. Does not belong here: any counting.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.extracts.contract import feeds
from orchestration.lake import Lake
from orchestration.periods import parse_period
from orchestration.warehouse.dbt_build import build_models
from orchestration.warehouse.raw_views import (
    DELIVERIES,
    EXPECTED_AGENCIES,
    FINDINGS,
    NATIONAL_COPY,
    QUARANTINE,
)

KNOWN_AT = datetime(2023, 6, 1)
RECORDED_AT = datetime(2023, 3, 1)
EXTRACT_DATE = date(2023, 3, 1)
DOSSIER_CORE = ("+form_06a", "+fct_dossiers", "+fct_dossier_states", "+fct_dossier_suspensions")

Row = Mapping[str, Any]


def key_of(code: str) -> str:
    """A stand-in for the pseudonym of a code: 64 hexadecimal digits."""
    return hashlib.sha256(code.encode()).hexdigest()


def _complete(feed: str, number: int, row: Row) -> dict[str, Any]:
    """A row with lineage and flags where the test does not say otherwise."""
    completed: dict[str, Any] = {
        "source_name": "test",
        "file_id": f"{feed}_1",
        "file_line": number + 1,
        "row_hash": str(number),
        "extract_date": EXTRACT_DATE,
        "recorded_at": RECORDED_AT,
        **row,
    }
    for column in feeds()[feed].columns:
        if column.type == "ts" and completed.get(column.name) is not None:
            completed.setdefault(f"{column.name}_has_time", True)
        if column.pseudonym and column.name in completed:
            completed.setdefault(column.pseudonym, key_of(str(completed[column.name])))
    return completed


def _create(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Iterable[Row]
) -> None:
    """Create a raw table; rows travel as JSON, which is quick and keeps their types to the table's."""
    spec = ", ".join(f'"{name}" {sql_type}' for name, sql_type in columns.items())
    connection.execute(f"create table raw.{table} ({spec})")
    lines = [json.dumps({name: row.get(name) for name in columns}, default=str) for row in rows]
    if not lines:
        return
    fields = ", ".join(f"json_extract_string(line, '$.\"{name}\"')::{kind}" for name, kind in columns.items())
    connection.execute(
        f"insert into raw.{table} select {fields} from (select unnest(?::varchar[]) as line)", [lines]
    )


def _deliveries(rows: Mapping[str, Sequence[Row]], known: Sequence[Row]) -> list[dict[str, Any]]:
    """One delivery per feed and file of the rows, unless the test states it."""
    stated = {(row["feed"], row["file_id"]) for row in known}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for feed, feed_rows in rows.items():
        for row in feed_rows:
            found.setdefault(
                (feed, row["file_id"]),
                {
                    "feed": feed,
                    "mode": "delta",
                    "simulated": False,
                    "national_copy": row["file_id"] == NATIONAL_COPY,
                }
                | {name: row[name] for name in ("source_name", "file_id", "extract_date", "recorded_at")},
            )
    return [dict(row) for row in known] + [row for key, row in found.items() if key not in stated]


def prepare_raw(
    folder: Path,
    rows: Mapping[str, Sequence[Row]],
    *,
    period: str,
    known_at: datetime = KNOWN_AT,
    deliveries: Sequence[Row] = (),
    end_at: datetime | None = None,
) -> Lake:
    """Write schema `raw` of a fresh build database from rows.

    Args:
        folder: the root of a lake made for the test.
        rows: feed name (or that of the national copy) to rows; missing columns are null, lineage is filled in.
        period: code of the released period.
        known_at: the moment up to which the warehouse sees.
        deliveries: rows of `raw.deliveries` that differ from plain deltas.
        end_at: effective end of a provisional period, or None.
    """
    lake = Lake(folder)
    lake.build.mkdir(parents=True, exist_ok=True)
    lake.build_database.unlink(missing_ok=True)
    completed = {
        feed: [_complete(feed, number, row) for number, row in enumerate(rows.get(feed, ()))]
        for feed in feeds()
    }
    copied = [
        _complete("dossiers", number, {"file_id": NATIONAL_COPY, "source_name": NATIONAL_COPY, **row})
        for number, row in enumerate(rows.get(NATIONAL_COPY, ()))
    ]
    known = [*deliveries, *_deliveries({"dossiers": copied}, ())]
    span = parse_period(period)
    context: dict[str, Any] = {
        "period_code": period,
        "calendar": span.calendar,
        "period_start_at": span.start_at,
        "period_end_at": end_at or span.end_at,
        "provisional": end_at is not None,
        "known_at": known_at,
        "province_code": "H28",
        "timezone": "Asia/Ho_Chi_Minh",
    }
    kinds = {datetime: "timestamp", bool: "boolean", str: "varchar"}
    with duckdb.connect(str(lake.build_database)) as connection:
        connection.execute("create schema raw")
        for feed in feeds().values():
            _create(connection, feed.name, feed.raw_columns(), completed[feed.name])
        _create(connection, NATIONAL_COPY, feeds()["dossiers"].raw_columns(), copied)
        _create(connection, "quarantine", QUARANTINE, ())
        _create(connection, "findings", FINDINGS, ())
        _create(connection, "expected_agencies", EXPECTED_AGENCIES, ())
        _create(connection, "deliveries", DELIVERIES, _deliveries(completed, known))
        _create(
            connection,
            "run_context",
            {name: kinds[type(value)] for name, value in context.items()},
            [context],
        )
    return lake


def build_warehouse(
    folder: Path,
    rows: Mapping[str, Sequence[Row]],
    *,
    period: str,
    select: tuple[str, ...] = DOSSIER_CORE,
    **options: Any,
) -> duckdb.DuckDBPyConnection:
    """Build the warehouse over rows and return a connection to it; the caller closes it."""
    lake = prepare_raw(folder, rows, period=period, **options)
    build_models(lake, select=select)
    return duckdb.connect(str(lake.build_database), read_only=True)
