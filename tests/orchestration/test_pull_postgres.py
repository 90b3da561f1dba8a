"""Pulling from a real PostgreSQL: nothing lost, nothing doubled, nothing told that must not be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestration.ingest_lake import TestLake
from tests.orchestration.pulled_lake import (
    TABLE,
    TASKS,
    document,
    entries,
    last_pull,
    pulled_lake,
    staged,
    task,
)
from tests.postgres import Database, new_database


@pytest.fixture
def database() -> Database:
    found = new_database()
    found.run(TABLE)
    return found


@pytest.fixture
def lake(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> TestLake:
    lake = pulled_lake(tmp_path, monkeypatch, NHIEM_VU_URL=database.url)
    document(lake, TASKS)
    return lake


def codes(lake: TestLake) -> list[str]:
    return [row[0] for row in lake.raw("tasks", "task_code")]


def test_only_what_is_new_is_pulled_and_nothing_new_leaves_the_lake_as_it_is(
    lake: TestLake, database: Database
):
    database.run(task("A"), task("B"))
    report = lake.ingest()
    assert report.broken == []
    assert report.unreached == []
    assert codes(lake) == ["A", "B"]
    pull = last_pull(lake)
    assert (pull["number"], pull["rows"], pull["counted"], pull["cursor_before"]) == (1, 2, 2, None)
    assert staged(lake) == []

    before = entries(lake)
    lake.ingest()
    assert entries(lake) == before

    database.run(task("C"), "update nhiem_vu set content = 'Sửa', updated_at = now() where task_code = 'A'")
    lake.ingest()
    assert sorted(codes(lake)) == ["A", "A", "B", "C"]
    pull = last_pull(lake)
    assert (pull["number"], pull["rows"], pull["repeated"], pull["counted"]) == (2, 2, 1, 3)
