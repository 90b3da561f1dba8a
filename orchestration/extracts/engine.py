"""The engine that reads deliveries: one in-memory database, one session per file.

Belongs here: its limits and where it spills. Does not belong here: what it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from orchestration.extracts.restricted import private_folder

if TYPE_CHECKING:
    from orchestration.lake import Lake

WORKERS = 2
MEMORY_LIMIT = "1GB"


@contextmanager
def engine(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database; what does not fit goes to the restricted zone, for it may be personal."""
    spill = private_folder(lake.restricted / "spill")
    connection = duckdb.connect(
        config={"threads": WORKERS, "memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)}
    )
    try:
        yield connection
    finally:
        connection.close()


def session(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A session of the engine with temp tables of its own."""
    cursor = connection.cursor()
    cursor.execute("set timezone = 'UTC'")
    return cursor
