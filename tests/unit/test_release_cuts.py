"""A reduction of units is said with its baseline: net beside gross, both days, in both languages."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.release.cuts import read_cuts

MANIFEST = {"period": {"code": "2022-9M", "end": "2022-09-14"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "marts").mkdir()
    duckdb.sql(
        f"""
        copy (
            select * from (values
                ('2022-9M', 'units', 'unverified', 800, 198, 79, 0, 0, 3, 0, 678),
                ('2022-9M', 'units', 'unverified', 3, 0, 0, 0, 0, 0, 3, 6),
                ('2022-08', 'units', 'unverified', 1, 0, 0, 0, 0, 0, 0, 1),
                ('2022-9M', null, 'unverified', 1, 0, 0, 0, 0, 0, 0, 1),
                ('2022-9M', 'groups', 'verified', 2053, 571, 0, 0, 0, 0, 0, 1482)
            ) as stocks (
                period_code, indicator_code, baseline_status, at_baseline, dissolved_or_merged, created, converted_out,
                converted_in, transferred_out, transferred_in, at_end
            ) cross join (select date '2017-12-31' as baseline_on)
        ) to '{tmp_path}/marts/organisation_stocks.parquet' (format parquet)
        """
    )
    return tmp_path


def test_a_cut_is_the_stock_at_the_baseline_less_the_stock_at_the_end_with_both_days(folder: Path) -> None:
    said = read_cuts(folder, MANIFEST)["units"].said("vi")
    assert said.startswith(
        "119 = 803 (31/12/2017) − 684 (14/09/2022); giải thể, sáp nhập 198, thành lập mới 79,"
    )
    assert said.endswith("đi 3 đến 3; ngày gốc chưa có số quyết định")


def test_a_baseline_with_a_decision_needs_no_reservation(folder: Path) -> None:
    said = read_cuts(folder, MANIFEST)["groups"].said("en")
    assert said.startswith(
        "571 = 2,053 (31/12/2017) − 1,482 (14/09/2022); dissolved or merged 571, created 0,"
    )
    assert "decision number" not in said


def test_a_release_without_the_mart_says_nothing(tmp_path: Path) -> None:
    assert read_cuts(tmp_path, MANIFEST) == {}
