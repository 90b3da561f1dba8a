"""Great Expectations behind a thin adapter: checks in, outcomes out. The only importer of the library.

Belongs here: what each kind of check means in Great Expectations, and reading its results. Does not belong here:
what is expected (`suites/`), what a failure means (`verdict.py`). The library takes seconds to import: it is
imported inside functions, and `warm_up()` may be called early from a thread.

The road is SQL over the candidate's views. Its SQLAlchemy dialect is our own subclass of duckdb-engine's, because
Great Expectations fetches after its connection went back to the pool, and the pool's rollback would end DuckDB's
pending result; and because reflecting columns through DuckDB's `pg_catalog` takes 45 ms a table.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.checks import Check, HasColumns, HasRows, NoRows, NotNull, Suite, ValuesInSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

LISTED = 20
"""Offending rows kept for messages and sample keys."""
_DIALECT = "cchc_evidence"
_JUDGED = "judged_"
"""Prefix of the views that are the batches: under its own name a table is shadowed by its batch in every query."""


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations found for one check.

    Attributes:
        rule_id: its rule.
        success: it held.
        unexpected_count: offending rows or values; 0 where it held or could not run.
        rows: the first offending rows as dictionaries.
        observed: the value observed by checks of the shape (row count, columns), else None.
        error: why it could not run, or None.
    """

    rule_id: str
    success: bool
    unexpected_count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    observed: Any = None
    error: str | None = None


@cache
def warm_up() -> Any:
    """Import Great Expectations and register the dialect; returns the library. Later calls cost nothing."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # noqa: PLC0415 - takes 3 seconds
    import great_expectations.expectations  # noqa: PLC0415
    from sqlalchemy.dialects import registry  # noqa: PLC0415

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    sys.modules[_DIALECT] = _dialect_module()
    registry.register(f"duckdb.{_DIALECT}", _DIALECT, "EvidenceDialect")
    return gx


def _dialect_module() -> Any:
    from types import ModuleType  # noqa: PLC0415

    from duckdb_engine import ConnectionWrapper, Dialect  # noqa: PLC0415
    from sqlalchemy import types  # noqa: PLC0415

    class EvidenceDialect(Dialect):  # type: ignore[misc]
        """DuckDB for reading only: no transactions, cheap reflection, always the connection of the audit."""

        supports_statement_cache = False

        def connect(self, *_: Any, **__: Any) -> Any:
            return ConnectionWrapper(_current[-1].cursor())

        def do_begin(self, connection: Any) -> None:
            """Nothing is written."""

        def do_commit(self, connection: Any) -> None:
            """Nothing is written."""

        def do_rollback(self, connection: Any) -> None:
            """A rollback would end the pending result."""

        def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
            rows = _current[-1].execute(f'describe "{table_name}"').fetchall()
            return [
                {"name": row[0], "type": types.NullType(), "nullable": True, "default": None, "comment": None}
                for row in rows
            ]

        def get_pk_constraint(
            self, connection: Any, table_name: str, schema: str | None = None, **_: Any
        ) -> Any:
            return {"constrained_columns": [], "name": None}

        def has_table(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> bool:
            query = "select 1 from duckdb_columns() where table_name = ?"
            return _current[-1].execute(query, [table_name]).fetchone() is not None

    module = ModuleType(_DIALECT)
    module.EvidenceDialect = EvidenceDialect  # type: ignore[attr-defined]
    return module


_current: list[Any] = []
"""The evidence of the validation under way: the dialect has no other way to be handed a connection."""


def validate(evidence: duckdb.DuckDBPyConnection, suites: Iterable[Suite]) -> dict[str, Outcome]:
    """Validate suites with Great Expectations.

    Args:
        evidence: the candidate's relations, see `evidence.py`.
        suites: checks by table; a rule stands in one check.

    Returns:
        Outcomes by rule id, one for every check: a check that could not run carries its error.
    """
    gx = warm_up()
    _current.append(evidence)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = {"globally": False, "metric_calculations": False}
            source = context.data_sources.add_sql("candidate", connection_string=f"duckdb+{_DIALECT}://")
            outcomes = {}
            for suite in suites:
                outcomes |= {outcome.rule_id: outcome for outcome in _validate_suite(gx, source, suite)}
    finally:
        _current.pop()
    return outcomes


def _validate_suite(gx: Any, source: Any, suite: Suite) -> Iterator[Outcome]:
    if not suite.checks:
        return
    expectations = gx.ExpectationSuite(
        name=suite.table, expectations=[_expectation(gx, suite.table, check) for check in suite.checks]
    )
    try:
        _current[-1].execute(
            f'create or replace view "{_JUDGED}{suite.table}" as select * from "{suite.table}"'
        )
        asset = source.add_table_asset(suite.table, table_name=f"{_JUDGED}{suite.table}")
        batch = asset.get_batch(asset.build_batch_request())
        report = batch.validate(expectations, result_format="COMPLETE")
    except Exception as error:  # noqa: BLE001 - whatever it is, the checks of this table could not run
        yield from (Outcome(check.rule_id, success=False, error=_line(str(error))) for check in suite.checks)
        return
    reported = {result.expectation_config.meta["rule_id"]: result for result in report.results}
    for check in suite.checks:
        yield _outcome(check, reported.get(check.rule_id))


def _expectation(gx: Any, table: str, check: Check) -> Any:
    known = gx.expectations
    meta = {"rule_id": check.rule_id}
    match check:
        case HasRows(at_least=at_least):
            return known.ExpectTableRowCountToBeBetween(min_value=at_least, meta=meta)
        case HasColumns(columns=columns):
            return known.ExpectTableColumnsToMatchSet(column_set=list(columns), exact_match=True, meta=meta)
        case ValuesInSet(column=column, values=values):
            return known.ExpectColumnValuesToBeInSet(column=column, value_set=list(values), meta=meta)
        case NotNull(column=column):
            return known.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
        case NoRows(finds=finds):
            return known.UnexpectedRowsExpectation(unexpected_rows_query=_over_batch(table, finds), meta=meta)
    raise TypeError(f"{type(check).__name__} has no meaning in Great Expectations.")


def _over_batch(table: str, sql: str) -> str:
    """The query with the judged table standing for the batch, so that suites read like plain SQL."""
    judged, rest = f"with {table} as (select * from {{batch}})", sql.strip()
    return f"{judged}, {rest.removeprefix('with ')}" if rest.startswith("with ") else f"{judged} {rest}"


def _outcome(check: Check, result: Any) -> Outcome:
    if result is None:
        return Outcome(check.rule_id, success=False, error="Great Expectations returned no result.")
    error = _error(result.exception_info)
    if error:
        return Outcome(check.rule_id, success=False, error=error)
    found: Mapping[str, Any] = result.result or {}
    if isinstance(check, NoRows):
        rows = found.get("details", {}).get("unexpected_rows", [])
        return Outcome(
            check.rule_id,
            bool(result.success),
            int(found["observed_value"]),
            [dict(row) for row in rows[:LISTED]],
        )
    if isinstance(check, HasRows | HasColumns):
        return Outcome(
            check.rule_id,
            bool(result.success),
            0 if result.success else 1,
            observed=found.get("observed_value"),
        )
    values = found.get("partial_unexpected_list", [])
    counts = {str(value): None for value in values}
    rows = [{"record": value} for value in list(counts)[:LISTED]]
    return Outcome(check.rule_id, bool(result.success), int(found.get("unexpected_count") or 0), rows)


def _error(info: Any) -> str | None:
    """What was raised; the library nests one entry per metric where several are concerned."""
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [entry for entry in entries if entry.get("raised_exception")]
    return _line(str(raised[0].get("exception_message"))) if raised else None


def _line(text: str) -> str:
    return " ".join(text.split())[:500]
