"""Parquet: the engine reads it; columns become text, so that the same rules cast and check them.

Belongs here: Parquet files. Does not belong here: what a column means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.source import Source, folded

if TYPE_CHECKING:
    from pathlib import Path


def read_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Source:
    """Read a Parquet file.

    Args:
        connection: gets the temp view `source`; rows are numbered from 1.
        path: file.

    Raises:
        BrokenFileError: no Parquet file, or a damaged one.
    """
    scan = f"read_parquet({sql.literal(str(path))}, file_row_number = true)"
    try:
        described = connection.execute(f"describe select * from {scan}").fetchall()
        counted = connection.execute(f"select count(*) from {scan}").fetchone()
    except duckdb.Error as error:
        raise BrokenFileError(
            "a file that is no whole Parquet file", "Parquet", "Deliver it again; it was cut off or damaged."
        ) from error
    names = [row[0] for row in described if row[0] != "file_row_number"]
    cells = ", ".join(f"{sql.name(name)}::varchar as {sql.name(name)}" for name in names)
    connection.execute(
        f"create or replace temp view source as "
        f"select file_row_number + 1 as line, null::varchar as broken, {cells} from {scan}"
    )
    raw = "to_json(struct_pack(" + ", ".join(f"{sql.name(name)} := {sql.name(name)}" for name in names) + "))"
    return Source(
        relation="source",
        lines=int(counted[0]) if counted else 0,
        skipped=0,
        names=tuple(names),
        expressions={folded(name): sql.name(name) for name in names},
        raw=f"{raw}::varchar",
        typed_cells=True,
    )
