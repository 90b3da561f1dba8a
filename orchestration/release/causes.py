"""Why figures moved between two releases: each move as the sum of what each cause did.

Belongs here: which causes there are between two releases, in which order they are asked for, and the sums. Does not
belong here: building figures (`counterfactual.py`), records (`arrivals.py`), what is told to people (`diff.py`).

A figure is a function of the records known and of the way of computing. Where only one of the two differs, the whole
move is its. Where both do, one is moved first and the other after it; both orders are lawful, so the order is a
convention and is told: records first, under the earlier way of computing, where this checkout still computes that way;
else the way of computing first and the records under the later one; else by a release that lies between the two; else
the move is one, under a name that joins both.

Records arrive in one direction only: whichever release is asked for first, causes are told from the one known earlier
to the one known later, and the numbers are turned round where that is not the order asked for.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.periods import parse_period
from orchestration.release.arrivals import ArrivedRecords, Sides, arrived_records, pool_records, sides_of
from orchestration.release.counterfactual import (
    Question,
    States,
    build_states,
    dossier_moves,
    must_be_whole,
    open_scratch,
)
from orchestration.release.documents import MANIFEST, read_document
from orchestration.release.fingerprint import build_fingerprint, is_rule
from orchestration.release.released import Release, all_releases
from orchestration.release.told import add_move, close, has_remainder, open_told, read_values, turn_round
from orchestration.warehouse.context import BuildScope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from orchestration.lake import Lake
    from orchestration.settings import Settings

    Document = Mapping[str, Any]

PERIOD, SETTINGS, RULES, CODE, RECORDS = "period", "settings", "rules", "code", "records"
UNDER_BEFORE, UNDER_AFTER, BY_RELEASE, JOINT, ALONE = "before", "after", "release", "joint", "alone"
_LEFT_BEHIND = 3600
SMALL = 200_000
"""Records of a lake whose figures are built over all dossiers without asking."""


@dataclass(frozen=True)
class Way:
    """How the attribution was made.

    Attributes:
        causes: every cause in the order in which it was asked for.
        order: `before` or `after`: under whose way of computing the records were moved; `release`: through the
            release `between`; `joint`: records and way of computing could not be told apart; `alone`: only one differs.
        between: the release that lies between the two, or None.
        rebuilt: the figures were built again from raw, state by state, and lead from the one release to the other.
        whole: over all dossiers, not only those that records arrived about.
        backwards: the release asked for first is known later: causes and `order` speak from the second one to it.
    """

    causes: tuple[str, ...]
    order: str
    between: str | None = None
    rebuilt: bool = False
    whole: bool = False
    backwards: bool = False


def is_backwards(before: Document, after: Document) -> bool:
    """Whether the first of two releases of a period is known later than the second."""
    return bool(before["period"] == after["period"] and before["known_at"] > after["known_at"])


def ways_of_computing(old: Document, new: Document) -> tuple[str, ...]:
    """What differs in the way of computing: period, settings, rules (dated tables, profiles), code."""
    found = [
        name
        for name, differs in (
            (PERIOD, old["period"] != new["period"]),
            (SETTINGS, (old["settings"], old["engine"]) != (new["settings"], new["engine"])),
        )
        if differs
    ]
    if old["build_fingerprint"] != new["build_fingerprint"]:
        changed = components_changed(old, new)
        rules = [name for name in changed if is_rule(name)]
        if rules or not changed:
            found.append(RULES)
        if len(rules) < len(changed) or not changed:
            found.append(CODE)
    return tuple(found)


def components_changed(old: Document, new: Document) -> list[str]:
    """Components of the fingerprint that differ; none where a manifest of an earlier form names no components."""
    sides = [side.get("build_components") or {} for side in (old, new)]
    if not all(sides):
        return []
    return sorted(name for name in {*sides[0], *sides[1]} if sides[0].get(name) != sides[1].get(name))


def explain(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    releases: tuple[Release, Release],
    settings: Settings,
    small: int = SMALL,
) -> tuple[Way, tuple[ArrivedRecords, ...]]:
    """Fill `told.moves`: what each cause moved in each figure, and `unexplained` where that is not all.

    Args:
        connection: any; gets schema `told` with `moves`, `dossiers`, `before` and `after`.
        lake: where the releases and raw lie.
        releases: from which one to which.
        settings: of the lake.
        small: records up to which all dossiers are built over without asking.
    """
    first, second = releases
    if not is_backwards(*(read_document(release.folder / MANIFEST) for release in releases)):
        return _forwards(connection, lake, releases, settings, small)
    way, records = _forwards(connection, lake, (second, first), settings, small)
    turn_round(connection)
    return replace(way, backwards=True), records


def _forwards(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    releases: tuple[Release, Release],
    settings: Settings,
    small: int,
) -> tuple[Way, tuple[ArrivedRecords, ...]]:
    old, new = (read_document(release.folder / MANIFEST) for release in releases)
    open_told(connection, releases, (old, new))
    computing = ways_of_computing(old, new)
    arrived = old["inputs"] != new["inputs"] or old["known_at"] != new["known_at"]
    if not arrived or PERIOD in computing:
        records: tuple[ArrivedRecords, ...] = ()
        cause = "+".join((*((RECORDS,) if arrived else ()), *computing))
        if cause:
            add_move(connection, cause, "told.before", "told.after")
        way = Way((cause,) if cause else (), JOINT if arrived and computing else ALONE)
    else:
        way, records = _with_records(connection, lake, releases, settings, computing, small)
    close(connection)
    return way, records


def _with_records(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    releases: tuple[Release, Release],
    settings: Settings,
    computing: tuple[str, ...],
    small: int,
) -> tuple[Way, tuple[ArrivedRecords, ...]]:
    old, new = (read_document(release.folder / MANIFEST) for release in releases)
    sides = sides_of(lake, old, new)
    present = build_fingerprint()
    under = [
        name
        for name, side in ((UNDER_BEFORE, old), (UNDER_AFTER, new))
        if side["build_fingerprint"] == present
    ]
    if sides is not None and under:
        return _rebuilt(connection, lake, (old, new), settings, sides, (under[0], computing), small)
    records = _pooled(lake, sides, new)
    label = _only_cause(records)
    if not computing:
        add_move(connection, label, "told.before", "told.after")
        return Way((label,), ALONE), records
    named = "+".join(computing)
    between, records_first = _between(lake, old, new)
    if between is None:
        cause = f"{label}+{named}"
        add_move(connection, cause, "told.before", "told.after")
        return Way((cause,), JOINT), records
    read_values(connection, "between", between, read_document(between.folder / MANIFEST), new)
    causes = (label, named) if records_first else (named, label)
    add_move(connection, causes[0], "told.before", "told.between")
    add_move(connection, causes[1], "told.between", "told.after")
    return Way(causes, BY_RELEASE, between.release_id), records


def _rebuilt(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    manifests: tuple[Document, Document],
    settings: Settings,
    sides: Sides,
    asked: tuple[str, tuple[str, ...]],
    small: int,
) -> tuple[Way, tuple[ArrivedRecords, ...]]:
    """Build state by state, the cheapest way first: it counts where its states lead from one release to the other.

    First over the dossiers that records arrived about, seen from the later known-at; then over all; then with what the
    passing of time moved told apart.
    """
    under, computing = asked
    shown = manifests[0] if under == UNDER_BEFORE else manifests[1]
    rows = sum(item["accepted"] for item in manifests[1]["inputs"])
    settings = replace(settings, **{name: shown["settings"][name] for name in settings.reaching_figures()})
    before, after = (_scope(shown, manifest["known_at"]) for manifest in manifests)
    wholly = Question(sides, before, after, settings, whole=True)
    attempts = [wholly, replace(wholly, apart=True)]
    if shown["period"]["provisional"]:
        attempts = attempts[1:]
    elif not (computing or must_be_whole(sides) or rows <= small):
        attempts.insert(0, replace(wholly, whole=False, anchors=_first_received(connection)))
    for attempt in attempts:
        connection.execute("delete from told.moves")
        connection.execute("delete from told.dossiers")
        with _scratch(lake, large=attempt.whole and rows > SMALL) as scratch:
            states = build_states(scratch, lake, attempt)
            dossier_moves(scratch, states)
            causes = _take_over(connection, scratch, states, under, computing)
        if not has_remainder(connection):
            break
    order = under if computing else ALONE
    return Way(causes, order, rebuilt=True, whole=attempt.whole), states.records


def _take_over(
    connection: duckdb.DuckDBPyConnection,
    scratch: duckdb.DuckDBPyConnection,
    states: States,
    under: str,
    computing: tuple[str, ...],
) -> tuple[str, ...]:
    """Bring what the states say into `told`, with the way of computing before or after them."""
    last = len(states.causes)
    for number in range(last + 1):
        _copy(connection, scratch, f"kept.values_{number}", f"told.state_{number}")
    for number, cause in enumerate(states.causes, 1):
        add_move(connection, cause, f"told.state_{number - 1}", f"told.state_{number}")
    _copy(connection, scratch, "kept.dossier_moves", "told.dossier_moves")
    connection.execute("insert into told.dossiers by name select * exclude (step) from told.dossier_moves")
    if not computing:
        return states.causes
    named = "+".join(computing)
    if under == UNDER_BEFORE:
        add_move(connection, named, f"told.state_{last}", "told.after")
        return (*states.causes, named)
    add_move(connection, named, "told.before", "told.state_0")
    return (named, *states.causes)


def _copy(
    connection: duckdb.DuckDBPyConnection, scratch: duckdb.DuckDBPyConnection, source: str, target: str
) -> None:
    rows = scratch.execute(f"from {source}").to_arrow_table()
    connection.register("rows_of_scratch", rows)
    connection.execute(f"create or replace table {target} as from rows_of_scratch")
    connection.unregister("rows_of_scratch")


@contextmanager
def _scratch(lake: Lake, *, large: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for the states: beside the build databases where it may grow, in memory otherwise."""
    if not large:
        with open_scratch() as scratch:
            yield scratch
        return
    lake.build.mkdir(parents=True, exist_ok=True)
    for left in lake.build.glob("diff-*"):  # of a process that was killed: none takes an hour
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="diff-", dir=lake.build) as folder:
        scratch = open_scratch(Path(folder), threads=2)
        try:
            yield scratch
        finally:
            scratch.close()


def _first_received(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The dossier that each release received first: the series of a lake without control totals begins with it."""
    rows = connection.execute("select dossier_key from told.first_received").fetchall()
    return tuple(str(row[0]) for row in rows)


def _scope(manifest: Document, known_at: str) -> BuildScope:
    period = manifest["period"]
    return BuildScope(parse_period(period["code"]), datetime.fromisoformat(known_at), period["provisional"])


def _pooled(lake: Lake, sides: Sides | None, new: Document) -> tuple[ArrivedRecords, ...]:
    """The records that arrived, where raw still holds them, without building anything."""
    if sides is None:
        return ()
    with open_scratch() as scratch:
        known_at = datetime.fromisoformat(new["known_at"])
        pooled = pool_records(scratch, lake, sides, known_at, whole=must_be_whole(sides))
        return tuple(arrived_records(scratch, pooled))


def _only_cause(records: tuple[ArrivedRecords, ...]) -> str:
    """The one cause that all arrived records share, else `records`."""
    causes = {item.cause for item in records if item.records > item.unchanged}
    return causes.pop() if len(causes) == 1 else RECORDS


def _between(lake: Lake, old: Document, new: Document) -> tuple[Release | None, bool]:
    """A release that knew what one side knew and computed as the other, and whether records come first by it."""
    for records_first, way, known in ((True, old, new), (False, new, old)):
        for release in all_releases(lake):
            manifest = read_document(release.folder / MANIFEST)
            computed = all(
                manifest[name] == way[name] for name in ("period", "build_fingerprint", "settings", "engine")
            )
            if computed and all(manifest[name] == known[name] for name in ("known_at", "inputs")):
                return release, records_first
    return None, True
