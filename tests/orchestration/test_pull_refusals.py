"""What a database refuses, and one that cannot be had: told in our words, without secrets, nothing left behind."""

from __future__ import annotations

import json

import pytest

from tests.orchestration.ingest_lake import TestLake
from tests.orchestration.pulled_lake import TASKS, codes, document, entries, task
from tests.postgres import Database


@pytest.fixture
def lake(tasks_lake: TestLake) -> TestLake:
    return tasks_lake


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"table: public.nhiem_vu": "query: select *, pg_sleep(30) from nhiem_vu",
          "attempts: 1": "statement_timeout: 0.1 seconds"},
         "a statement took longer than 0.1 s"),
        ({"table: public.nhiem_vu": "query: select n.*, 10 / (g - 400000) as x from nhiem_vu n, "
          "generate_series(1, 500000) g"},
         "the database failed while it sent records"),
        ({"table: public.nhiem_vu": "query: select * from nhiem_vu where write_it()"}, "the query tried to write"),
        ({"table: public.nhiem_vu": "table: public.khong_co"}, 'relation "public.khong_co" does not exist'),
        ({"table: public.nhiem_vu": "query: select 1) as x; delete from nhiem_vu; --"},
         "the database refused the statement"),
        ({"column: updated_at": "column: content"}, "the watermark content is of type text"),
        ({"1 hour": "1000"}, "the overlap does not fit the watermark updated_at of type timestamptz"),
    ],
)  # fmt: skip
def test_what_a_database_refuses_is_told_and_leaves_nothing(
    lake: TestLake, database: Database, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], found: str
):
    monkeypatch.setenv("NHIEM_VU_URL", database.admin)
    database.run(
        task("A"),
        "create function write_it() returns boolean language plpgsql as "
        "$$ begin delete from nhiem_vu; return true; end $$",
    )
    text = TASKS
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    document(lake, text)
    report = lake.ingest()
    assert found in report.unreached[0].message()
    assert "Văn phòng UBND tỉnh acts" in report.unreached[0].message()
    assert entries(lake) == []
    document(lake, TASKS)
    lake.ingest()
    assert codes(lake) == ["A"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("{wrong}", "the database refused the user or the password"),
        ("postgresql://reader:bi-mat-9@127.0.0.1:1/x", "no server answers at its address (2 tries)"),
        ("postgresql://reader:bi-mat-9@host:cong/x", "the address cannot be read"),
        ("mysql+khong_co://reader:bi-mat-9@host/x", "no driver for it is installed"),
        ("", "the environment variable NHIEM_VU_URL is not set"),
    ],
)
def test_a_database_that_cannot_be_had_is_named_without_its_secret(
    lake: TestLake, database: Database, monkeypatch: pytest.MonkeyPatch, url: str, found: str
):
    monkeypatch.setenv("NHIEM_VU_URL", url.format(wrong=database.url.replace("reader:", "reader:bi-mat-9")))
    document(lake, TASKS.replace("attempts: 1", "attempts: 2\n      wait: 0 seconds"))
    said: list[str] = []
    report = lake.ingest(progress=said.append)
    assert found in report.unreached[0].message()
    assert "bi-mat-9" not in json.dumps([report.to_dict(), said], ensure_ascii=False)
