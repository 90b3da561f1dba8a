"""Signals of gaming: dated thresholds that somebody answers for; each signal says what it does not prove."""

from __future__ import annotations

import csv
import re
from datetime import date
from itertools import pairwise

import pytest
import yaml

from orchestration.settings import REPOSITORY

DBT = REPOSITORY / "dbt_project"
LISTS = sorted(path for path in (DBT / "models/qc").glob("qc_*.sql") if path.stem != "qc_signal_counts")


def seed(name: str) -> list[dict[str, str]]:
    with (DBT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_threshold_is_used_by_one_signal_and_every_one_used_is_a_row() -> None:
    used = [
        code for path in LISTS for code in re.findall(r"qc_threshold\('([a-z_]+)'\)", path.read_text("utf-8"))
    ]
    assert sorted(used) == sorted({row["threshold_code"] for row in seed("qc_thresholds")})


def test_thresholds_follow_each_other_without_gap_and_somebody_answers_for_them() -> None:
    rows = seed("qc_thresholds")
    for code in {row["threshold_code"] for row in rows}:
        own = sorted(
            (row for row in rows if row["threshold_code"] == code), key=lambda row: row["valid_from"]
        )
        assert all(earlier["valid_to"] == later["valid_from"] for earlier, later in pairwise(own))
        assert own[-1]["valid_to"] == ""
    for row in rows:
        assert date.fromisoformat(row["valid_from"])
        assert int(row["value"]) >= 0
        assert all(row[name] for name in ("unit", "reason_vi", "reason_en", "owner_vi", "owner_en"))


def test_no_signal_holds_a_threshold_of_its_own() -> None:
    """Numbers in the models are those of the domain (states, seconds of a minute), never limits."""
    allowed = {"0", "1", "5", "60"}
    for path in LISTS:
        sql = re.sub(r"\{#.*?#\}|'[^']*'|\b[a-z_]+[0-9]+\b", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert set(re.findall(r"\b\d+\b", sql)) <= allowed, path.name


def test_no_figure_reads_who_an_applicant_is() -> None:
    """Placeholders that nobody verified speak in signals, so they must speak nowhere else."""
    private = re.compile(r"has_placeholder_identity|applicant_sk|phone_sk")
    readers = {
        path.stem for path in (DBT / "models").rglob("*.sql") if private.search(path.read_text("utf-8"))
    }
    assert readers == {"stg_dossiers", "qc_online_typed_by_officer", "qc_withdrawn_and_refiled"}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_signal_says_what_it_does_not_prove_and_whom_to_ask(path) -> None:
    [model] = yaml.safe_load(path.with_suffix(".yml").read_text("utf-8"))["models"]
    vietnamese, english = model["description"].split(" | ")
    assert re.search(r"Không chứng minh|chỉ là đáng ngờ", vietnamese)
    assert "Hỏi " in vietnamese
    assert re.search(r"proves no wrong|suspicious only", english)
    assert "Ask the " in english
    assert [column["name"] for column in model["columns"]][:3] == [
        "dossier_key",
        "agency_code",
        "source_name",
    ]
    assert f"`{path.stem.removeprefix('qc_')}`" in (REPOSITORY / "docs/signals.md").read_text("utf-8")
