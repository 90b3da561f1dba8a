"""The seeds of the indices: nothing counts as verified beyond its source, and each step says how it compares."""

from __future__ import annotations

import csv
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


def _rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_component_of_the_service_index_earns_points_before_its_rule_has_a_source():
    """Sources state maxima and two formulas whose maxima are from memory; the other formulas are one system's code."""
    rows = [row for row in _rows("index_criteria") if row["scheme"] == "DVC766-2022"]
    marks = {row["criterion_code"]: (row["maximum_verified"], row["formula_verified"]) for row in rows}
    assert [code for code, both in marks.items() if both == ("true", "true")] == []
    assert marks["I.1"] == marks["II.1"] == ("true", "false")
    assert marks["V.1"] == marks["V.2"] == ("false", "true")


def test_results_are_grouped_only_by_what_the_source_states():
    """It names A, B and C for the results under the set of 2022, no group D, and nothing of the set of 2024."""
    verified = [
        (row["scheme"], row["result_group"]) for row in _rows("index_groups") if row["verified"] == "true"
    ]
    assert verified == [("PAR-2022", "A"), ("PAR-2022", "B"), ("PAR-2022", "C")]


def test_every_step_that_rests_on_a_figure_says_how_it_compares():
    steps = [row for row in _rows("index_criteria") if row["method"] == "B" and row["evidence_indicator"]]
    compared = {(row["evidence_indicator"], row["operator"]) for row in steps}
    assert compared == {("dialogues_held", ">="), ("payroll_used_rate", "<=")}


def test_whatever_is_not_verified_says_what_is_in_doubt():
    criteria = [row for row in _rows("index_criteria") if row["kind"] != "group"]
    silent = [
        (row["scheme"], row["criterion_code"])
        for row in criteria
        if "false" in (row["maximum_verified"], row["formula_verified"]) and not row["doubt_vi"]
    ]
    silent += [
        (row["scheme"], row["result_group"])
        for row in _rows("index_groups")
        if row["verified"] == "false" and not row["doubt_vi"]
    ]
    assert silent == []
