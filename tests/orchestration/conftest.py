"""What tests of pulled sources share: a web service that misbehaves on purpose, a database with a table of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.orchestration.pulled_lake import TABLE, TASKS, document, pulled_lake
from tests.orchestration.rest_bench import DOSSIERS, Bench
from tests.postgres import Database, new_database
from tests.rest_service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.orchestration.ingest_lake import TestLake


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """A server process of the module's own; each test says what it holds."""
    found = Service()
    yield found
    found.stop()


@pytest.fixture
def bench(tmp_path: Path, service: Service) -> Bench:
    """A source over the service, which holds the usual dossiers."""
    service.set(records=DOSSIERS)
    return Bench(tmp_path, service)


@pytest.fixture
def database() -> Database:
    """A PostgreSQL database of the test's own, its table of tasks empty."""
    found = new_database()
    found.run(TABLE)
    return found


@pytest.fixture
def tasks_lake(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> TestLake:
    """A lake that pulls the tasks of `database`."""
    lake = pulled_lake(tmp_path, monkeypatch, NHIEM_VU_URL=database.url)
    document(lake, TASKS)
    return lake
