"""From a figure to what is behind it; from a pseudonymous key to its dossier."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from release_lake import make_lake, released

from orchestration.errors import UsageError
from orchestration.extracts.ledger import LedgerEntry, Output, commit
from orchestration.lake import Lake
from orchestration.release.trace import FigureTrace, KeyTrace, trace


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path / "lake")


def test_a_figure_is_traced_to_models_inputs_checks_and_parts(lake: Lake) -> None:
    released(lake)
    found = trace(lake, "dossiers_received", lookup=lambda _: pytest.fail("a figure needs no dossier code"))
    assert isinstance(found, FigureTrace)
    assert found.models == {"indicator_values": ["stg_dossiers"], "stg_dossiers": ["raw.dossiers"]}
    assert found.inputs == (
        {"feed": "dossiers", "files": 1, "rows": 5, "accepted": 3, "quarantined": 2, "skipped": 1},
    )
    assert {check["rule_id"] for check in found.checks} == {
        "headline_figures_shape",
        "indicator_values_shape",
    }
    assert found.parts[0]["agency_code"] == "H28.1"
    json.dumps(found.to_json())
    rate = trace(lake, "dossiers_on_time_rate:strict", name="2022-9M")
    assert isinstance(rate, FigureTrace)
    assert rate.figure["variant"] == "strict"


def test_a_figure_that_no_statement_prints_is_traced_too(lake: Lake) -> None:
    released(lake)
    found = trace(lake, "dossiers_overdue")
    assert isinstance(found, FigureTrace)
    assert (found.figure["period_code"], found.figure["value"]) == ("2022-9M", 7)
    assert found.models == {"indicator_values": ["stg_dossiers"], "stg_dossiers": ["raw.dossiers"]}
    assert [part["feed"] for part in found.inputs] == ["dossiers"]


def test_an_unknown_subject_lists_the_variants(lake: Lake) -> None:
    released(lake)
    with pytest.raises(UsageError) as error:
        trace(lake, "dossiers_on_time_rate:other")
    assert error.value.hint == "Variants of dossiers_on_time_rate: form_06a, strict."


def test_a_key_is_traced_to_its_code_rows_and_deliveries(lake: Lake) -> None:
    _deliver(lake)
    released(lake)
    _pseudonym(lake, "k1", "000.00.01.H28-220301-0001")
    found = trace(lake, "k1")
    assert isinstance(found, KeyTrace)
    assert found.dossier_code == "000.00.01.H28-220301-0001"
    assert found.rows["fct_dossiers"][0]["agency_code"] == "H28.1"
    assert [(row["feed"], row["file"], row["file_line"]) for row in found.deliveries] == [
        ("dossier_events", "dossier_events/dossier_events11.csv", 2),
        ("dossiers", "dossiers/dossiers11.csv", 2),
    ]
    json.dumps(found.to_json())
    assert "k1" in (lake.restricted / "trace.log").read_text("utf-8")
    shutil.rmtree(lake.restricted / "pseudonyms")
    without_map = trace(lake, "k1")
    assert isinstance(without_map, KeyTrace)
    assert without_map.dossier_code is None


def _pseudonym(lake: Lake, key: str, code: str) -> None:
    path = lake.restricted / "pseudonyms" / "dossier" / "f1.parquet"
    path.parent.mkdir(parents=True)
    duckdb.sql(f"copy (select '{key}' as key, '{code}' as code) to '{path}'")


def _deliver(lake: Lake) -> None:
    """A dossier, and two events of it, one of which arrived after the release's known-at."""
    moments = {"dossiers": (11,), "dossier_events": (11, 13)}
    for feed, hours in moments.items():
        for hour in hours:
            name = f"{feed}{hour}"
            raw = lake.raw / feed / "extract_date=2022-10-01" / f"{name}.parquet"
            raw.parent.mkdir(parents=True, exist_ok=True)
            key = "'k1' as dossier_key, " if feed == "dossiers" else ""
            duckdb.sql(
                f"""copy (select {key} 'H28-1' as dossier_code, '{name}' as file_id, 2 as file_line,
                    date '2022-10-01' as extract_date, timestamp '2022-10-09 {hour}:00:00' as recorded_at
                    ) to '{raw}'"""
            )
            output = Output(feed, 2, 1, 1, 0, 1, raw_path=str(raw.relative_to(lake.root)))
            commit(lake, _entry(name, feed, datetime(2022, 10, 9, hour), output))


def _entry(name: str, feed: str, recorded_at: datetime, output: Output) -> LedgerEntry:
    return LedgerEntry(
        file_id=name, feed=feed, source_name="canonical", profile="canonical", profile_hash="p",
        parser_version="1", file=f"{feed}/{name}.csv", sha256="0" * 64, bytes=10,
        extract_date=recorded_at.date(), recorded_at=recorded_at, clock="system", timezone="Asia/Ho_Chi_Minh",
        mode="delta", covers=None, simulated=False, supersedes=(), secret_id="s", outputs=(output,),
    )  # fmt: skip
