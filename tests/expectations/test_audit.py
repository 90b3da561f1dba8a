"""The audit as a document: waivers, what could not run, what does not apply, the sentences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rule_faults
from small_province import JUDGED_ON, PERIOD, failed_in, inputs, passed_tests, rules_of, write_candidate

from expectations.audit import build_audit
from expectations.evidence import read_candidate
from expectations.registry import load_registry
from orchestration.errors import RefusedError, UsageError
from orchestration.warehouse.dbt_results import DbtResult

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Judge = Callable[..., dict[str, Any]]
UNPUBLISHED = rule_faults.COMMITMENTS["procedures_published_all"]
FIGURE_MARTS = ("headline_figures", "indicator_values", "form_06a")


def _waiver(tmp_path: Path, expires_on: str = "2022-12-31", period: str = PERIOD) -> Path:
    path = tmp_path / "waivers.yml"
    path.write_text(
        f"""waivers:
  - rule_id: procedures_published_all
    period: {period}
    reason: Cổng dịch vụ công gặp sự cố.
    person: Nguyễn Văn A
    expires_on: {expires_on}
""",
        "utf-8",
    )
    return path


def test_the_document_names_what_it_judged(good_audit: dict[str, Any], good_candidate: Path) -> None:
    content = (good_candidate / "manifest.json").read_bytes()
    assert good_audit["manifest_sha256"] == hashlib.sha256(content).hexdigest()
    assert good_audit["period_code"] == PERIOD
    assert json.loads(json.dumps(good_audit, allow_nan=False)) == good_audit


def test_the_same_candidate_gives_the_same_audit(good_audit: dict[str, Any], good_candidate: Path) -> None:
    assert build_audit(good_candidate, passed_tests(), None, JUDGED_ON) == good_audit


def test_an_unpublished_procedure_is_named_with_its_agency_the_gap_and_who_acts(judge: Judge) -> None:
    rule = rules_of(judge(UNPUBLISHED, only=FIGURE_MARTS))["procedures_published_all"]
    assert rule["sample_keys"] == ["1.001003"]
    assert rule["observed"] == "91.67% (11/12)"
    assert rule["expected"] == "= 100%"
    for part in ("11/12", "91,67 %", "= 100 %", "8,33 điểm phần trăm", "1.001003", "Thủ tục số 3", "Sở Tư pháp (H28.1)",
                 "Người xử lý: Phòng Kiểm soát thủ tục hành chính"):  # fmt: skip
        assert part in rule["message_vi"]
    for part in ("11/12", "91.67%", "= 100%", "1.001003", "Who acts: Procedure Control Division"):
        assert part in rule["message_en"]


def test_an_unpublished_procedure_is_named_with_who_answers_at_the_end_of_the_period(judge: Judge) -> None:
    merged = "update bridge_agency_succession set successor_code = 'H28.20' where agency_code = 'H28.1';"
    rule = rules_of(judge(merged + UNPUBLISHED, only=FIGURE_MARTS))["procedures_published_all"]
    assert rule["sample_keys"] == ["1.001003"]
    assert "(H28.20)" in rule["message_vi"]
    assert "(H28.1)" not in rule["message_vi"]


def test_an_overdue_task_is_named_with_its_agency_and_deadline(judge: Judge) -> None:
    rule = rules_of(judge(rule_faults.COMMITMENTS["no_task_overdue"], only=FIGURE_MARTS))["no_task_overdue"]
    assert rule["sample_keys"] == ["NV-4"]
    assert "NV-4 (Sở Tư pháp, hạn 01/08/2022)" in rule["message_vi"]


def test_late_dossiers_are_told_by_agency(judge: Judge) -> None:
    rule = rules_of(judge(rule_faults.COMMITMENTS["dossiers_on_time_target"], only=FIGURE_MARTS))[
        "dossiers_on_time_target"
    ]
    assert rule["sample_keys"] == ["H28.1"]
    assert "> 99,7 %" in rule["message_vi"]
    assert "Sở Tư pháp: 1/" in rule["message_vi"]


@pytest.mark.parametrize(
    ("rule_id", "unit"),
    [
        ("one_stop_coverage_province_full", "H28"),
        ("one_stop_coverage_district_full", "H28.20"),
        ("one_stop_coverage_commune_full", "H28.20.1"),
    ],
)
def test_units_without_a_one_stop_are_named(rule_id: str, unit: str, judge: Judge) -> None:
    rule = rules_of(judge(rule_faults.COMMITMENTS[rule_id], only=FIGURE_MARTS))[rule_id]
    assert rule["sample_keys"] == [unit]


def test_a_waiver_releases_the_figure_as_missed_and_is_printed(judge: Judge, tmp_path: Path) -> None:
    audit = judge(UNPUBLISHED, audit={"waivers_path": _waiver(tmp_path)})
    assert audit["verdict"] == "passed"
    assert audit["refused_by"] == []
    assert audit["waivers"] == [
        {
            "rule_id": "procedures_published_all",
            "period": PERIOD,
            "reason": "Cổng dịch vụ công gặp sự cố.",
            "person": "Nguyễn Văn A",
            "expires_on": "2022-12-31",
        }
    ]
    rule = rules_of(audit)["procedures_published_all"]
    assert (rule["success"], rule["waived"], rule["indicator_code"]) == (
        False,
        True,
        "procedures_published_rate",
    )


@pytest.mark.parametrize(
    ("waiver", "judged_on"),
    [
        ({"expires_on": "2022-09-30"}, JUDGED_ON),
        ({"period": "2022"}, JUDGED_ON),
        ({}, date(2023, 1, 1)),
    ],
)
def test_a_waiver_that_expired_or_is_of_another_period_does_not_count(
    waiver: dict[str, str], judged_on: date, judge: Judge, tmp_path: Path
) -> None:
    path = _waiver(tmp_path, **waiver)
    audit = judge(UNPUBLISHED, only=FIGURE_MARTS, audit={"waivers_path": path, "judged_on": judged_on})
    assert audit["verdict"] == "refused"
    assert audit["waivers"] == []
    assert rules_of(audit)["procedures_published_all"]["waived"] is False


def test_a_waiver_of_a_rule_that_holds_is_not_printed(good_candidate: Path, tmp_path: Path) -> None:
    audit = build_audit(good_candidate, passed_tests(), None, JUDGED_ON, waivers_path=_waiver(tmp_path))
    assert audit["waivers"] == []


def test_policy_targets_do_not_refuse(judge: Judge) -> None:
    audit = judge(rule_faults.POLICIES["surveys_conducted_target"])
    assert failed_in(audit) == {"surveys_conducted_target"}
    assert audit["verdict"] == "passed"


def test_a_unit_that_a_decision_ended_but_the_register_keeps_is_named(judge: Judge) -> None:
    changes = """
        update fct_organisation_changes
        set
            event_type = 'merge', successor_code = 'H28.20', effective_on = date '2020-01-01',
            decision_no = '15/QĐ-UBND'
    """
    audit = judge(changes, only=FIGURE_MARTS)
    assert failed_in(audit) == {"organisation_stock_flow"}
    rule = rules_of(audit)["organisation_stock_flow"]
    assert rule["sample_keys"] == ["H28.1"]
    assert "Sở Tư pháp: kết thúc 01/01/2020 theo quyết định 15/QĐ-UBND" in rule["message_vi"]


# ── dbt's results ────────────────────────────────────────────────────────────────────────────────────────────────────
def _with(**changes: Any) -> list[DbtResult]:
    results = [result for result in passed_tests() if result.rule_id != "form_06a_flow"]
    given = {
        "rule_id": "form_06a_flow",
        "test": "test.cchc.flow",
        "table": "form_06a",
        "status": "pass",
    } | changes
    return [*results, DbtResult(**given)]


def test_a_failed_dbt_test_refuses_with_its_keys(good_candidate: Path) -> None:
    results = _with(status="fail", failures=3, sample_keys=["H28.1", "H28.2"])
    audit = build_audit(good_candidate, results, None, JUDGED_ON)
    assert audit["refused_by"] == ["form_06a_flow"]
    rule = rules_of(audit)["form_06a_flow"]
    assert (rule["unexpected_count"], rule["sample_keys"]) == (3, ["H28.1", "H28.2"])
    assert "H28.1; H28.2" in rule["message_vi"]


@pytest.mark.parametrize("status", ["error", "skipped"])
def test_a_dbt_test_that_did_not_run_counts_as_failed(status: str, good_candidate: Path) -> None:
    audit = build_audit(good_candidate, _with(status=status, message="no such column"), None, JUDGED_ON)
    assert audit["refused_by"] == ["form_06a_flow"]
    assert rules_of(audit)["form_06a_flow"]["could_not_run"] is True


def test_a_registered_dbt_rule_without_a_result_counts_as_failed(good_candidate: Path) -> None:
    audit = build_audit(good_candidate, _with()[:-1], None, JUDGED_ON)
    assert audit["refused_by"] == ["form_06a_flow"]
    assert "dbt returned no result" in rules_of(audit)["form_06a_flow"]["message_en"]


def test_a_dbt_test_that_nobody_registered_counts_as_failed(good_candidate: Path) -> None:
    stray = DbtResult(rule_id="stray", test="test.cchc.stray", table="form_06a", status="pass")
    audit = build_audit(good_candidate, [*passed_tests(), stray], None, JUDGED_ON)
    assert audit["refused_by"] == ["stray"]


def test_dbt_results_stand_in_suites_of_their_table(good_audit: dict[str, Any]) -> None:
    suite = next(suite for suite in good_audit["suites"] if suite["name"] == "dbt_form_06a")
    assert (suite["engine"], suite["table"]) == ("dbt", "form_06a")
    assert {rule["rule_id"] for rule in suite["rules"]} >= {"form_06a_flow", "months_add_up"}


# ── what cannot be judged ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_check_that_cannot_run_counts_as_failed_and_the_others_still_run(judge: Judge) -> None:
    audit = judge(
        "alter table form_06a drop column resolved_late; alter table form_06a drop column in_progress_suspended"
    )
    rules = rules_of(audit)
    assert rules["columns_form_06a"]["success"] is False
    assert rules["figures_agree_with_form_06a"]["could_not_run"] is True
    assert "in_progress_suspended" in rules["figures_agree_with_form_06a"]["observed"]
    could_not_run = {rule_id for rule_id, rule in rules.items() if rule["could_not_run"]}
    assert could_not_run == {
        "figures_agree_with_form_06a", "late_steps_agree_with_form", "open_ageing_agrees_with_form",
        "due_forecast_within_form",
    }  # fmt: skip
    assert failed_in(audit) == {"columns_form_06a"} | could_not_run


def test_a_missing_mart_fails_all_its_rules(province: DuckDBPyConnection, tmp_path: Path) -> None:
    write_candidate(province, tmp_path / "candidate")
    (tmp_path / "candidate" / "marts" / "fct_tasks.parquet").unlink()
    audit = build_audit(tmp_path / "candidate", passed_tests(), None, JUDGED_ON)
    of_tasks = {
        rule_id
        for rule_id, rule in load_registry().items()
        if rule.table == "fct_tasks" and rule.engine != "dbt"
    }
    assert of_tasks <= set(audit["refused_by"])
    assert all(rules_of(audit)[rule_id]["could_not_run"] for rule_id in of_tasks)


def test_a_damaged_mart_fails_its_rules_and_the_audit_is_still_written(
    province: DuckDBPyConnection, tmp_path: Path
) -> None:
    write_candidate(province, tmp_path / "candidate")
    (tmp_path / "candidate" / "marts" / "fct_tasks.parquet").write_bytes(b"PAR1 no longer")
    audit = build_audit(tmp_path / "candidate", passed_tests(), None, JUDGED_ON)
    assert audit["verdict"] == "refused"
    assert rules_of(audit)["columns_fct_tasks"]["could_not_run"] is True
    assert rules_of(audit)["headline_figures_complete"]["success"] is True


def test_rules_of_a_mart_without_its_feed_do_not_apply_and_the_missing_feed_is_judged_once(
    judge: Judge,
) -> None:
    changes = "delete from fct_tasks;" + "".join(
        rule_faults.not_assessed(code, "tasks")
        for code in ("tasks_assigned", "tasks_completed_on_time", "tasks_completed_late", "tasks_in_progress_on_time",
                     "tasks_in_progress_overdue", "task_completion_rate", "task_on_time_rate")
    )  # fmt: skip
    audit = judge(changes, without_feeds=("tasks",))
    rules = rules_of(audit)
    for rule_id in (
        "rows_fct_tasks",
        "no_task_overdue",
        "task_on_time_target",
        "limit_unknown_agency_of_tasks",
    ):
        assert rules[rule_id]["not_applicable"] is True
        assert rules[rule_id]["success"] is True
    failed = failed_in(audit)
    assert failed == {rule_id for rule_id in failed if rule_id.startswith("headline_assessed_task")}
    assert "chưa có nguồn nào giao dữ liệu tasks" in rules["headline_assessed_tasks_assigned"]["message_vi"]
    assert "no source delivers the feed tasks" in rules["headline_assessed_tasks_assigned"]["message_en"]


def _of_copy(**counts: int) -> dict[str, Any]:
    [own] = [item for item in inputs() if item["feed"] == "dossiers"]
    return (
        own
        | {"source": "ban_sao_quoc_gia", "file": "dossiers/ban_sao_quoc_gia/c.csv", "national_copy": True}
        | counts
    )


def test_broken_records_of_the_national_copy_are_told_and_are_over_no_limit(judge: Judge) -> None:
    copied = _of_copy(rows=10, accepted=1, quarantined=9)
    told = "update data_quality set records = records + 9 where origin = 'quarantined' and feed = 'dossiers'"
    judged = {"only": ("data_quality",), "manifest_changes": {"inputs": [*inputs(), copied]}}
    assert failed_in(judge(told, **judged)) == set()


def test_a_national_copy_alone_delivers_no_dossiers(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    facts = {"period": {"code": PERIOD, "end": "2022-09-14"}, "inputs": [_of_copy()]}
    path.write_text(json.dumps(facts), "utf-8")
    assert read_candidate(tmp_path).delivered == frozenset()


def test_a_commitment_on_a_denominator_of_zero_does_not_apply(judge: Judge) -> None:
    changes = rule_faults.figure("one_stop_coverage_district", "0", "0", status="not_applicable") + (
        "update indicator_values set value = null, reason = 'denominator_zero' where status = 'not_applicable';"
        "update headline_figures set value = null where status = 'not_applicable';"
    )
    audit = judge(changes, only=FIGURE_MARTS)
    assert failed_in(audit) == set()
    assert rules_of(audit)["one_stop_coverage_district_full"]["not_applicable"] is True


def test_without_a_limit_in_force_nothing_is_tolerated(judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "limits.yml"
    path.write_text("limits: []\n", "utf-8")
    audit = judge(only=("data_quality",), audit={"limits_path": path})
    assert failed_in(audit) == {"limit_quarantined_dossiers"}


def test_there_is_nothing_to_audit_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no candidate to judge"):
        build_audit(tmp_path, [], None, JUDGED_ON)


def test_a_damaged_manifest_is_refused(province: DuckDBPyConnection, tmp_path: Path) -> None:
    candidate = write_candidate(province, tmp_path / "candidate")
    (candidate / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(RefusedError, match="damaged"):
        build_audit(candidate, [], None, JUDGED_ON)
