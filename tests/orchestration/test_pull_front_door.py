"""Pulled sources through the front door: `cchc ingest`, `cchc source check`, `cchc source list`."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.orchestration.front_door import cchc
from tests.orchestration.pulled_lake import TABLE, TASKS, task
from tests.postgres import ENCODED, PASSWORD, new_database


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pulled") / "lake"


def test_a_source_is_tried_pulled_missed_and_listed(lake: Path):
    database = new_database()
    database.run(TABLE, task("NV-01", content="Nhiệm vụ của bà Bưởi"))
    sources = lake.parent / "sources"
    sources.mkdir()
    (sources / "nhiem_vu.yml").write_text(textwrap.dedent(TASKS))
    variables = {"CCHC_SOURCES": str(sources), "NHIEM_VU_URL": database.url}

    tried = cchc(lake, "source", "check", "nhiem_vu", "--json", **variables).expect(0).document
    assert tried["feeds"] == {"tasks": {"accepted": 1, "quarantined": 0}}
    assert tried["connector"]["columns"]["updated_at"] == "timestamptz"
    assert not lake.exists()

    taken = cchc(lake, "ingest", "--json", **variables).expect(0).document
    assert [(file["feed"], file["accepted"], file["pull"]["counted"]) for file in taken["files"]] == [
        ("tasks", 1, 1)
    ]

    # The password is wrong now: what was dropped is taken all the same, and the command says who acts.
    landed = lake / "landing" / "dossier_events" / "2026-10-01_e.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text("dossier_code,event_at,status\nHS-1,2026-09-01 08:00,1\n")
    wrong = variables | {"NHIEM_VU_URL": database.url.replace(ENCODED, "sai-mat-khau")}
    missed = cchc(lake, "ingest", "--json", **wrong).expect(4)
    assert [file["feed"] for file in missed.document["files"]] == ["dossier_events"]
    message = missed.document["error"]["message"]
    assert message.startswith("tasks: the source nhiem_vu could not be pulled: the database refused the user")
    assert "Văn phòng UBND tỉnh acts" in message

    # A run goes on without it: here to the refusal of a period that is not over.
    gone_on = cchc(lake, "run", "--period", "2035-12", **wrong).expect(2)
    assert "missing: tasks: the source nhiem_vu could not be pulled" in gone_on.err
    assert "2035-12 ends on" in gone_on.err

    listed = cchc(lake, "source", "list", "--json", **variables).expect(0).document["sources"]
    (pulled,) = [source for source in listed if source["source_name"] == "nhiem_vu"]
    assert (pulled["connector"], pulled["counted"], pulled["accepted"]) == ("sql", 1, 1)
    assert pulled["cursor"]["watermark"] == "updated_at"

    secrets = ("sai-mat-khau", PASSWORD, ENCODED, "bà Bưởi")
    said = missed.out + missed.err + gone_on.out + gone_on.err
    assert not [secret for secret in secrets[:3] if secret in said]
    for path in (path for path in lake.rglob("*") if path.is_file() and path.suffix != ".parquet"):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path
