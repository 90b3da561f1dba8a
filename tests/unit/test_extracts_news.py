"""What counts as news in the landing zone."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.extracts.ingest import ingest
from orchestration.extracts.news import has_news
from orchestration.lake import Lake
from orchestration.settings import load_settings

GOOD = "agency_code,year,quota\nH28.11,2022,40\n"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    drop(made, "payroll_quotas/2022-01-15_quotas.csv", GOOD)
    ingest(made, load_settings({"CCHC_LAKE": str(made.root), "CCHC_ENV": "test"}))
    return made


def drop(lake: Lake, name: str, content: str) -> None:
    path = lake.landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def test_what_was_read_is_no_news(lake: Lake) -> None:
    assert not has_news(lake)


def test_the_same_bytes_under_another_name_are_no_news(lake: Lake) -> None:
    drop(lake, "payroll_quotas/2022-02-15_quotas.csv", GOOD)
    assert not has_news(lake)


def test_other_bytes_are_news(lake: Lake) -> None:
    drop(lake, "payroll_quotas/2022-01-15_quotas.csv", GOOD + "H28.12,2022,30\n")
    assert has_news(lake)


def test_a_broken_file_stays_news(lake: Lake) -> None:
    drop(lake, "payroll_quotas/2022-02-15_quotas.csv", "agency_code\nH28.11\n")
    report = ingest(lake, load_settings({"CCHC_LAKE": str(lake.root), "CCHC_ENV": "test"}))
    assert len(report.broken) == 1
    assert has_news(lake)


def test_a_file_still_being_written_is_no_news(lake: Lake) -> None:
    drop(lake, "payroll_quotas/2022-02-15_quotas.csv.part", GOOD + "H28.12,2022,30\n")
    assert not has_news(lake)
