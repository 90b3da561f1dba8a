"""Web services through `cchc ingest`: exit codes, what is printed, and a process killed in the middle of the pages."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.orchestration.front_door import cchc
from tests.rest_service import Service

TOKEN = "secret-of-the-tests"


def event(number: int) -> dict[str, Any]:
    """An event in the contract's own names, and what the service sorts by."""
    at = f"2026-09-01T08:{number:02}:00+07:00"
    return {
        "ma": f"H28-{number:03}",
        "cap_nhat": at,
        "dossier_code": f"H28-{number:03}",
        "event_at": at,
        "status": "4",
    }


EVENTS = [event(number) for number in range(1, 51)]


@pytest.fixture
def sources(tmp_path: Path, service: Service) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    text = f"""
        source: mot_cua
        feed: dossier_events
        profile: none
        owner: Sở Thông tin và Truyền thông
        key: [dossier_code, event_at, status]
        connector:
          kind: rest
          url: {service.url}/api/page
          allow_http: true
          records: data.items
          total: meta.total
          auth: {{kind: bearer, token: CCHC_TEST_TOKEN}}
          pages: {{kind: page, parameter: page, size: 10, size_parameter: size}}
          updated_since: {{parameter: updated_since, field: cap_nhat, overlap: 1 minute}}
          limits: {{requests_per_second: 100, attempts: 2, first_wait: 0.01 seconds}}
    """
    (folder / "mot_cua.yml").write_text(textwrap.dedent(text), "utf-8")
    return folder


def variables(sources: Path) -> dict[str, str]:
    return {"CCHC_SOURCES": str(sources), "CCHC_TEST_TOKEN": TOKEN, "CCHC_ENV": "test"}


def raw(lake: Path) -> list[str]:
    files = [str(path) for path in (lake / "raw").rglob("*.parquet")]
    if not files:
        return []
    return [
        row[0] for row in duckdb.sql(f"select dossier_code from read_parquet({files}) order by 1").fetchall()
    ]


def test_an_ingest_killed_between_pages_is_finished_by_the_next(
    tmp_path: Path, service: Service, sources: Path
):
    lake = tmp_path / "lake"
    service.set(records=EVENTS, faults=[{"at": 4, "do": "hang", "seconds": 20}])
    environment = {"PATH": "/usr/bin:/bin", "CCHC_LAKE": str(lake)} | variables(sources)
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "ingest"],
        env=environment, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(service.log()) < 4:
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert raw(lake) == []
    service.set(records=EVENTS)
    cchc(lake, "ingest", **variables(sources)).expect(0)
    assert [one["values"]["page"] for one in service.log()] == ["4", "5", "6"]
    assert raw(lake) == [record["dossier_code"] for record in EVENTS]
    assert not list(lake.rglob("*.sqlite*"))

    later = event(55)
    service.set(records=[*EVENTS, later], faults=[{"at": None, "do": "truncate"}])
    refused = cchc(lake, "ingest", **variables(sources)).expect(4)
    assert "no whole JSON from 127.0.0.1, 2 times" in " ".join(refused.err.split())
    assert TOKEN not in refused.out + refused.err
    assert raw(lake) == [record["dossier_code"] for record in EVENTS]
