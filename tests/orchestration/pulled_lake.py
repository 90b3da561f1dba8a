"""A lake whose sources are pulled: documents of sources in a folder of the test, and ways to look at the ledger."""

from __future__ import annotations

import textwrap
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.extracts.connectors.staging import newest_pull
from orchestration.extracts.ledger import LedgerEntry, read_ledger
from tests.orchestration.ingest_lake import TestLake, make_lake

TASKS = """
    source: nhiem_vu
    feed: tasks
    profile: none
    owner: Văn phòng UBND tỉnh
    key: [task_code]
    connector:
      kind: sql
      url_from: NHIEM_VU_URL
      table: public.nhiem_vu
      watermark: {column: updated_at, overlap: 1 hour}
      attempts: 1
"""
TABLE = """
    create table nhiem_vu (
        task_code text primary key, issuer text, assigned_on date, content text, lead_agency_code text,
        progress_pct numeric(6, 2), updated_at timestamptz
    )
"""


def document(lake: TestLake, text: str, name: str = "nhiem_vu.yml") -> None:
    """Write the document of a source."""
    lake.settings.sources.mkdir(parents=True, exist_ok=True)
    (lake.settings.sources / name).write_text(textwrap.dedent(text), "utf-8")


def pulled_lake(folder: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> TestLake:
    """A lake with a folder of sources, and the variables that these name."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    lake = make_lake(folder / "lake", CCHC_SOURCES=str(folder / "sources"))
    lake.now = datetime(2026, 10, 1, 8, 0)
    return lake


def codes(lake: TestLake) -> list[str]:
    """The codes of all tasks in raw."""
    return [row[0] for row in lake.raw("tasks", "task_code")]


def last_pull(lake: TestLake, source: str = "nhiem_vu", feed: str = "tasks") -> dict[str, Any]:
    """What the ledger says of the newest pull."""
    newest = newest_pull(read_ledger(lake.lake), feed, source)
    assert newest is not None
    assert newest.pull is not None
    return newest.pull


def entries(lake: TestLake) -> list[LedgerEntry]:
    return read_ledger(lake.lake)


def task(code: str, at: str = "now()", content: str = "Xây dựng đề án", **columns: str) -> str:
    """A statement that inserts one task; `at` is SQL."""
    names = ", ".join(
        ("task_code", "issuer", "assigned_on", "content", "lead_agency_code", "updated_at", *columns)
    )
    values = ", ".join(
        (f"'{code}'", "'government'", "date '2026-01-05'", f"'{content}'", "'H28.53'", at, *columns.values())
    )
    return f"insert into nhiem_vu ({names}) values ({values})"


def staged(lake: TestLake) -> list[str]:
    """Files that lie in the folder of pulled deliveries, overlap windows left out."""
    return sorted(
        str(path.relative_to(lake.lake.pulled))
        for path in lake.lake.pulled.rglob("*")
        if path.is_file() and path.parent.name != "seen"
    )
