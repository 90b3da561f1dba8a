"""The candidate as relations: what the suites may ask.

Belongs here: opening a candidate's files and documents as relations of one in-memory database. Does
not belong here: what is expected of them (`suites/`), Great Expectations (`validate.py`).

Relations, beside every mart of the candidate under its own name:

| relation | holds |
|---|---|
| `run` | one row: the released period, known-at, fingerprint |
| `inputs` | the manifest's inputs; `delivered` the feeds of those that are no national copy |
| `arrivals` | inputs since the previous release that can have moved a figure, with their new records at most |
| `manifest_tables`, `manifest_columns`, `manifest_figures` | what the manifest says of the files |
| `candidate_files`, `candidate_columns` | what the files are |
| `contract_columns` | what readers were promised |
| `limits`, `restatements` | the dated decisions in force |
| `previous_release`, `previous_figures` | the last release of the same period, empty where there is none |
| `figure_limits` | how far a figure may move without a reason |
| `moved_figures` | figures that moved since, with what explains each |
| `unexplained_dossiers` | dossiers that changed since then although nothing of them was recorded since |
| `indicator_feeds`, `feed_families` | which feeds a figure requires, which feeds belong together |
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.contracts import contract_of
from expectations.limits import RESTATED_FIGURES
from expectations.restated import figure_limit_rows, lay_moved_figures
from orchestration.errors import RefusedError, UsageError
from orchestration.extracts.contract import feeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from expectations.previous import Previous
    from expectations.waivers import Restatement

_INPUT = {
    "feed": "varchar", "source": "varchar", "file": "varchar", "sha256": "varchar", "recorded_at": "timestamp",
    "rows": "bigint", "accepted": "bigint", "quarantined": "bigint", "skipped": "bigint",
    "national_copy": "boolean", "whole": "varchar",
}  # fmt: skip
_NAMES_INPUT = ("feed", "source", "file", "recorded_at")
_FIGURE = {
    "indicator_code": "varchar", "variant": "varchar", "value": "double", "numerator": "double",
    "denominator": "double", "unit": "varchar", "operator": "varchar", "target": "double", "status": "varchar",
}  # fmt: skip

_LARGE = ("fct_dossiers", "fct_dossier_states", "fct_dossier_suspensions", "fct_staff_assignments")
"""Marts that are read from their file by every query; the others are asked so often that they are read once."""


@dataclass(frozen=True)
class Candidate:
    """A candidate's folder with its manifest.

    Attributes:
        folder: `candidate/<release_id>`.
        manifest: the parsed `manifest.json`.
        manifest_sha256: hash of its bytes: the audit judges exactly these.
    """

    folder: Path
    manifest: dict[str, Any]
    manifest_sha256: str

    @property
    def period_code(self) -> str:
        """The released period."""
        return str(self.manifest["period"]["code"])

    @property
    def last_day(self) -> date:
        """Last day of the released period."""
        return date.fromisoformat(self.manifest["period"]["end"])

    @property
    def delivered(self) -> frozenset[str]:
        """Feeds of which at least one file was read that is no national copy."""
        inputs = self.manifest.get("inputs", [])
        return frozenset(str(item["feed"]) for item in inputs if not item.get("national_copy"))

    def files(self) -> dict[str, Path]:
        """The mart files by table name."""
        return {path.stem: path for path in sorted((self.folder / "marts").glob("*.parquet"))}


def read_candidate(folder: Path) -> Candidate:
    """Open a candidate.

    Raises:
        UsageError: there is no manifest.
        RefusedError: the manifest is damaged.
    """
    path = folder / "manifest.json"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: there is no candidate to judge.", "Start `cchc run`."
        ) from error
    try:
        manifest = json.loads(content)
        manifest["period"]["code"], manifest["period"]["end"]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{path} is damaged: {error!r}.", "Start `cchc run` again.") from error
    return Candidate(folder, manifest, hashlib.sha256(content).hexdigest())


def open_evidence(
    candidate: Candidate,
    marts: Iterable[str],
    limits: Mapping[str, float],
    restatements: Iterable[Restatement],
    previous: Previous,
    figure_limits: dict[str, float] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Lay every relation over a candidate; see the table above.

    Args:
        candidate: what is judged.
        marts: public marts; their contracts are laid beside the files.
        limits: largest tolerated share by rule.
        restatements: figures that may move, of those in force.
        previous: the last release of the same period.
        figure_limits: how far a figure may move without a reason, where it has a limit of its own.

    Returns:
        An in-memory connection that the caller closes.
    """
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute("set parquet_metadata_cache = true")
    files = candidate.files()
    for table, path in files.items():
        with contextlib.suppress(
            duckdb.Error
        ):  # a damaged file: whatever asks for the table cannot run, and fails
            kind = "view" if table in _LARGE else "table"
            connection.execute(f'create {kind} "{table}" as select * from read_parquet({_literal(path)})')
    _documents(connection, candidate)
    _shapes(connection, files, marts)
    fill(connection, "limits", {"rule_id": "varchar", "max_share": "double"},
         [{"rule_id": rule_id, "max_share": share} for rule_id, share in limits.items()])  # fmt: skip
    entry = {"period_code": "varchar", "indicator_code": "varchar", "reason": "varchar", "person": "varchar"}
    fill(connection, "restatements", entry,
         [{"period_code": item.period, "indicator_code": item.indicator, "reason": item.reason, "person": item.person}
          for item in restatements])  # fmt: skip
    share = {"indicator_code": "varchar", "max_share": "decimal(10, 8)"}
    fill(
        connection,
        "figure_limits",
        share,
        figure_limit_rows(figure_limits or {}, limits.get(RESTATED_FIGURES)),
    )
    _previous(connection, previous)
    lay_moved_figures(connection)
    return connection


def _documents(connection: duckdb.DuckDBPyConnection, candidate: Candidate) -> None:
    manifest = candidate.manifest
    period = manifest["period"]
    run = {
        "period_code": period["code"],
        "calendar": period.get("calendar"),
        "start_on": period.get("start"),
        "last_day": period["end"],
        "end_at": _end_at(manifest),
        "provisional": period.get("provisional", False),
        "known_at": manifest.get("known_at"),
        "build_fingerprint": manifest.get("build_fingerprint"),
        "settings": json.dumps(manifest.get("settings", {}), sort_keys=True),
    }
    types = dict.fromkeys(run, "varchar") | {
        "start_on": "date", "last_day": "date",
        "end_at": "timestamp", "known_at": "timestamp", "provisional": "boolean",
    }  # fmt: skip
    fill(connection, "run", types, [run])
    whole = {tuple(item[name] for name in _NAMES_INPUT): item for item in manifest.get("whole_inputs", [])}
    inputs = [
        {"national_copy": False}
        | item
        | {"whole": whole.get(tuple(item.get(name) for name in _NAMES_INPUT), {}).get("whole")}
        for item in manifest.get("inputs", [])
    ]
    fill(connection, "inputs", _INPUT, inputs)
    connection.execute("create view delivered as select distinct feed from inputs where not national_copy")
    tables = manifest.get("tables", [])
    fill(connection, "manifest_tables", {"name": "varchar", "rows": "bigint", "sha256": "varchar"}, tables)
    columns = [
        {"table_name": table["name"], "column_name": column["name"], "data_type": column["type"]}
        for table in tables
        for column in table.get("columns", [])
    ]
    fill(connection, "manifest_columns", _COLUMN, columns)
    fill(connection, "manifest_figures", _FIGURE | {"is_headline": "boolean"}, manifest.get("figures", []))


def _end_at(manifest: Mapping[str, Any]) -> str:
    """First moment after the period; known-at where the period was not over."""
    period = manifest["period"]
    if period.get("provisional"):
        return str(manifest["known_at"])
    return (date.fromisoformat(period["end"]) + timedelta(days=1)).isoformat()


_COLUMN = {"table_name": "varchar", "column_name": "varchar", "data_type": "varchar"}


def _shapes(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], marts: Iterable[str]) -> None:
    found = [{"name": table, "sha256": _sha256(path)} for table, path in files.items()]
    fill(connection, "candidate_files", {"name": "varchar", "sha256": "varchar"}, found)
    connection.execute(
        "create table candidate_columns as select table_name, column_name, data_type from duckdb_columns()"
        " where table_name in (select name from candidate_files)"
    )
    promised = [
        {"table_name": table, "column_name": column, "data_type": _canonical(connection, data_type)}
        for table in marts
        for column, data_type in contract_of(table).columns.items()
    ]
    fill(connection, "contract_columns", _COLUMN, promised)


def _canonical(connection: duckdb.DuckDBPyConnection, data_type: str) -> str:
    """The name that the engine gives a declared type (`text` is VARCHAR)."""
    row = connection.execute(f"select typeof(cast(null as {data_type}))").fetchone()
    return str(row[0]) if row else data_type


_ARRIVALS = """
    create view arrivals as
    select
        feed,
        accepted,
        case when whole is null then accepted else 0 end as new_at_most
    from inputs
    where
        recorded_at > (select known_at from previous_release)
        and not national_copy
        and (accepted > 0 or whole in ('snapshot', 'reread'))
"""
"""That a pull found nothing new moves nothing; what is whole and empty withdraws. What is whole says most again."""


def _previous(connection: duckdb.DuckDBPyConnection, previous: Previous) -> None:
    release = {
        "release_id": "varchar", "known_at": "timestamp", "build_fingerprint": "varchar", "settings": "varchar",
    }  # fmt: skip
    fill(connection, "previous_release", release, previous.release)
    fill(connection, "previous_figures", _FIGURE, previous.figures)
    connection.execute(_ARRIVALS)
    families = [{"feed": name, "family": feed.family} for name, feed in feeds().items()]
    fill(connection, "feed_families", {"feed": "varchar", "family": "varchar"}, families)
    if "dim_indicator" in _tables(connection):
        connection.execute(
            "create view indicator_feeds as"
            " select distinct indicator_code, unnest(string_split(feeds, ';')) as feed from dim_indicator"
        )
    _unexplained_dossiers(connection, previous)


_COUNTED = (
    "received_at", "closed_at", "finished_at", "returned_at", "due_at", "channel", "filed_by", "paid_online",
    "fee_amount", "has_digitised_components", "has_electronic_result", "reused_components",
)  # fmt: skip
"""Columns of `fct_dossiers` that only the dossier's own records can change."""
_UNDATED_FEEDS = ("dossier_events", "dossier_supplements")
"""Feeds that change dossiers without moving their `last_recorded_at`."""


def _unexplained_dossiers(connection: duckdb.DuckDBPyConnection, previous: Previous) -> None:
    """Compare with the released dossiers, where every record that can change one is dated.

    A dossier that closed after the earlier known-at may do so by the mere passing of time; one that is gone was
    withdrawn by a delivery. Neither is held against it.
    """
    connection.execute("create table unexplained_dossiers (dossier_key varchar)")
    if previous.dossiers is None or "fct_dossiers" not in _tables(connection):
        return
    late = connection.execute("select 1 from arrivals where feed in ?", [list(_UNDATED_FEEDS)]).fetchone()
    earlier = _literal(previous.dossiers)
    connection.execute(f"create view previous_dossiers as select * from read_parquet({earlier})")
    now, then = (_columns(connection, name) for name in ("fct_dossiers", "previous_dossiers"))
    compared = [name for name in _COUNTED if name in now and name in then]
    if late is not None or "last_recorded_at" not in now or not compared:
        return
    row_now, row_then = (
        "row(" + ", ".join(f"{side}.{name}" for name in compared) + ")" for side in ("d", "p")
    )
    connection.execute(
        "insert into unexplained_dossiers select d.dossier_key"
        " from fct_dossiers as d left join previous_dossiers as p on d.dossier_key = p.dossier_key"
        " cross join previous_release as release"
        f" where {row_now} is distinct from {row_then}"
        " and d.last_recorded_at <= release.known_at"
        " and (d.closed_at is null or d.closed_at < release.known_at)"
    )


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {str(row[0]) for row in connection.execute("select name from candidate_files").fetchall()}


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(f"describe {table}").fetchall()}


def fill(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Create a small table from documents; a key that a document lacks is null, one not listed is left out."""
    wanted = [{column: row.get(column) for column in columns} for row in rows]
    names = ", ".join(f'"{column}" {data_type}' for column, data_type in columns.items())
    connection.execute(f'create table "{name}" ({names})')
    shape = json.dumps([dict(columns)])
    if wanted:
        connection.execute(
            f'insert into "{name}" select unnest(from_json(?::json, ?), recursive := true)',
            [json.dumps(wanted, ensure_ascii=False), shape],
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
