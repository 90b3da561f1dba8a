"""The dossiers of a span of time: drawn, given a life, written as extracts, and counted.

Belongs here: the order of these steps and the database in which they happen. Does not belong here: who handles what
(`arrivals.py`), what happens to a dossier (`sql/plan.sql`), in which clothes it is delivered (`deliveries.py`).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.simulate.arrivals import Places, load_tables, sizes_for
from orchestration.simulate.calendar import PROVINCE_YEAR, Span
from orchestration.simulate.deliveries import SQL, write_dossiers
from orchestration.simulate.draw import macros

if TYPE_CHECKING:
    import duckdb

    from orchestration.simulate.landing import Landing
    from orchestration.simulate.procedures import Procedure

MEMORY_LIMIT = "1200MB"
THREADS = 2


@dataclass(frozen=True)
class Draw:
    """How many dossiers are received in the period, and what everything is drawn from."""

    dossiers: int
    seed: int


@contextmanager
def working_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for the time of a simulation."""
    import duckdb  # noqa: PLC0415 - only where something is simulated

    with tempfile.TemporaryDirectory(prefix="cchc-simulate-") as folder:
        connection = duckdb.connect(str(Path(folder) / "work.duckdb"))
        try:
            connection.execute(f"set threads = {THREADS}; set memory_limit = '{MEMORY_LIMIT}'")
            yield connection
        finally:
            connection.close()


def simulate_dossiers(
    connection: duckdb.DuckDBPyConnection,
    landing: Landing,
    procedures: Sequence[Procedure],
    places: Places,
    draw: Draw,
    progress: Callable[[str], None],
    span: Span = PROVINCE_YEAR,
) -> dict[str, int]:
    """Write the feeds of the dossier family; return what a correct count gives for the span's period."""
    sizes = sizes_for(draw.dossiers, span)
    for statement in _statements(macros(draw.seed)):
        connection.execute(statement)
    load_tables(connection, procedures, sizes, places, span)
    for statement in _statements((SQL / "plan.sql").read_text("utf-8")):
        connection.execute(statement)
    progress(f"{sizes.records:,} dossiers planned")
    registers = [unit for unit in places.communes if unit.code in places.registers]
    write_dossiers(connection, landing, progress, registers, span)
    return _counted(connection, span)


def _statements(text: str) -> list[str]:
    return [part for part in re.split(r";\s*(?:\n|$)", text) if part.strip()]


def _counted(connection: duckdb.DuckDBPyConnection, span: Span) -> dict[str, int]:
    """Counts of the period from the lives that were drawn."""
    connection.execute(f"set variable period_start = timestamp '{span.period.start_at}'")
    connection.execute(f"set variable period_end = timestamp '{span.period.end_at}'")
    row = connection.execute((SQL / "expected.sql").read_text("utf-8"))
    names = [column[0] for column in row.description or ()]
    return {name: int(value) for name, value in zip(names, row.fetchone() or (), strict=True)}
