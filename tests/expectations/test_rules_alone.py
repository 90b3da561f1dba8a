"""Each rule of Great Expectations, broken alone, fails under its own id and under no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import rule_faults as faults
from small_province import JUDGED_ON, failed_in, inputs, passed_tests, rules_of, write_candidate

from expectations.audit import build_audit
from expectations.catalog import MARTS, NEVER, all_suites
from expectations.contracts import contract_of
from expectations.registry import load_registry
from orchestration.extracts.contract import feeds

Judge = Callable[..., dict[str, Any]]
WHOLE_AUDIT = faults.COMMITMENTS | faults.FIGURES
FIGURE_MARTS = ("headline_figures", "indicator_values", "form_06a", "par_index")
OTHER_TYPE = {
    "VARCHAR": "blob",
    "BOOLEAN": "integer",
    "TIMESTAMP": "date",
    "BIGINT": "double",
    "DOUBLE": "bigint",
    "INTEGER": "double",
    "DATE": "timestamp",
}


@pytest.mark.parametrize("rule_id", WHOLE_AUDIT)
def test_a_fault_fails_its_own_rule_and_no_other(rule_id: str, judge: Judge) -> None:
    audit = judge(WHOLE_AUDIT[rule_id])
    assert failed_in(audit) == {rule_id}
    assert audit["verdict"] == "refused"
    assert audit["refused_by"] == [rule_id]


@pytest.mark.parametrize("rule_id", faults.REQUIRED)
def test_a_headline_figure_that_is_not_assessed_fails_its_own_rule(rule_id: str, judge: Judge) -> None:
    audit = judge(faults.REQUIRED[rule_id], only=FIGURE_MARTS)
    assert failed_in(audit) == {rule_id}
    assert "giao dữ liệu" in rules_of(audit)[rule_id]["message_vi"]


@pytest.mark.parametrize("rule_id", faults.POLICIES)
def test_a_missed_policy_target_is_shown(rule_id: str, judge: Judge) -> None:
    audit = judge(faults.POLICIES[rule_id], only=FIGURE_MARTS)
    assert failed_in(audit) == {rule_id}
    assert rules_of(audit)[rule_id]["class"] == "policy"


@pytest.mark.parametrize("rule_id", faults.LIMITS)
def test_more_than_is_plausible_fails_its_own_limit(rule_id: str, judge: Judge) -> None:
    table = load_registry()[rule_id].table
    audit = judge(faults.LIMITS[rule_id], only=(table,))
    assert failed_in(audit) == {rule_id}


@pytest.mark.parametrize("rule_id", faults.OF_ONE_MART)
def test_a_fault_of_one_mart_fails_its_own_rule_and_no_other_of_the_mart(rule_id: str, judge: Judge) -> None:
    audit = judge(faults.OF_ONE_MART[rule_id], only=(load_registry()[rule_id].table,))
    assert failed_in(audit) == {rule_id}


def test_a_finished_dossier_that_is_in_no_step_is_named(judge: Judge) -> None:
    changes = "update handling_times set dossiers = dossiers - 1 where dimension = 'step' and period_code = '2022-08'"
    audit = judge(changes, only=("handling_times",))
    assert failed_in(audit) == {"handling_times_add_up"}
    assert "2022-08/step" in rules_of(audit)["handling_times_add_up"]["message_en"]


@pytest.mark.parametrize("feed", sorted(feeds()))
def test_too_many_quarantined_records_fail_the_limit_of_their_feed(feed: str, judge: Judge) -> None:
    delivered = [entry | {"quarantined": 100 if entry["feed"] == feed else 0} for entry in inputs()]
    changes = f"update data_quality set feed = '{feed}', records = 100 where origin = 'quarantined'"
    audit = judge(changes, only=("data_quality",), manifest_changes={"inputs": delivered})
    assert failed_in(audit) == {f"limit_quarantined_{feed}"}
    message = rules_of(audit)[f"limit_quarantined_{feed}"]["message_en"]
    assert "10% (100/1,000)" in message
    assert f"{feed}/2022-09-20_{feed}.csv" in message


@pytest.mark.parametrize("table", sorted(MARTS))
def test_a_column_that_slipped_in_fails_the_columns_of_its_mart(table: str, judge: Judge) -> None:
    audit = judge(f"alter table {table} add column applicant_name varchar", only=(table,))
    assert failed_in(audit) == {f"columns_{table}"}
    assert "applicant_name" in rules_of(audit)[f"columns_{table}"]["message_vi"]


@pytest.mark.parametrize("table", sorted(MARTS))
def test_another_type_fails_the_types_of_its_mart(
    table: str, judge: Judge, province: duckdb.DuckDBPyConnection
) -> None:
    column = list(contract_of(table).columns)[-1]
    found = province.execute(
        f"select typeof({column}) from marts.{table} union all select 'VARCHAR'"
    ).fetchone()
    other = OTHER_TYPE[found[0] if found else "VARCHAR"]
    audit = judge(f"alter table {table} alter column {column} set data type {other}", only=(table,))
    assert failed_in(audit) == {f"column_types_{table}"}


@pytest.mark.parametrize("table", sorted(MARTS))
def test_a_file_that_changed_after_the_manifest_fails_the_file_of_its_mart(
    table: str, judge: Judge, tmp_path: Path
) -> None:
    judge(only=(table,))
    path = tmp_path / "candidate" / "marts" / f"{table}.parquet"
    again = tmp_path / "again.parquet"
    duckdb.sql(f"copy (from '{path}') to '{again}' (format parquet, kv_metadata {{touched: 'yes'}})")
    again.replace(path)
    audit = _audit_again(tmp_path / "candidate", table)
    assert failed_in(audit) == {f"file_{table}"}


def _audit_again(candidate: Path, table: str) -> dict[str, Any]:
    document = build_audit(candidate, passed_tests(), None, JUDGED_ON)
    document["suites"] = [suite for suite in document["suites"] if suite["table"] == table]
    return document


# Without rows there is no figure to judge either: these two cannot be empty alone.
FIGURES = {"headline_figures", "indicator_values"}


@pytest.mark.parametrize("table", sorted(table for table, when in MARTS.items() if when != NEVER))
def test_an_empty_mart_fails_its_rows(table: str, judge: Judge) -> None:
    nothing_quarantined = [entry | {"quarantined": 0, "accepted": entry["rows"]} for entry in inputs()]
    audit = judge(f"delete from {table}", only=(table,), manifest_changes={"inputs": nothing_quarantined})
    assert f"rows_{table}" in failed_in(audit)
    if table not in FIGURES:
        assert failed_in(audit) == {f"rows_{table}"}


def test_a_manifest_that_states_another_figure_fails_its_own_rule(judge: Judge, good_candidate: Path) -> None:
    figures = json.loads((good_candidate / "manifest.json").read_text("utf-8"))["figures"]
    figures[0]["value"] = 79
    assert failed_in(judge(manifest_changes={"figures": figures})) == {"headline_agrees_with_manifest"}


def test_dossiers_without_control_totals_are_warned_of(judge: Judge) -> None:
    audit = judge(only=("data_quality",), without_feeds=("control_totals",))
    assert failed_in(audit) == {"control_totals_delivered"}


def test_agencies_that_were_expected_and_never_came_are_named(judge: Judge) -> None:
    audit = judge(WHOLE_AUDIT["deliveries_cover_expected"], only=("data_quality",))
    rule = rules_of(audit)["deliveries_cover_expected"]
    assert rule["sample_keys"] == ["H28.1"]
    assert "0% (0/1), limit ≥ 99%" in rule["message_en"]
    assert "Missing: H28.1 (Sở Tư pháp, dossiers/dvcqg)" in rule["message_en"]
    assert "Chưa có: H28.1 (Sở Tư pháp, dossiers/dvcqg)" in rule["message_vi"]


def test_every_rule_of_great_expectations_has_a_fault_here() -> None:
    per_mart = {
        f"{family}_{table}" for table in MARTS for family in ("columns", "column_types", "file", "rows")
    }
    here = set(WHOLE_AUDIT) | set(faults.REQUIRED) | set(faults.POLICIES) | set(faults.LIMITS)
    here |= set(faults.OF_ONE_MART) | per_mart
    here |= {f"limit_quarantined_{feed}" for feed in feeds()}
    here |= {
        "control_totals_delivered",
        "headline_agrees_with_manifest",
        "previous_release_agreement",
    }  # the latter: test_previous_release.py
    assert {check.rule_id for suite in all_suites() for check in suite.checks} <= here


def test_the_good_candidate_breaks_no_rule(good_audit: dict[str, Any]) -> None:
    assert failed_in(good_audit) == set()
    assert good_audit["verdict"] == "passed"
    assert good_audit["refused_by"] == []


def test_writing_a_faulty_candidate_leaves_the_province_as_it_was(
    province: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    before = province.execute("select count(*) from marts.fct_tasks").fetchone()
    write_candidate(province, tmp_path / "candidate", changes="delete from fct_tasks")
    assert province.execute("select count(*) from marts.fct_tasks").fetchone() == before
