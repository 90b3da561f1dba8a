"""Great Expectations behind a thin adapter: checks in, outcomes out. The only importer of the library.

Belongs here: what each kind of check means in Great Expectations, and reading its results. Does not belong here:
what is expected (`suites/`), what a failure means (`verdict.py`). The library takes seconds to import: it is
imported inside functions, and `warm_up()` may be called early from a thread.

The road is SQL over the candidate's views, through the dialect in `dialect.py`.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.checks import Check, HasColumns, HasRows, NoRows, NotNull, Suite, ValuesInSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

LISTED = 20
"""Offending rows kept for messages and sample keys."""
_JUDGED = "judged_"
"""Prefix of the views that are the batches: under its own name a table is shadowed by its batch in every query."""
_FOUND = "number_of_rows_found"
"""Column of a query of offending rows that counts them."""


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
    """Import Great Expectations and the dialect; returns the library. Later calls cost nothing."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # noqa: PLC0415 - takes 3 seconds
    import great_expectations.expectations  # noqa: PLC0415

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


def validate(evidence: duckdb.DuckDBPyConnection, suites: Iterable[Suite]) -> dict[str, Outcome]:
    """Validate suites with Great Expectations.

    Args:
        evidence: the candidate's relations, see `evidence.py`.
        suites: checks by table; a rule stands in one check.

    Returns:
        Outcomes by rule id, one for every check: a check that could not run carries its error.
    """
    gx = warm_up()
    from expectations.dialect import URL, speaking_to  # noqa: PLC0415 - loads SQLAlchemy

    outcomes: dict[str, Outcome] = {}
    with speaking_to(evidence), contextlib.redirect_stdout(io.StringIO()):
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_sql("candidate", connection_string=URL)
        for suite in suites:
            outcomes |= {outcome.rule_id: outcome for outcome in _validate_suite(gx, evidence, source, suite)}
    return outcomes


def _validate_suite(
    gx: Any, evidence: duckdb.DuckDBPyConnection, source: Any, suite: Suite
) -> Iterator[Outcome]:
    if not suite.checks:
        return
    expectations = gx.ExpectationSuite(
        name=suite.table, expectations=[_expectation(gx, suite.table, check) for check in suite.checks]
    )
    try:
        evidence.execute(f'create or replace view "{_JUDGED}{suite.table}" as select * from "{suite.table}"')
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
            return _no_rows()(unexpected_rows_query=_over_batch(table, finds), meta=meta)
    raise TypeError(f"{type(check).__name__} has no meaning in Great Expectations.")


@cache
def _no_rows() -> Any:
    """The library's expectation of a query, asking once where that asks twice: for the rows and for their number."""

    class ExpectNoRowsFromQuery(warm_up().expectations.UnexpectedRowsExpectation):  # type: ignore[misc]
        metric_dependencies = ("unexpected_rows_query.table",)

        def _validate(self, metrics: Any, *_: Any, **__: Any) -> dict[str, Any]:
            rows = metrics["unexpected_rows_query.table"]
            found = int(rows[0][_FOUND]) if rows else 0
            listed = [{name: value for name, value in row.items() if name != _FOUND} for row in rows]
            return {
                "success": found == 0,
                "result": {"observed_value": found, "details": {"unexpected_rows": listed}},
            }

    return ExpectNoRowsFromQuery


def _over_batch(table: str, sql: str) -> str:
    """The query with the judged table standing for the batch, so that suites read like plain SQL.

    Each row carries how many there are: the library fetches only the first of them.
    """
    judged, rest = f"with {table} as (select * from {{batch}})", sql.strip()
    query = f"{judged}, {rest.removeprefix('with ')}" if rest.startswith("with ") else f"{judged} {rest}"
    return f'select *, count(*) over () as "{_FOUND}" from ({query}) as unexpected'


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
