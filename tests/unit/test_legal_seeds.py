"""What the seeds of legal values say about how a rule is known agrees with whether it may judge."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
WITH_EVIDENCE = ("deputy_norms", "autonomy_groups", "payroll_baselines")


@pytest.mark.parametrize("seed", WITH_EVIDENCE)
def test_a_rule_known_by_heart_judges_only_with_high_confidence_and_says_so(seed):
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["evidence"] for row in rows} <= {"source", "memory_high", "memory_medium", "memory_low"}
    for row in rows:
        if row["verified"] == "true":
            assert row["evidence"] in ("source", "memory_high"), row
        if row["evidence"] == "memory_high":
            assert "theo trí nhớ, độ tin cao" in row["doubt"], row
