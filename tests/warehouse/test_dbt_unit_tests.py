"""dbt's unit tests, which stand beside the models: each is a test here, so that a failure is named after its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from harness import prepare_raw

from orchestration.warehouse import dbt_build

if TYPE_CHECKING:
    from pathlib import Path


def _run(folder: Path) -> list[Any]:
    """Build an empty lake, whose relations give the fixtures their types, and run the unit tests in it."""
    lake = prepare_raw(folder, {}, period="2022-9M")
    dbt_build.build_models(lake)
    return list(dbt_build._invoke("test", lake, ("--select", "test_type:unit"), None))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return _run(tmp_path_factory.mktemp("lake"))


def test_every_unit_test_of_dbt_passes(results: list[Any]) -> None:
    failed = [f"{result.node.name}:\n{result.message}" for result in results if result.status != "pass"]
    assert not failed, "\n\n".join(failed)


def test_the_counting_rules_of_dossiers_have_unit_tests(results: list[Any]) -> None:
    tested = {result.node.tested_node_unique_id.rsplit(".", 1)[-1] for result in results}
    assert tested >= {
        "int_dossiers__received",
        "int_dossiers__events",
        "int_dossiers__status_changes",
        "int_dossiers__states",
        "int_dossiers__due_changes",
        "int_dossiers__expected_due",
        "int_dossiers__resolutions",
        "int_dossiers__at_period_ends",
        "int_periods__in_scope",
    }
