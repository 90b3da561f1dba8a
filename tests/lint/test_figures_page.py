"""The catalogue of figures is the one that the seeds and the registry give, and says what it must of each figure."""

from __future__ import annotations

import csv

import pytest

from expectations.figures_page import AREAS, PAGE, SEEDS, acts_in, figures_page
from orchestration.warehouse.parsed_project import MANIFEST, ensure_parsed


@pytest.fixture(scope="module")
def page() -> str:
    ensure_parsed()
    return figures_page(MANIFEST)


@pytest.fixture(scope="module")
def indicators() -> list[dict[str, str]]:
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def section_of(page: str, code: str) -> str:
    return page.split(f"### `{code}`\n", 1)[1].split("\n### ", 1)[0]


def test_the_catalogue_in_the_documentation_is_up_to_date(page: str) -> None:
    assert PAGE.read_text("utf-8") == page, "python -m expectations.figures_page writes it"


def test_every_variant_stands_under_its_figure_with_its_words_in_both_languages(
    page: str, indicators: list[dict[str, str]]
) -> None:
    for row in indicators:
        section = section_of(page, row["indicator_code"])
        assert f"`{row['variant']}`" in section
        for name in ("label_vi", "label_en", "definition_vi", "definition_en", "legal_basis"):
            assert row[name] in section, (row["indicator_code"], name)


def test_a_figure_names_its_feeds_model_target_baseline_and_the_checks_that_guard_it(page: str) -> None:
    on_time = section_of(page, "dossiers_on_time_rate")
    assert "`indicator_dossiers_on_time`" in on_time
    assert "Target of `form_06a`: > 99.7 % (commitment, at every level)" in on_time
    assert "Guarded by `headline_assessed_dossiers_on_time_rate`, `dossiers_on_time_target`." in on_time
    assert "`control_totals_agree`" in on_time
    reduced = section_of(page, "public_service_units_reduced")
    assert "Baseline: 2017-12-31 (unverified)" in reduced
    assert "Requires the feeds `agencies`." in reduced


def test_a_check_of_another_figure_guards_no_other(page: str) -> None:
    assert "dossiers_on_time_target" not in section_of(page, "dossiers_received")


def test_every_act_that_a_definition_target_or_baseline_names_has_its_dates(page: str) -> None:
    columns = {"indicators": "legal_basis", "targets": "legal_reference", "baselines": "legal_reference"}
    for name, column in columns.items():
        with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert acts_in(row[column]), (name, row["indicator_code"])
    one_stop = section_of(page, "one_stop_coverage_district")
    assert "61/2018/NĐ-CP: issued 2018-04-23, from 2018-06-21, until 2025-07-01, exclusive" in one_stop
    assert "118/2025/NĐ-CP: issued 2025-06-09, from 2025-07-01" in one_stop


def test_every_area_of_the_catalogue_has_a_name(indicators: list[dict[str, str]]) -> None:
    assert {row["area_code"] for row in indicators} == AREAS.keys()
