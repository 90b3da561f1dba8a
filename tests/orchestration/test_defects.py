"""Every fault that can be planted, through the front door: caught by what the list names, as often as it is planted.

The two files that cannot be read are tried first, on the ingest that takes the province-year; all other faults are
planted together and judged in one run. Signals, which refuse nothing, have a test of their own (`test_signals.py`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from front_door import Answer, cchc

from orchestration.simulate.defects import list_defects
from orchestration.simulate.signals import SIGNALS

DOSSIERS = 1500
LISTED = {defect.name: defect for defect in list_defects()}
FILES = {"broken_encoding": ("procedures", "name"), "missing_column": ("tasks", "Ngày giao")}
"""Faults of a whole file: its feed, and what the message must name."""
JUDGED = [name for name, defect in LISTED.items() if defect.caught_by == "rule"]
SHOWN = [name for name, defect in LISTED.items() if defect.caught_by == "figure"]
PERIOD_DAYS = "received_at >= '2021-12-15' and received_at < '2022-09-15'"


def planting(lake: Path, *names: str) -> dict[str, dict[str, Any]]:
    """Plant faults; what was planted, by name."""
    words = [word for name in names for word in ("--defect", name)]
    document = cchc(lake, "simulate", "--dossiers", str(DOSSIERS), *words, "--json").expect(0).document
    return {item["name"]: item for item in document["defects"]}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("defects") / "lake"


@pytest.fixture(scope="module")
def ingested(lake: Path) -> tuple[dict[str, dict[str, Any]], Answer]:
    """The province-year taken together with the two files that break their contract."""
    planted = planting(lake, *FILES)
    return planted, cchc(lake, "ingest", "--json")


@pytest.fixture(scope="module")
def planted(lake: Path, ingested: tuple[dict[str, dict[str, Any]], Answer]) -> dict[str, dict[str, Any]]:
    """Every fault that a rule catches, the broken files taken away."""
    for fault in ingested[0].values():
        for file in fault["files"]:
            (lake / "landing" / file).unlink()
    return planting(lake, *JUDGED, *SHOWN)


@pytest.fixture(scope="module")
def refused(lake: Path, planted: dict[str, dict[str, Any]]) -> dict[str, Any]:
    del planted
    return cchc(lake, "run", "--period", "2022-9M", "--json").expect(3).document


@pytest.fixture(scope="module")
def marts(refused: dict[str, Any]) -> Path:
    return Path(refused["folder"]) / "marts"


def rule(refused: dict[str, Any], defect: str) -> dict[str, Any]:
    """The failed rule that must catch a fault."""
    found: dict[str, Any] = {item["rule_id"]: item for item in refused["failed_rules"]}
    return found[LISTED[defect].rule_id]


def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
    return duckdb.execute(query, list(values)).fetchall()


def classes(marts: Path) -> dict[tuple[str, str], int]:
    """Records in data_quality by feed and class."""
    found = rows(
        "select feed, quality_class, sum(records)::bigint from read_parquet(?) group by all",
        str(marts / "data_quality.parquet"),
    )
    return {(feed, quality_class): records for feed, quality_class, records in found}


def keys(lake: Path, codes: list[str]) -> set[str]:
    """Pseudonymous keys of dossiers, as raw holds both."""
    found = rows(
        "select distinct dossier_key from read_parquet(?) where list_contains(?, dossier_code)",
        str(lake / "raw/dossiers/*/*.parquet"), codes,
    )  # fmt: skip
    assert len(found) == len(codes)
    return {key for (key,) in found}


def test_every_listed_fault_is_tried() -> None:
    assert set(FILES) | set(JUDGED) | set(SIGNALS) | set(SHOWN) == set(LISTED)
    assert {LISTED[name].caught_by for name in FILES} == {"ingest"}


def test_files_that_break_their_contract_end_the_ingest_with_4_and_are_named(
    lake: Path, ingested: tuple[dict[str, dict[str, Any]], Answer]
) -> None:
    planted, answer = ingested
    answer.expect(4)
    told = answer.document["error"]["message"]
    for name, (feed, column) in FILES.items():
        [file] = planted[name]["files"]
        assert file in told
        assert feed in told
        assert column in told
        assert file in answer.err
    landed = {
        str(path.relative_to(lake / "landing"))
        for path in (lake / "landing").rglob("*")
        if path.is_file() and path.name != "SIMULATED.json"
    }
    broken = {file for fault in planted.values() for file in fault["files"]}
    assert {file["file"] for file in answer.document["files"]} == landed - broken
    assert sum(file["quarantined"] for file in answer.document["files"]) == 0


def test_the_gate_refuses_by_the_rule_of_every_fault(refused: dict[str, Any]) -> None:
    assert refused["status"] == "refused"
    assert refused["current"] is None
    expected = {LISTED[name].rule_id for name in JUDGED}
    assert expected == {item["rule_id"] for item in refused["failed_rules"] if item["class"] != "policy"}
    for item in refused["failed_rules"]:
        assert item["message_vi"]
        assert item["message_en"]


@pytest.mark.parametrize("name", ["unpublished_procedure", "overdue_task", "unit_double_counted"])
def test_the_one_record_is_named(
    refused: dict[str, Any], planted: dict[str, dict[str, Any]], name: str
) -> None:
    assert planted[name]["count"] == LISTED[name].count == 1
    failed = rule(refused, name)
    assert failed["sample_keys"] == planted[name]["records"]
    assert failed["unexpected_count"] == 1
    assert planted[name]["records"][0] in failed["message_vi"]
    assert planted[name]["records"][0] in failed["message_en"]


def test_late_dossiers_planted_are_the_late_ones_counted(
    refused: dict[str, Any], planted: dict[str, dict[str, Any]], lake: Path, marts: Path
) -> None:
    before = json.loads((lake / "landing" / "SIMULATED.json").read_text("utf-8"))["expected"]["dossiers_late"]
    [(late,)] = rows(
        "select sum(resolved_late)::bigint from read_parquet(?) where period_code = '2022-9M'",
        str(marts / "form_06a.parquet"),
    )
    assert planted["on_time_under_target"]["count"] == late - before > 0
    assert rule(refused, "on_time_under_target")["class"] == "commitment"


def test_dossiers_of_the_lost_agency_are_those_that_count(
    refused: dict[str, Any], planted: dict[str, dict[str, Any]], lake: Path, marts: Path
) -> None:
    [agency] = planted["lost_agency"]["records"]
    held = {
        key
        for (key,) in rows(
            f"select distinct dossier_key from read_parquet(?) where agency_code = ? and {PERIOD_DAYS}",
            str(lake / "raw/dossiers/*/*.parquet"),
            agency,
        )
    }
    failed = rule(refused, "lost_agency")
    assert failed["unexpected_count"] == len(held) > 0
    assert set(failed["sample_keys"]) <= held
    assert classes(marts)["dossiers", "unknown_agency"] >= len(held)


@pytest.mark.parametrize(
    ("name", "feed", "reason"),
    [("duplicated_codes", "dossiers", "duplicate_in_file"), ("totals_row", "tasks", "missing_required")],
)
def test_records_planted_are_in_quarantine_and_their_file_is_named(
    refused: dict[str, Any],
    planted: dict[str, dict[str, Any]],
    marts: Path,
    name: str,
    feed: str,
    reason: str,
) -> None:
    fault = planted[name]
    assert classes(marts)[feed, reason] == fault["count"] == 12
    assert rule(refused, name)["sample_keys"] == fault["files"]
    assert f"{fault['count']}/" in rule(refused, name)["message_en"]


def test_dossiers_with_impossible_dates_are_found_one_by_one(
    refused: dict[str, Any], planted: dict[str, dict[str, Any]], lake: Path, marts: Path
) -> None:
    """Swapped days and ends moved before receipt meet in one rule: together they are all that it finds."""
    swapped, moved = planted["swapped_day_month"], planted["finished_before_received"]
    future = planted["future_dates"]
    assert rule(refused, "swapped_day_month")["unexpected_count"] == swapped["count"] + moved["count"]
    assert rule(refused, "future_dates")["unexpected_count"] == future["count"]
    for flag, faults in (("finished_before_received", [swapped, moved]), ("future_dated", [future])):
        codes = [code for fault in faults for code in fault["records"]]
        assert len(codes) == sum(fault["count"] for fault in faults)
        flagged = rows(
            f"select dossier_key from read_parquet(?) where {flag}", str(marts / "fct_dossiers.parquet")
        )
        assert {key for (key,) in flagged} == keys(lake, codes)
        assert classes(marts)["dossiers", flag] == len(codes)


def test_the_total_that_the_source_states_and_what_it_delivered_are_told(
    refused: dict[str, Any], planted: dict[str, dict[str, Any]]
) -> None:
    assert planted["unmatched_control_total"]["records"] == ["dvcqg received 2021-12-15..2022-09-14"]
    [told] = [
        key
        for key in rule(refused, "unmatched_control_total")["sample_keys"]
        if key.startswith("received dvcqg 2021-12-15 2022-09-14 ")
    ]
    held, stated = told.rsplit(" ", 1)[1].split("/")
    assert int(stated) - int(held) == 150


def test_a_national_copy_is_compared_and_counts_for_no_dossier(
    marts: Path, planted: dict[str, dict[str, Any]]
) -> None:
    [(equal, matched)] = rows(
        """
        select numerator, denominator from read_parquet(?)
        where indicator_code = 'national_agreement_rate' and period_code = '2022-9M'
        """,
        str(marts / "indicator_values.parquet"),
    )
    disagreeing = planted["national_copy"]["count"]
    assert matched == 10 * disagreeing
    assert 0 < equal <= matched - disagreeing
    [(from_copy,)] = rows(
        "select count(*) from read_parquet(?) where source_name = 'ban_sao_quoc_gia'",
        str(marts / "fct_dossiers.parquet"),
    )
    assert from_copy == 0
