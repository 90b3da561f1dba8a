"""One build for several periods: what a period changes is rebuilt, everything else stays.

Most of a build does not know which period is released: staging, the core of dossiers, agencies, tasks. Only the models
that read the period of `run_context`, and what descends from them, are of one period. A backfill builds everything for
its first period and only these for each further one.

Belongs here: when the build database may be kept, and its mark. Does not belong here: building (`dbt_build.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.periods import periods_of_year
from orchestration.warehouse.raw_views import write_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.lake import Lake
    from orchestration.release.identity import ReleaseFacts
    from orchestration.settings import Settings
    from orchestration.warehouse.context import BuildScope

READERS_OF_THE_PERIOD = ("int_periods__in_scope", "data_quality")
"""Models that read the period of `run_context`; `tests/warehouse/test_reuse.py` finds them in the SQL again."""
SELECT = tuple(f"{model}+" for model in READERS_OF_THE_PERIOD)


def descendants(manifest: Mapping[str, Any]) -> set[str]:
    """The nodes of dbt's manifest that a change of the period rebuilds."""
    todo = [
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["name"] in READERS_OF_THE_PERIOD
    ]
    found: set[str] = set()
    while todo:
        unique_id = todo.pop()
        if unique_id not in found:
            found.add(unique_id)
            todo += manifest["child_map"].get(unique_id, ())
    return found


def basis_of(facts: ReleaseFacts) -> str:
    """What a build depends on besides its period: known-at, deliveries, code, settings, calendar."""
    [first, *_] = periods_of_year(2010, facts.period.calendar)
    return replace(facts, period=first, provisional=False).release_id


def take_over(lake: Lake, settings: Settings, scope: BuildScope, facts: ReleaseFacts) -> bool:
    """Turn a finished build of the same basis to another period; False where there is none to take over.

    Until `mark_finished` the database is marked as unfinished, so that a killed run leaves nothing to take over.
    """
    path = lake.build_database
    if facts.provisional or not path.is_file():
        return False
    try:
        with duckdb.connect(str(path)) as connection:
            found = connection.execute("select basis from raw.finished_build").fetchone()
            if found is None or found[0] != basis_of(facts):
                return False
            connection.execute("drop table raw.finished_build")
            write_context(connection, scope, settings)
    except duckdb.Error:
        return False
    return True


def mark_finished(lake: Lake, facts: ReleaseFacts) -> None:
    """Say that the build database holds a whole build, and of what."""
    if facts.provisional:
        return
    with duckdb.connect(str(lake.build_database)) as connection:
        connection.execute("create or replace table raw.finished_build (basis varchar)")
        connection.execute("insert into raw.finished_build values (?)", [basis_of(facts)])
