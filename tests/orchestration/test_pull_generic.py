"""Pulling through SQLAlchemy: SQLite and DuckDB, with times, dates, numbers and texts as watermarks."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from orchestration.extracts.connectors.sql.generic import GenericReader
from tests.orchestration.ingest_lake import TestLake
from tests.orchestration.pulled_lake import TASKS, document, entries, last_pull, pulled_lake

TABLE = """
    create table nhiem_vu (
        task_code varchar primary key, issuer varchar, assigned_on date, lead_agency_code varchar,
        progress_pct decimal(6, 2), updated_at {kind}
    )
"""
ROW = "insert into nhiem_vu values ('{}', 'government', '2026-01-05', 'H28.53', 12.50, {})"


class Engine:
    """A database file of one of the two engines."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.path = folder / f"nguon.{kind}"

    @property
    def url(self) -> str:
        return f"{self.kind}:///{self.path}"

    def run(self, *statements: str) -> None:
        connection = sqlite3.connect(self.path) if self.kind == "sqlite" else duckdb.connect(str(self.path))
        for statement in statements:
            connection.execute(statement)
        if self.kind == "sqlite":
            connection.commit()
        connection.close()


@pytest.fixture(params=["sqlite", "duckdb"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    return Engine(request.param, tmp_path)


def lake_of(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overlap: str) -> TestLake:
    lake = pulled_lake(tmp_path, monkeypatch, NHIEM_VU_URL=engine.url)
    document(lake, TASKS.replace("public.nhiem_vu", "nhiem_vu").replace("1 hour", overlap))
    return lake


def codes(lake: TestLake) -> list[str]:
    return sorted(row[0] for row in lake.raw("tasks", "task_code"))


@pytest.mark.parametrize(
    ("kind", "overlap", "marks"),
    [
        (
            "timestamp",
            "1 hour",
            ["'2026-09-01 08:00:00'", "'2026-09-01 07:30:00.5'", "'2026-09-02 08:00:00'"],
        ),
        ("date", "1 day", ["'2026-09-02'", "'2026-09-01'", "'2026-09-03'"]),
        ("bigint", "5", ["9", "5", "10"]),
        ("varchar", "1 hour", ["'2026-09-01T08:00:00'", "'2026-09-01T07:30:00'", "'2026-09-02T08:00:00'"]),
    ],
)
def test_only_what_is_new_is_pulled_by_any_kind_of_watermark(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, overlap: str, marks: list[str]
):
    """A number is no time of change that the contract knows, but it orders the rows."""
    lake = lake_of(engine, tmp_path, monkeypatch, overlap)
    engine.run(TABLE.format(kind=kind), ROW.format("A", marks[0]))
    number = kind == "bigint"
    if number:
        query = "select task_code, issuer, assigned_on, lead_agency_code, '2026-09-01' as updated_at, updated_at as n"
        text = TASKS.replace("table: public.nhiem_vu", f"query: {query} from nhiem_vu")
        document(lake, text.replace("column: updated_at", "column: n").replace("1 hour", overlap))
    report = lake.ingest()
    assert report.unreached == report.broken == []
    before = entries(lake)
    lake.ingest()
    assert entries(lake) == before
    engine.run(ROW.format("LATE", marks[1]), ROW.format("B", marks[2]))
    report = lake.ingest()
    assert report.unreached == []
    assert codes(lake) == ["A", "B", "LATE"]
    assert (last_pull(lake)["rows"], last_pull(lake)["repeated"], last_pull(lake)["counted"]) == (2, 1, 3)


def test_what_is_read_cannot_write_and_what_fails_is_told(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = lake_of(engine, tmp_path, monkeypatch, "1 hour")
    assert "could not be pulled" in lake.ingest().unreached[0].message()
    assert not engine.path.exists(), "a database that is not there is not made"
    engine.run(TABLE.format(kind="timestamp"), ROW.format("A", "'2026-09-01 08:00:00'"))
    for query in ("delete from nhiem_vu returning *", "select * from khong_co"):
        document(lake, TASKS.replace("table: public.nhiem_vu", f"query: {query}"))
        assert "refused the statement" in lake.ingest().unreached[0].found
    document(lake, TASKS.replace("public.nhiem_vu", "nhiem_vu"))
    lake.ingest()
    assert codes(lake) == ["A"]


def test_values_arrive_as_exact_text(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lake = lake_of(engine, tmp_path, monkeypatch, "1 hour")
    engine.run(TABLE.format(kind="timestamp"), ROW.format("Đề án số 1", "'2026-09-01 08:00:00.000001'"))
    engine.run(ROW.format("B", "'2999-01-01 00:00:00'"))
    report = lake.ingest()
    columns = "task_code, assigned_on::varchar, progress_pct::varchar, updated_at::varchar, deadline"
    assert lake.raw("tasks", columns)[0] == (
        "Đề án số 1", "2026-01-05", "12.5000", "2026-09-01 08:00:00.000001", None
    )  # fmt: skip
    assert "later than the source's clock" in report.warnings[0]
    assert "2026-09-01" in last_pull(lake)["cursor_after"]["value"]


@pytest.mark.parametrize("ahead", [1, 20])
def test_a_watermark_some_hours_ahead_does_not_hide_what_is_dated_honestly(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int
):
    lake = lake_of(engine, tmp_path, monkeypatch, "10 minutes")
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(tzinfo=None, microsecond=0)
    early, late = now - timedelta(minutes=5), now + timedelta(hours=ahead)
    engine.run(
        TABLE.format(kind="timestamp"), ROW.format("A", f"'{early}'"), ROW.format("AHEAD", f"'{late}'")
    )
    assert "1 records have a watermark later than the source's clock" in lake.ingest().warnings[0]
    engine.run(ROW.format("B", f"'{now}'"))
    lake.ingest()
    assert codes(lake) == ["A", "AHEAD", "B"]


def test_equal_texts_are_not_lost_without_an_overlap(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = lake_of(engine, tmp_path, monkeypatch, "0 seconds")
    engine.run(TABLE.format(kind="varchar"), ROW.format("A", "'2026-09-01 08:00'"))
    lake.ingest()
    engine.run(ROW.format("B", "'2026-09-01 08:00'"))
    lake.ingest()
    assert codes(lake) == ["A", "B"]


def test_no_record_is_quoted_where_the_database_stumbles_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    engine = Engine("duckdb", tmp_path)
    lake = lake_of(engine, tmp_path, monkeypatch, "1 hour")
    engine.run(TABLE.format(kind="varchar"), ROW.format("Nguyễn Văn A 012345678901", "'2026-09-01 08:00:00'"))
    query = "select * replace (strptime(task_code, '%d') as updated_at) from nhiem_vu"
    document(lake, TASKS.replace("table: public.nhiem_vu", f'query: "{query}"'))
    found = lake.ingest().unreached[0].message()
    assert "the database refused the statement" in found
    assert "Nguyễn" not in found


def test_a_changed_document_is_pulled_as_a_whole(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = lake_of(engine, tmp_path, monkeypatch, "1 hour")
    engine.run(TABLE.format(kind="timestamp"), ROW.format("NEW", "'2026-09-01 08:00:00'"))
    query = "select * from nhiem_vu where task_code <> 'OLD'"
    document(lake, TASKS.replace("table: public.nhiem_vu", f'query: "{query}"'))
    engine.run(ROW.format("OLD", "'2026-01-01 08:00:00'"))
    lake.ingest()
    assert codes(lake) == ["NEW"]
    document(lake, TASKS.replace("public.nhiem_vu", "nhiem_vu"))
    assert "was changed since the last pull: pulled as a whole" in lake.ingest().warnings[0]
    assert {"NEW", "OLD"} == set(codes(lake))
    assert last_pull(lake)["full"]


def test_a_source_whose_clock_is_years_away_is_dated_by_ours(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = lake_of(engine, tmp_path, monkeypatch, "1 hour")
    engine.run(TABLE.format(kind="timestamp"), ROW.format("A", "'2026-09-01 08:00:00'"))
    monkeypatch.setattr(GenericReader, "now", lambda _: datetime(2099, 1, 1))
    report = lake.ingest()
    assert any("its clock says 01/01/2099: ours is used" in warning for warning in report.warnings)
    assert entries(lake)[-1].extract_date.year < 2099
