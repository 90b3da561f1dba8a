"""The cost of a single model's SQL is measured over what a run left."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.bench.model import cost_of, main
from orchestration.lake import Lake


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path)
    compiled = lake.build / "dbt" / "compiled" / "cchc" / "models" / "marts" / "core"
    compiled.mkdir(parents=True)
    (compiled / "fct_things.sql").write_text('select * from "warehouse"."main"."things"')
    with duckdb.connect(str(lake.build_database)) as connection:
        connection.execute("create table things as select * from range(7)")
    return lake


def test_a_model_is_executed_over_the_build_database_without_changing_it(lake):
    before = lake.build_database.stat().st_mtime_ns

    cost = cost_of(lake, "fct_things", times=3)

    assert (cost.model, cost.rows) == ("fct_things", 7)
    assert cost.wall > 0
    assert cost.cpu >= 0
    assert lake.build_database.stat().st_mtime_ns == before


def test_a_model_that_was_not_compiled_is_named(lake):
    with pytest.raises(ValueError, match="fct_others"):
        cost_of(lake, "fct_others")


def test_without_a_model_the_command_says_how_it_is_used(capsys):
    assert main(["lake"]) == 2
    assert "LAKE MODEL" in capsys.readouterr().err
