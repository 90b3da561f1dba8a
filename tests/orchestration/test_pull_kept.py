"""Pulled files that are kept: how long they lie there, and what reading one again does to what its source counts."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.console.output import Console
from orchestration.console.running import _pulled_first
from orchestration.extracts.ledger import active_entries
from tests.orchestration.ingest_lake import TestLake
from tests.orchestration.pulled_lake import TASKS, document, entries, last_pull, pulled_lake, staged

TABLE = "create table nhiem_vu (task_code text, issuer text, assigned_on text, lead_agency_code text, updated_at text)"
ROW = "insert into nhiem_vu values ('{}', 'government', '2026-01-05', 'H28.53', '2026-09-0{} 08:00:00')"
SOURCE = TASKS.replace("public.nhiem_vu", "nhiem_vu")


@pytest.fixture
def database(tmp_path: Path) -> sqlite3.Connection:
    found = sqlite3.connect(tmp_path / "nguon.sqlite", isolation_level=None)
    found.execute(TABLE)
    found.execute(ROW.format("A", 1))
    return found


@pytest.fixture
def lake(tmp_path: Path, database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> TestLake:
    return pulled_lake(tmp_path, monkeypatch, NHIEM_VU_URL=f"sqlite:///{tmp_path / 'nguon.sqlite'}")


def newest_total(lake: TestLake) -> int:
    """The total that counts: of what is in force that of the latest extract, then the latest recorded."""
    files = [
        str(lake.lake.root / str(output.raw_path))
        for entry in active_entries(entries(lake))
        for output in entry.outputs
        if output.feed == "control_totals"
    ]
    row = duckdb.sql(
        f"select value::bigint from read_parquet({files}) order by extract_date desc, recorded_at desc limit 1"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_an_older_delivery_read_again_does_not_put_back_what_its_source_counted_then(
    lake: TestLake, database: sqlite3.Connection
):
    document(lake, SOURCE + "    keep: always\n    control_total: {covers_from: 2026-01-01}\n")
    lake.ingest()
    lake.ingest(replay=Path(entries(lake)[0].file))
    assert newest_total(lake) == 1, "read again, the newest delivery still says what its source counted"
    database.execute(ROW.format("B", 2))
    lake.ingest()
    assert newest_total(lake) == 2
    first, second = entries(lake)[0].file, entries(lake)[-1].file
    for file in (first, second, first):
        lake.ingest(replay=Path(file))
        assert newest_total(lake) == 2
        assert [output.feed for output in entries(lake)[-1].outputs] == ["tasks", "control_totals"]
    assert sorted(row[0] for row in lake.raw("control_totals", "value::bigint")) == [1, 1, 2, 2, 2, 2]


@pytest.mark.parametrize("said", ["", "source: nhiem_vu\nfeed: khong_co\n"], ids=["removed", "invalid"])
def test_files_do_not_outlive_their_retention_when_the_document_of_their_source_is_gone(
    lake: TestLake, said: str
):
    today = datetime.now(lake.settings.zone).replace(tzinfo=None)
    lake.now = today - timedelta(days=30)
    kept = {"nhiem_vu": "30 days", "con_han": "40 days", "mai_mai": "always"}
    for name, keep in kept.items():
        text = SOURCE.replace("source: nhiem_vu", f"source: {name}") + f"    keep: {keep}\n"
        document(lake, text, f"{name}.yml")
    lake.ingest()
    assert [last_pull(lake, name)["keep_days"] for name in kept] == [30, 40, None]
    file = {entry.source_name: entry.file for entry in entries(lake)}
    lake.now = today
    lake.ingest(replay=Path(file["nhiem_vu"]))  # prolongs nothing
    for name in kept:
        (lake.settings.sources / f"{name}.yml").unlink()
        if said:
            document(lake, said, f"{name}.yml")
    unfinished = lake.lake.pulled / "tasks" / "nhiem_vu" / "scratch" / "pages.sqlite"
    unfinished.parent.mkdir()
    unfinished.touch()
    lake.ingest()
    assert staged(lake) == sorted(file[name].removeprefix("pulled/") for name in ("con_han", "mai_mai"))


def test_a_run_clears_what_was_pulled_also_where_nothing_is_pulled_any_more(lake: TestLake):
    lake.now = datetime.now(lake.settings.zone).replace(tzinfo=None) - timedelta(days=30)
    document(lake, SOURCE + "    keep: 30 days\n")
    lake.ingest()
    assert len(staged(lake)) == 1
    (lake.settings.sources / "nhiem_vu.yml").unlink()
    assert not _pulled_first(Console(as_json=True), lake.lake, lake.settings)
    assert staged(lake) == []
