"""The service index is said as points out of those that could be assessed, on the page, in both languages."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.release.page import write_page
from orchestration.release.points import read_points

MANIFEST = {
    "release_id": "R", "known_at": "2022-09-15T00:00:00", "simulated": True,
    "inputs": [{"feed": "tasks", "rows": 5, "accepted": 5, "quarantined": 0, "skipped": 0}],
    "period": {
        "code": "2022-9M", "start": "2021-12-15", "end": "2022-09-14", "provisional": False,
    },
}  # fmt: skip


def _write(folder: Path, figure: str, scale: str | None = "100") -> Path:
    """A release whose province has one row of the index: numerator, denominator, status, reason."""
    (folder / "marts").mkdir()
    duckdb.sql(
        f"""
        copy (
            select '2022-9M' as period_code, 'service_index_766' as indicator_code, variant, '*' as agency_level,
                '*' as agency_code, numerator::decimal(18, 4) as numerator, denominator::decimal(18, 4) as denominator,
                numerator::double as value, status, reason
            from (values ('default', {figure}), ('progress', 1, 2, 'no_target', null))
                as figures (variant, numerator, denominator, status, reason)
        ) to '{folder}/marts/indicator_values.parquet' (format parquet)
        """
    )
    if scale:
        duckdb.sql(
            f"copy (select '2022-9M' as period_code, {scale}::decimal(9, 4) as scheme_maximum) "
            f"to '{folder}/marts/service_index_766.parquet' (format parquet)"
        )
    return folder


def _said(folder: Path, language: str) -> str:
    points = read_points(folder, MANIFEST)
    assert points is not None
    return points.said(language)[1]


def test_points_stand_against_those_that_could_be_assessed_and_the_scale(tmp_path: Path) -> None:
    folder = _write(tmp_path, "23.9, 24, 'no_target', null")
    assert _said(folder, "vi") == "23,90 trên 24 điểm đánh giá được, thang 100"
    assert _said(folder, "en") == "23.90 of 24 assessable points, on a scale of 100"


def test_an_index_that_nothing_was_assessed_of_says_why(tmp_path: Path) -> None:
    folder = _write(tmp_path, "null, null, 'not_assessed', 'rule_unverified'")
    assert _said(folder, "vi") == (
        "chưa có điểm đánh giá được, thang 100: quy tắc áp dụng chưa được xác minh"
    )
    assert _said(folder, "en") == (
        "no assessable points yet, on a scale of 100: the rule that applies is not verified"
    )


def test_a_release_that_does_not_hold_the_components_names_no_scale(tmp_path: Path) -> None:
    assert _said(_write(tmp_path, "0, 4, 'no_target', null", None), "vi") == "0 trên 4 điểm đánh giá được"


@pytest.mark.parametrize("figure", ["null, null, 'not_applicable', 'not_in_force'"])
def test_before_the_index_is_in_force_nothing_is_said(tmp_path: Path, figure: str) -> None:
    assert read_points(_write(tmp_path, figure), MANIFEST) is None


def test_a_release_without_figures_says_nothing(tmp_path: Path) -> None:
    assert read_points(tmp_path, MANIFEST) is None


def test_the_page_says_it_in_both_languages(tmp_path: Path) -> None:
    folder = _write(tmp_path, "23.9, 24, 'no_target', null")
    duckdb.sql(
        f"""
        copy (
            select 'tasks_assigned' as indicator_code, 'default' as variant, true as is_headline, 5 as value,
                5 as numerator, null as denominator, 'count' as unit, null as operator, null as target,
                'no_target' as status, 'Nhiệm vụ' as label_vi, 'Tasks' as label_en
        ) to '{folder}/marts/headline_figures.parquet' (format parquet)
        """
    )
    page = write_page(folder, MANIFEST, {"suites": [], "waivers": []}).read_text("utf-8")
    assert "23,90 trên 24 điểm đánh giá được, thang 100" in page
    assert "23.90 of 24 assessable points, on a scale of 100" in page
