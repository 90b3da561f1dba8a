"""A small candidate that breaks no rule, and copies of it with one fault each.

Belongs here: writing candidates for the tests of the expectations. Does not belong here: any expectation.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from expectations.catalog import MARTS
from expectations.contracts import contract_of
from expectations.registry import DBT, load_registry
from orchestration.extracts.contract import feeds
from orchestration.settings import REPOSITORY
from orchestration.warehouse.dbt_results import DbtResult

PERIOD = "2022-9M"
EARLIER = f"{PERIOD}_aaaaaaaaaaaa"
"""Id of the release that a candidate is compared with."""
JUDGED_ON = date(2022, 10, 1)
KNOWN_AT = "2022-10-01T00:00:00.000000"
_SQL = sorted(Path(__file__).parent.glob("small_province*.sql"))
"""The province, then what was given files of its own."""
_FIGURE = (
    "indicator_code", "variant", "is_headline", "value", "numerator", "denominator", "unit", "operator", "target",
    "status",
)  # fmt: skip


def build_province() -> duckdb.DuckDBPyConnection:
    """All public marts in schema `marts`, with the columns and types of their contracts."""
    connection = duckdb.connect()
    seeds = REPOSITORY / "dbt_project" / "seeds"
    for path in _SQL:
        connection.execute(Template(path.read_text("utf-8")).substitute(seeds=seeds))
    connection.execute("create schema marts")
    for table in MARTS:
        there = {row[0] for row in connection.execute(f"describe main.{table}").fetchall()}
        columns = [
            f'cast({name if name in there else "null"} as {data_type}) as "{name}"'
            for name, data_type in contract_of(table).columns.items()
        ]
        connection.execute(
            f"create table marts.{table} as select {', '.join(columns)} from main.{table} order by all"
        )
    return connection


def inputs(*, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """One delivered file for every feed; one record of the dossiers is quarantined."""
    return [
        {
            "feed": feed,
            "source": "canonical",
            "file": f"{feed}/2022-09-20_{feed}.csv",
            "sha256": hashlib.sha256(feed.encode()).hexdigest(),
            "extract_date": "2022-09-20",
            "recorded_at": "2022-09-20T10:00:00.000000",
            "rows": 1000,
            "accepted": 999 if feed == "dossiers" else 1000,
            "quarantined": 1 if feed == "dossiers" else 0,
            "skipped": 0,
        }
        for feed in feeds()
        if feed not in without
    ]


def write_candidate(
    province: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    changes: str = "",
    in_files: str = "",
    manifest_changes: dict[str, Any] | None = None,
    without_feeds: tuple[str, ...] = (),
) -> Path:
    """Write a candidate of the province.

    Args:
        province: see `build_province`; left as it was.
        folder: where the candidate goes.
        changes: SQL run over schema `marts` before anything is written.
        in_files: SQL run after the manifest was made, so that the files no longer fit it.
        manifest_changes: top keys of the manifest that are otherwise.
        without_feeds: feeds that nobody delivers.
    """
    (folder / "marts").mkdir(parents=True)
    province.execute("begin")
    try:
        province.execute("set schema = 'marts'")
        if changes:
            province.execute(changes)
        tables = [_export(province, table, folder) for table in _tables(province)]
        manifest = {
            "schema_version": 1,
            "release_id": f"{PERIOD}_0123456789ab",
            "period": {
                "calendar": "state",
                "code": PERIOD,
                "start": "2021-12-15",
                "end": "2022-09-14",
                "provisional": False,
            },
            "known_at": KNOWN_AT,
            "build_fingerprint": "f" * 64,
            "engine": "duckdb",
            "settings": {"province": "H28", "timezone": "Asia/Ho_Chi_Minh"},
            "inputs": inputs(without=without_feeds),
            "tables": tables,
            "figures": _figures(province),
        } | (manifest_changes or {})
        (folder / "manifest.json").write_text(json.dumps(manifest, default=float), "utf-8")
        if in_files:
            province.execute(in_files)
            for table in _tables(province):
                _export(province, table, folder)
    finally:
        province.execute("rollback")
        province.execute("set schema = 'main'")
    return folder


def _tables(province: duckdb.DuckDBPyConnection) -> list[str]:
    found = province.execute(
        "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
    ).fetchall()
    return [row[0] for row in found]


def _export(province: duckdb.DuckDBPyConnection, table: str, folder: Path) -> dict[str, Any]:
    path = folder / "marts" / f"{table}.parquet"
    province.execute(f"copy marts.{table} to '{path}' (format parquet)")
    rows = province.execute(f"select count(*) from marts.{table}").fetchone()
    described = province.execute(f"describe marts.{table}").fetchall()
    return {
        "name": table,
        "rows": rows[0] if rows else 0,
        "content_hash": "",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "columns": [{"name": row[0], "type": row[1]} for row in described],
    }


def _figures(province: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    try:
        rows = province.execute(f"select {', '.join(_FIGURE)} from marts.headline_figures").fetchall()
    except duckdb.BinderException:
        return []
    return [dict(zip(_FIGURE, row, strict=True)) for row in rows]


def passed_tests() -> list[DbtResult]:
    """A passed dbt test for every rule that dbt judges."""
    return [
        DbtResult(rule_id=rule.rule_id, test=f"test.cchc.{rule.rule_id}", table=rule.table, status="pass")
        for rule in load_registry().values()
        if rule.engine == DBT
    ]


def rules_of(audit: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The judged rules by id."""
    return {rule["rule_id"]: rule for suite in audit["suites"] for rule in suite["rules"]}


def failed_in(audit: dict[str, Any]) -> set[str]:
    """Ids of the rules that failed."""
    return {rule_id for rule_id, rule in rules_of(audit).items() if not rule["success"]}
