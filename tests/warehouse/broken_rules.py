"""Breaking dbt's rules one by one in a built warehouse: their SQL, a connection that forgets, which ones fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.lake import Lake
from orchestration.warehouse import dbt_build


def compiled_rules(lake: Lake, *selection: str) -> dict[str, str]:
    """SQL of the data tests of a built lake, by the rule they hold."""
    results = dbt_build._invoke("test", lake, ("--exclude-resource-type", "unit_test", *selection), None)
    return {result.node.config.meta["rule_id"]: result.node.compiled_code for result in results}


@contextmanager
def undone_afterwards(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose changes are taken back."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("begin")
        yield connection
        connection.execute("rollback")


def failing_rules(connection: duckdb.DuckDBPyConnection, rules: dict[str, str]) -> set[str]:
    """The rules that some row breaks."""
    return {
        rule for rule, sql in rules.items() if connection.execute(f"select 1 from ({sql}) limit 1").fetchone()
    }
