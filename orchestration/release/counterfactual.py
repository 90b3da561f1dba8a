"""The figures as they would be with some of what arrived: one state of knowledge after the other.

Belongs here: building the figures of each state from the compiled SQL, and which dossiers moved in the released period.
Does not belong here: which rows belong to which cause (`arrivals.py`), who asks (`causes.py`).

Each state is the one before and one cause more, so what the causes moved sums to what all of them moved together. A
dossier's part of a figure is told by the figure's own SQL, asked for dossiers in the place of agencies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestration.release.arrivals import (
    DIMENSIONS,
    RECORD_CAUSES,
    WITHDRAWN,
    Sides,
    arrived_records,
    causes_of_relations,
    lay_state,
    pool_records,
)
from orchestration.warehouse.compiled_sql import (
    CATALOGUE,
    compiled,
    ensure_compiled,
    execute,
    reading,
    upstream_of,
)
from orchestration.warehouse.context import BuildScope
from orchestration.warehouse.parsed_project import parsed_manifest
from orchestration.warehouse.raw_views import lay_raw, write_context, write_deliveries

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.lake import Lake
    from orchestration.release.arrivals import ArrivedRecords
    from orchestration.settings import Settings

MOMENT = "moment"
"""Known-at itself moved on: what was dated later than the earlier one may be used, without any record."""
FIGURES = "indicator_values"
AT_ENDS = "int_dossiers__at_period_ends"
CELL = ("period_code", "indicator_code", "variant", "agency_level", "agency_code")
_AT_ENDS_SQL = f'"{CATALOGUE}"."intermediate"."{AT_ENDS}"'


@dataclass(frozen=True)
class Question:
    """What is asked of the counterfactual builds.

    Attributes:
        sides: the deliveries of both releases.
        before, after: period and known-at at the start and at the end; they differ in known-at alone.
        settings: under which the figures are computed.
        whole: build over all dossiers, not only over those that records arrived about.
        anchors: dossiers to build over too, by key: those on which it depends where the series begins.
        apart: tell what known-at itself moved from what arrived; otherwise everything is seen from the later one.
    """

    sides: Sides
    before: BuildScope
    after: BuildScope
    settings: Settings
    whole: bool
    apart: bool = False
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class States:
    """What was built, in schema `kept` of the connection: `values_<n>` and `parts_<n>` for each state.

    Attributes:
        causes: what leads from each state to the next one.
        records: the records that arrived.
    """

    causes: tuple[str, ...]
    records: tuple[ArrivedRecords, ...]


def must_be_whole(sides: Sides) -> bool:
    """Whether records arrived that can move dossiers of which nothing arrived."""
    return bool(DIMENSIONS & sides.relations())


def build_states(connection: duckdb.DuckDBPyConnection, lake: Lake, question: Question) -> States:
    """Build the figures of every state into schema `kept`.

    Args:
        connection: an empty database called as the compiled SQL calls it, see `open_scratch`.
        lake: where raw lies.
        question: from what to what.
    """
    target = ensure_compiled()
    nodes = upstream_of(parsed_manifest(), [FIGURES])
    sides = question.sides
    connection.execute("create schema kept")
    pooled = pool_records(
        connection, lake, sides, question.after.known_at, whole=question.whole, anchors=question.anchors
    )
    lay_raw(connection, lake, question.settings, question.after, sides.all)
    found = causes_of_relations(connection, pooled)
    if sides.has_snapshots:
        found.setdefault(WITHDRAWN, set())
    moves_on = question.apart and question.before.known_at != question.after.known_at
    causes = ((MOMENT,) if moves_on else ()) + tuple(cause for cause in RECORD_CAUSES if cause in found)
    lay_state(connection, pooled, "before")
    _write_deliveries(connection, sides, "before")
    if moves_on:
        write_context(connection, question.before, question.settings)
    _build(connection, nodes, target, question, 0)
    for number, cause in enumerate(causes, 1):
        moved = set(found.get(cause, ()))
        if cause == MOMENT:
            write_context(connection, question.after, question.settings)
            moved = {"run_context"}
        else:
            lay_state(connection, pooled, cause)
            if _write_deliveries(connection, sides, cause):
                moved.add("deliveries")
        _build(connection, reading(nodes, moved), target, question, number)
    return States(causes, tuple(arrived_records(connection, pooled)))


def open_scratch(folder: Path | None = None, threads: int = 1) -> duckdb.DuckDBPyConnection:
    """A database for counterfactual builds: in memory, or in a folder that the caller removes.

    Small data are not quicker with more threads.
    """
    import duckdb  # noqa: PLC0415

    connection = duckdb.connect()
    place = ":memory:" if folder is None else str(folder / f"{CATALOGUE}.duckdb")
    connection.execute(f"attach '{place}' as {CATALOGUE}")
    connection.execute(f"use {CATALOGUE}")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set threads = {threads}")
    return connection


def _write_deliveries(connection: duckdb.DuckDBPyConnection, sides: Sides, state: str) -> bool:
    """Say which files were delivered in a state; whether that moves what the models read of them.

    A snapshot withdraws by what it lacks: until its withdrawals are asked for it is a delivery like any other. Where
    neither a snapshot nor a feed is new, the models read the same of all files, whichever state it is.
    """
    feeds = [
        {(output.feed, entry.national_copy) for entry in side for output in entry.outputs}
        for side in (sides.old, sides.new)
    ]
    if feeds[0] == feeds[1] and not sides.has_snapshots:
        write_deliveries(connection, sides.all)
        return False
    added = [replace(entry, mode="delta") for entry in sides.only_new]
    known: list[LedgerEntry] = [*sides.old, *added]
    if state == "before":
        known = list(sides.old)
    elif state == WITHDRAWN:
        known = list(sides.new)
    write_deliveries(connection, known)
    return True


def _build(
    connection: duckdb.DuckDBPyConnection,
    nodes: list[dict[str, Any]],
    target: Path,
    question: Question,
    number: int,
) -> None:
    """Execute what must be made anew, and keep what the state says."""
    execute(connection, nodes, target)
    connection.execute(
        f"create table kept.values_{number} as select {', '.join(CELL)}, numerator, denominator "
        f"from marts.{FIGURES}"
    )
    _keep_parts(connection, target, question.after.period.code, number)


def _keep_parts(connection: duckdb.DuckDBPyConnection, target: Path, period_code: str, number: int) -> None:
    """Keep what each dossier is of each figure of the period that counts dossiers, told by the figure's own SQL."""
    connection.execute(
        f"""
        create or replace table kept.asked as
        select
            at_ends.* replace (dossiers.dossier_key as agency_code),
            at_ends.agency_code as handling_agency_code
        from intermediate.{AT_ENDS} as at_ends
        inner join intermediate.int_dossiers__current as dossiers using (dossier_sk)
        where at_ends.period_code = '{period_code}'
        """
    )
    counted = " union all ".join(
        f"({compiled(target, node).replace(_AT_ENDS_SQL, 'kept.asked')})" for node in dossier_models()
    )
    connection.execute(
        f"""
        create table kept.parts_{number} as
        select
            counted.indicator_code, counted.variant, counted.agency_level, asked.handling_agency_code as agency_code,
            counted.agency_code as dossier_key, coalesce(counted.numerator, 0) as numerator,
            coalesce(counted.denominator, 0) as denominator
        from ({counted}) as counted
        inner join kept.asked as asked
            on counted.agency_code = asked.agency_code and counted.agency_level = asked.agency_level
        where counted.numerator <> 0 or counted.denominator <> 0
        """
    )


def dossier_moves(connection: duckdb.DuckDBPyConnection, states: States) -> None:
    """Say in `kept.dossier_moves` which dossier moved which figure of the released period, by cause.

    One row per step, figure, agency and dossier; a dossier that went from one agency to another has two.
    """
    steps = " union all ".join(
        f"""
        select {step} as step, '{cause}' as cause, * from (
            select * replace (-numerator as numerator, -denominator as denominator) from kept.parts_{step - 1}
            union all
            select * from kept.parts_{step}
        )
        """
        for step, cause in enumerate(states.causes, 1)
    )
    connection.execute(
        f"""
        create table kept.dossier_moves as
        select step, cause, indicator_code, variant, agency_level, agency_code, dossier_key,
            sum(numerator) as numerator, sum(denominator) as denominator
        from ({steps or "select 0 as step, '' as cause, * from kept.parts_0 where false"})
        group by all
        having sum(numerator) <> 0 or sum(denominator) <> 0
        """
    )


def dossier_models() -> list[dict[str, Any]]:
    """Models of figures that count dossiers by agency, straight from how they stood at the end of a period."""
    source = f"model.cchc.{AT_ENDS}"
    return [
        node
        for node in parsed_manifest()["nodes"].values()
        if node["resource_type"] == "model"
        and node["name"].startswith("indicator_")
        and source in node["depends_on"]["nodes"]
    ]
