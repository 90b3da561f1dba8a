"""Each dbt rule of the tables beside the dossier core, broken alone, fails under its own id and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from broken_rules import compiled_rules, failing_rules, undone_afterwards
from harness import prepare_raw
from province_rows import province
from test_rules_of_dossiers import RULES as RULES_OF_DOSSIERS

from expectations.registry import DBT, load_registry
from orchestration.warehouse import dbt_build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED, DOSSIERS, PERIOD = 7, 150, "2022-9M"
TOLD_TWICE = (
    "data_quality", "dim_admin_unit", "dim_agency", "dim_date", "dim_indicator", "dim_period", "dim_procedure",
    "due_forecast", "handling_times", "late_steps", "open_ageing",
    "fct_organisation_changes", "fct_procedure_publications", "fct_staff_assignments", "fct_tasks",
    "headline_figures", "indicator_values", "indicator_values_by_geography", "publication_timeliness", "satisfaction",
    "par_index", "service_index_766",
)  # fmt: skip
BRIDGES = ("bridge_agency_succession", "bridge_unit_succession")
ORGANISATION = (
    "functions_regulated", "organisation_flows", "organisation_stocks", "deputy_norms_compliance", "payroll",
    "unit_autonomy",
)  # fmt: skip

DAMAGE = {
    f"{table}_key": f"insert into marts.{table} select * from marts.{table} limit 1" for table in TOLD_TWICE
} | {
    "days_off_are_not_worked": "update marts.dim_date set is_make_up = true where date_day = date '2024-05-05'",
    "publication_timeliness_adds_up": """
        update marts.publication_timeliness set published_late = published_late + 1 where period_code = '2022-9M'
    """,
    "handling_times_in_order": "update marts.handling_times set p90_working_hours = p90_calendar_hours + 1",
    "late_steps_within_bounds": "update marts.late_steps set longest_in = dossiers + 1",
    "par_index_within_maximum": """
        update marts.par_index set appraised_points = maximum + 0.25 where criterion_code = '2' and year = 2021
    """,
    "service_index_points_within_maximum": """
        update marts.service_index_766 set points = 3 where reason = 'rule_unverified' and component_code = 'III.1'
    """,
    "indicator_rows_published": """
        update marts.indicator_values set variant = 'another'
        where indicator_code = 'tasks_assigned' and period_code = '2022-9M'
    """,
}
for _bridge in BRIDGES:
    DAMAGE[f"{_bridge}_key"] = (
        f"insert into marts.{_bridge} select * replace (0 as weight) from marts.{_bridge} limit 1"
    )
    DAMAGE[f"{_bridge}_weights"] = f"update marts.{_bridge} set weight = 0.9 where weight = 1 and steps = 0"
for _table in ORGANISATION:
    DAMAGE[f"{_table}_grain"] = f"insert into marts.{_table} select * from marts.{_table} limit 1"
DAMAGE |= {
    "organisation_stocks_follow_since_baseline": """
        update marts.organisation_stocks set at_baseline = at_baseline + 1 where period_code = '2022-08'
    """,
    "organisation_stocks_follow_in_period": """
        update marts.organisation_stocks set at_start = at_start + 1 where period_code = '2022-08'
    """,
    "deputy_norms_compliance_status": """
        update marts.deputy_norms_compliance set reason = 'rule_unverified' where status <> 'not_assessed'
    """,
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The database of a built lake, and the SQL of every dbt rule."""
    rows, _ = province(SEED, DOSSIERS)
    lake = prepare_raw(tmp_path_factory.mktemp("lake"), rows, period=PERIOD)
    dbt_build.build_models(lake)
    return lake.build_database, compiled_rules(lake)


@pytest.fixture
def warehouse(compiled: tuple[Path, dict[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
    with undone_afterwards(compiled[0]) as connection:
        yield connection


def test_every_rule_holds_on_an_undamaged_warehouse(
    warehouse: duckdb.DuckDBPyConnection, compiled: tuple[Path, dict[str, str]]
) -> None:
    assert failing_rules(warehouse, compiled[1]) == set()


@pytest.mark.parametrize("rule", DAMAGE)
def test_a_rule_broken_alone_fails_under_its_own_id(
    warehouse: duckdb.DuckDBPyConnection, compiled: tuple[Path, dict[str, str]], rule: str
) -> None:
    warehouse.execute(DAMAGE[rule])
    assert failing_rules(warehouse, compiled[1]) == {rule}


def test_every_rule_of_dbt_is_broken_alone_on_one_of_the_two_pages(
    compiled: tuple[Path, dict[str, str]],
) -> None:
    registered = {rule.rule_id for rule in load_registry().values() if rule.engine == DBT}
    assert registered == DAMAGE.keys() | RULES_OF_DOSSIERS
    assert registered == compiled[1].keys()
