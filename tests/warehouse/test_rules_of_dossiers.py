"""Each dbt rule of the dossier core, broken alone, fails under its own id and under no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from broken_rules import compiled_rules, failing_rules, undone_afterwards
from harness import prepare_raw
from histories import random_dossiers
from test_counting_rules_at_random import raw_rows

from orchestration.warehouse import dbt_build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = (
    "fct_dossiers", "fct_dossier_states", "fct_dossier_suspensions", "form_06a", "int_dossiers__at_period_ends",
)  # fmt: skip

DAMAGE = {
    "form_06a_grain": """
        insert into marts.form_06a
        select period_code, calendar, block, agency_code, sector_code, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        from marts.form_06a limit 1
    """,
    "form_06a_received_adds_up": """
        update marts.form_06a set carried_over = carried_over + 1 where period_code = '2022-9M'
    """,
    "form_06a_resolved_adds_up": """
        update marts.form_06a set resolved_early = resolved_early + 1 where period_code = '2022-03'
    """,
    "form_06a_in_progress_adds_up": """
        update marts.form_06a set in_progress_on_time = in_progress_on_time + 1 where period_code = '2022-03'
    """,
    "form_06a_flow": """
        update marts.form_06a set carried_over = carried_over + 1, received_total = received_total + 1
        where period_code = '2022-9M'
    """,
    "carried_over_equals_stock": """
        update marts.form_06a set
            carried_over = carried_over + 1, received_total = received_total + 1,
            in_progress_on_time = in_progress_on_time + 1, in_progress_total = in_progress_total + 1
        where period_code = '2022-03'
    """,
    "months_add_up": """
        update marts.form_06a set received_online = received_online + 1, received_direct = received_direct - 1
        where period_code = '2022-Q2'
    """,
    "dossier_classes_exclusive": """
        update intermediate.int_dossiers__at_period_ends set is_carried_over = true where is_member and is_received
    """,
    "dossier_states_unbroken": """
        update marts.fct_dossier_states set valid_to = valid_to + interval '1' second
        where interval_no = 1 and valid_to is not null
    """,
    "suspensions_end_after_start": """
        update marts.fct_dossier_suspensions set ended_at = started_at where ended_at is not null
    """,
    "suspensions_are_measured": "update marts.fct_dossier_suspensions set working_hours = null where is_open",
    "handling_time_of_closed_dossiers": """
        update marts.fct_dossiers set handling_working_hours = handling_calendar_hours + 1 where closed_at is not null
    """,
    "expected_due_follows_receipt": """
        update marts.fct_dossiers
        set expected_due_at = received_at - interval 1 second, expected_due_has_time = true
        where received_at is not null
    """,
    "dossiers_received_have_state": "update marts.fct_dossiers set state = null where state = '9'",
    "fct_dossiers_grain": "insert into marts.fct_dossiers select * from marts.fct_dossiers limit 1",
    "fct_dossier_suspensions_grain": """
        insert into marts.fct_dossier_suspensions select * from marts.fct_dossier_suspensions limit 1
    """,
}

RULES = DAMAGE.keys() | {"fct_dossier_states_grain", "control_totals_agree"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The database of a built lake, and the SQL of each rule of this page."""
    lake = prepare_raw(tmp_path_factory.mktemp("lake"), raw_rows(random_dossiers(11, 300)), period="2022")
    dbt_build.build_models(lake, select=tuple(f"+{table}" for table in TABLES))
    rules = compiled_rules(lake, "--select", *TABLES)
    return lake.build_database, {rule: sql for rule, sql in rules.items() if rule in RULES}


@pytest.fixture
def warehouse(compiled: tuple[Path, dict[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
    with undone_afterwards(compiled[0]) as connection:
        yield connection


def test_every_rule_holds_on_an_undamaged_warehouse(
    warehouse: duckdb.DuckDBPyConnection, compiled: tuple[Path, dict[str, str]]
) -> None:
    assert compiled[1].keys() == RULES
    assert failing_rules(warehouse, compiled[1]) == set()


@pytest.mark.parametrize("rule", DAMAGE)
def test_a_rule_broken_alone_fails_under_its_own_id(
    warehouse: duckdb.DuckDBPyConnection, compiled: tuple[Path, dict[str, str]], rule: str
) -> None:
    warehouse.execute(DAMAGE[rule])
    assert failing_rules(warehouse, compiled[1]) == {rule}


def test_an_interval_told_twice_breaks_grain_and_chain(
    warehouse: duckdb.DuckDBPyConnection, compiled: tuple[Path, dict[str, str]]
) -> None:
    warehouse.execute("insert into marts.fct_dossier_states select * from marts.fct_dossier_states limit 1")
    assert failing_rules(warehouse, compiled[1]) == {"fct_dossier_states_grain", "dossier_states_unbroken"}


@pytest.mark.parametrize(
    ("measure", "column"),
    [
        ("received", "received_online + received_direct"),
        ("resolved", "resolved_total"),
        ("in_progress", "in_progress_total"),
    ],
)
def test_a_control_total_holds_what_the_form_counts_and_not_one_more(
    warehouse: duckdb.DuckDBPyConnection, compiled: tuple[Path, dict[str, str]], measure: str, column: str
) -> None:
    warehouse.execute(
        f"""
        insert into raw.control_totals by name
        select
            'dossiers' as feed, 'test' as source, 'H28.1' as agency_code, date '2022-02-15' as covers_from,
            date '2022-03-14' as covers_to, '{measure}' as measure, sum({column}) as value,
            date '2022-04-01' as extract_date, timestamp '2022-04-01' as recorded_at, 1 as file_line, 'c' as file_id
        from marts.form_06a where period_code = '2022-03'
        """
    )
    [(counted,)] = warehouse.execute("select value from raw.control_totals").fetchall()
    assert counted > 0
    assert failing_rules(warehouse, compiled[1]) == set()
    warehouse.execute("update raw.control_totals set value = value + 1")
    assert failing_rules(warehouse, compiled[1]) == {"control_totals_agree"}
