"""Pulling through SQLAlchemy: SQLite and DuckDB, with times, dates, numbers and texts as watermarks."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

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
