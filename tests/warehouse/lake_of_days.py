"""A lake that grows day by day: deliveries of every feed through the ingest, and releases of what was known by a day.

Belongs here: landing rows, reading them under a clock of the test, building and releasing a candidate from the compiled
SQL, without dbt and Dagster. Does not belong here: which rows (`province_rows.py`, the tests), any counting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.extracts.contract import feeds
from orchestration.extracts.ingest import ingest
from orchestration.lake import Lake
from orchestration.planning import Plan, RunOptions, plan_run
from orchestration.release.candidate import Candidate, write_candidate
from orchestration.release.certificate import write_certificate
from orchestration.release.publish import publish
from orchestration.release.released import Release
from orchestration.settings import load_settings
from orchestration.warehouse.compiled_sql import ensure_compiled, execute, in_order
from orchestration.warehouse.parsed_project import MANIFEST, parsed_manifest
from orchestration.warehouse.raw_views import prepare_build_database

Row = Mapping[str, Any]
PERIOD = "2022-9M"
SECRET = "a secret of the tests, long enough"
PROFILES = {
    "chup": "feed: {feed}\nmode: snapshot\nformat: {{kind: json}}\ncolumns: {columns}\n",
    "chep": "feed: {feed}\nnational_copy: true\nformat: {{kind: json}}\ncolumns: {columns}\n",
}
"""Sources that deliver complete snapshots, and the national copy: `chup_<feed>`, `chep_<feed>`."""


def text_of(name: str, value: Any, row: Row) -> Any:
    """A value as a source writes it: a moment without a time is a day."""
    if isinstance(value, datetime):
        return value.date().isoformat() if row.get(f"{name}_has_time") is False else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else value


def line_of(feed: str, row: Row) -> str:
    """A row as a line of JSON, in the columns of the contract."""
    columns = [column.name for column in feeds()[feed].columns]
    said = {name: text_of(name, row.get(name), row) for name in columns}
    return json.dumps(said, ensure_ascii=False, default=str) + "\n"


class LakeOfDays:
    """One lake with its clock."""

    def __init__(self, root: Path) -> None:
        self.settings = load_settings(
            {"CCHC_ENV": "test", "CCHC_LAKE": str(root / "lake"), "CCHC_PSEUDONYM_SECRET": SECRET}
        )
        self.lake = Lake(self.settings.lake)
        self.profiles = root / "profiles"
        self.profiles.mkdir(parents=True)

    def land(self, feed: str, name: str, rows: Iterable[Row], source: str | None = None) -> Path:
        """Drop a file; a source of snapshots or of the national copy gets its profile."""
        folder = self.lake.landing / feed
        if source is not None:
            folder /= source
            columns = json.dumps(
                {
                    column.name: column.name
                    for column in feeds()[feed].columns
                    if not column.personal or column.key
                }
            )
            text = PROFILES[source.partition("_")[0]].format(feed=feed, columns=columns)
            (self.profiles / f"{source}.yml").write_text(text, "utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.jsonl"
        path.write_text("".join(line_of(feed, row) for row in rows), "utf-8")
        return path

    def ingest(self, day: datetime, replay: Path | None = None) -> None:
        """Read what was landed, recorded on that day; nothing may be broken."""
        report = ingest(self.lake, self.settings, clock=lambda: day, profiles=self.profiles, replay=replay)
        assert report.broken == [], report.broken

    def plan(self, known_at: datetime | None = None, period: str = PERIOD) -> Plan:
        """The run of a period as known at a moment."""
        options = RunOptions(period=period, known_at=known_at.isoformat() if known_at else None)
        return plan_run(self.lake, self.settings, options)

    def build(self, known_at: datetime | None = None, period: str = PERIOD) -> tuple[Plan, Candidate]:
        """Every model over what was known, and its candidate."""
        plan, target = self.plan(known_at, period), ensure_compiled()
        database = prepare_build_database(self.lake, self.settings, plan.scope, plan.entries)
        nodes = [node for node in in_order(parsed_manifest()) if node["resource_type"] != "test"]
        with duckdb.connect(str(database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            execute(connection, nodes, target)
        return plan, write_candidate(self.lake, database, plan.facts, MANIFEST)

    def release(self, known_at: datetime | None = None, period: str = PERIOD) -> Release:
        """Build, a certificate that says yes, publication."""
        plan, candidate = self.build(known_at, period)
        write_certificate(self.lake, candidate.release_id, _passed(candidate))
        return publish(
            self.lake,
            candidate.release_id,
            "run",
            lambda: datetime(2023, 6, 1),
            moves_pointers=plan.moves_pointers,
        )


def _passed(candidate: Candidate) -> dict[str, Any]:
    rule = {
        "rule_id": "shape", "class": "integrity", "severity": "critical", "success": True, "observed": "",
        "expected": "", "unexpected_count": 0, "sample_keys": [], "message_vi": "Đạt.", "message_en": "Holds.",
        "could_not_run": False,
    }  # fmt: skip
    tables = [table["name"] for table in candidate.manifest["tables"]]
    return {
        "schema_version": 1,
        "release_id": candidate.release_id,
        "verdict": "passed",
        "manifest_sha256": candidate.manifest_sha256,
        "waivers": [],
        "suites": [
            {"name": table, "engine": "great_expectations", "table": table, "rules": [rule]}
            for table in tables
        ],
    }
