"""Fixtures of the tests of the expectations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from small_province import EARLIER, JUDGED_ON, PERIOD, build_province, passed_tests, write_candidate

from expectations import audit as audit_module
from expectations.audit import build_audit
from expectations.catalog import all_suites


@pytest.fixture(scope="session")
def province() -> Iterator[duckdb.DuckDBPyConnection]:
    """A small province that breaks no rule."""
    connection = build_province()
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def good_candidate(province: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its candidate."""
    return write_candidate(province, tmp_path_factory.mktemp("good") / "candidate")


@pytest.fixture(scope="session")
def good_audit(good_candidate: Path) -> dict[str, Any]:
    """The audit of the good candidate."""
    return build_audit(good_candidate, passed_tests(), None, JUDGED_ON)


@pytest.fixture
def judge(
    province: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Write a candidate with a fault and audit it; `only` leaves the suites of other marts out, which is faster."""

    def run(
        changes: str = "", only: tuple[str, ...] = (), audit: dict[str, Any] | None = None, **fault: Any
    ) -> dict[str, Any]:
        candidate = write_candidate(province, tmp_path / "candidate", changes=changes, **fault)
        if only:
            chosen = [suite for suite in all_suites() if suite.table in only]
            monkeypatch.setattr(audit_module, "all_suites", lambda: chosen)
        document = build_audit(
            candidate, passed_tests(), **({"published_figures": None, "judged_on": JUDGED_ON} | (audit or {}))
        )
        if only:
            document["suites"] = [suite for suite in document["suites"] if suite["table"] in only]
        return document

    return run


_PUBLISHED = """
    copy (
        select
            '{period}' as period_code, '{release_id}' as release_id, indicator_code, variant, unit, operator, status,
            value, cast(numerator as double) as numerator, cast(denominator as double) as denominator,
            cast(target as double) as target, {provisional} as provisional, false as historic,
            '{known_at}' as known_at, '2022-09-25T00:00:00.000000' as released_at
        from '{folder}/marts/headline_figures.parquet'
    ) to '{path}' (format parquet)
"""


@pytest.fixture
def publish(province: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[..., Path]:
    """Release the good candidate earlier; returns the table of published figures."""

    def run(
        known_at: str = "2022-09-21T00:00:00.000000", *, provisional: bool = False, **manifest: Any
    ) -> Path:
        facts = {"release_id": EARLIER, "known_at": known_at} | manifest
        folder = write_candidate(province, tmp_path / "releases" / EARLIER, manifest_changes=facts)
        path = tmp_path / "releases" / "published_figures.parquet"
        duckdb.sql(
            _PUBLISHED.format(
                period=PERIOD,
                release_id=EARLIER,
                provisional=provisional,
                known_at=known_at,
                folder=folder,
                path=path,
            )
        )
        return path

    return run
