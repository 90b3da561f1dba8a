"""A lake that grows day by day: deliveries of every feed through the ingest, and releases of what was known by a day.

Belongs here: landing rows, reading them under a clock of the test, building and releasing a candidate from the compiled
SQL, without dbt and Dagster. Does not belong here: which rows (`province_rows.py`, the tests), any counting.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.extracts.contract import feeds
from orchestration.extracts.ingest import ingest
from orchestration.lake import Lake
from orchestration.planning import Plan, RunOptions, plan_run
from orchestration.release.candidate import Candidate, write_candidate
from orchestration.release.documents import RELEASE
from orchestration.release.identity import ReleaseFacts
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

    def build(
        self, known_at: datetime | None = None, period: str = PERIOD, rules: Mapping[str, str] | None = None
    ) -> tuple[Plan, Candidate]:
        """Every model over what was known, and its candidate.

        Args:
            known_at: what had arrived by then is seen; all of it where None.
            period: of the release.
            rules: seeds that are otherwise, name to the SQL that changes them: another way of computing.
        """
        plan, target = self.plan(known_at, period), ensure_compiled()
        database = prepare_build_database(self.lake, self.settings, plan.scope, plan.entries)
        nodes = [node for node in in_order(parsed_manifest()) if node["resource_type"] != "test"]
        with duckdb.connect(str(database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("set threads = 1")
            for node in nodes:
                execute(connection, [node], target)
                if node["resource_type"] == "seed" and node["name"] in (rules or {}):
                    connection.execute((rules or {})[node["name"]])
        facts = _otherwise(plan, rules) if rules else plan.facts
        return plan, write_candidate(self.lake, database, facts, MANIFEST)

    def release(
        self, known_at: datetime | None = None, period: str = PERIOD, rules: Mapping[str, str] | None = None
    ) -> Release:
        """Build and release: the folder as `diff` reads it, without certificate, page and database."""
        plan, candidate = self.build(known_at, period, rules)
        folder = self.lake.release_of(candidate.release_id)
        shutil.copytree(candidate.folder, folder)
        facts = plan.facts.to_manifest()
        document = {name: facts[name] for name in ("period", "known_at", "simulated")} | {
            "created_at": "2023-06-01T00:00:00.000000",
            "historic": not plan.moves_pointers,
        }
        (folder / RELEASE).write_text(json.dumps(document), "utf-8")
        return Release(candidate.release_id, folder, document)


def _otherwise(plan: Plan, rules: Mapping[str, str]) -> ReleaseFacts:
    """The facts of a build with other seeds: their components differ, and so does the fingerprint."""
    text = json.dumps(dict(rules), sort_keys=True)
    changed = {f"seed:{name}": hashlib.sha256(sql.encode()).hexdigest()[:12] for name, sql in rules.items()}
    return replace(
        plan.facts,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        components={**plan.facts.components, **changed},
    )
