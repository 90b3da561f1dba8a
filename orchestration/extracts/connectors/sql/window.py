"""What of a pulled Parquet file is new: against its own doubles, and against what the last pull saw in the overlap.

Belongs here: comparing rows by key and content, and the window that the next pull compares with. Does not belong here:
reading a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration.extracts import sql_text as sql
from orchestration.extracts.restricted import FILE_MODE

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.extracts.connectors.interface import PullRequest
    from orchestration.extracts.connectors.sql.reader import Totals

MEMORY_LIMIT = "512MB"
_EMPTY = "chr(9216)"
_FIELD = "chr(31)"


@dataclass(frozen=True)
class Compared:
    """What a comparison found.

    Attributes:
        rows: records left in the file.
        repeated: records left out because the last pull saw them as they are.
        superseded: records left out because the same pull holds a later version of the same key.
        content: a hash of all records that does not depend on their order.
    """

    rows: int
    repeated: int
    superseded: int
    content: str


def _digest(names: list[str]) -> str:
    texts = ", ".join(f"coalesce({sql.name(name)}::varchar, {_EMPTY})" for name in names)
    return f"md5(concat_ws({_FIELD}, {texts}))"


def compare(
    request: PullRequest, *, watermark: str | None, totals: Totals, drop_known: bool, keep_window: bool
) -> Compared:
    """Leave what is new in `request.part`, and write the window of the next pull to `request.seen_part`.

    Args:
        request: files, key.
        watermark: column that says which of two records of a key is later.
        totals: where the next overlap begins, and the type in which watermarks are compared.
        drop_known: leave out what the window of the last pull holds.
        keep_window: write a window.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "threads": "2",
        "temp_directory": str(request.scratch),
    }
    with duckdb.connect(config=config) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        origin = f"read_parquet({sql.literal(str(request.part))}, file_row_number = true)"
        described = connection.execute(f"describe select * from {origin}").fetchall()
        types = {row[0]: row[1] for row in described if row[0] != "file_row_number"}
        content = _digest(list(types))
        key = _digest(list(request.key)) if request.key else content
        kind = totals.mark_type or types.get(watermark or "", "integer")
        mark = f"{sql.name(watermark)}::{kind}" if watermark else "null::integer"
        connection.execute(
            f"create temp table marks as select file_row_number as place, {key} as key, {content} as digest, "
            f"{mark} as mark from {origin}"
        )
        total, superseded = _newest_of_each_key(connection)
        repeated = _known(connection, request.seen) if drop_known and request.seen else 0
        if keep_window:
            _write_window(connection, request.seen_part, kind, totals.since)
        row = connection.execute(
            "select count(*), md5(string_agg(digest, '' order by digest)) from marks"
            if not keep_window
            else "select count(*), null from marks where not known"
        ).fetchone()
        rows, hashed = row or (0, None)
        if rows != total:
            _rewrite(connection, request.part, origin, list(types))
    return Compared(int(rows), repeated, superseded, hashed or "")


def _newest_of_each_key(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Leave one of equal records, and of a key the records with its latest watermark."""
    connection.execute("alter table marks add column known boolean default false")
    counted = connection.execute("select count(*), count(distinct key) from marks").fetchone() or (0, 0)
    if counted[0] == counted[1]:
        return int(counted[0]), 0
    removed = connection.execute(
        """
        delete from marks where place in (
            select place from (
                select
                    place, mark,
                    row_number() over (partition by key, digest order by place) as copy,
                    max(mark) over (partition by key) as latest
                from marks
            ) where copy > 1 or mark < latest
        )
        """
    ).fetchone()
    return int(counted[0]), int(removed[0]) if removed else 0


def _known(connection: duckdb.DuckDBPyConnection, seen: Path) -> int:
    connection.execute(
        f"update marks set known = true from read_parquet({sql.literal(str(seen))}) as seen "
        "where marks.key = seen.key and marks.digest = seen.digest"
    )
    row = connection.execute("select count(*) from marks where known").fetchone()
    return int(row[0]) if row else 0


def _write_window(connection: duckdb.DuckDBPyConnection, path: Path, kind: str, since: str | None) -> None:
    path.touch(mode=FILE_MODE)
    inside = f"mark is null or mark >= {sql.literal(since)}::{kind}" if since else "true"
    connection.execute(
        f"copy (select key, digest from marks where {inside}) to {sql.literal(str(path))} "
        "(format parquet, compression zstd, overwrite_or_ignore true, use_tmp_file false)"
    )


def _rewrite(connection: duckdb.DuckDBPyConnection, part: Path, origin: str, names: list[str]) -> None:
    columns = ", ".join(sql.name(name) for name in names)
    smaller = part.with_name(f"{part.name}.part")
    smaller.touch(mode=FILE_MODE)
    kept = (
        f"select {columns} from {origin} where file_row_number in (select place from marks where not known)"
    )
    connection.execute(
        f"copy ({kept} order by file_row_number) to {sql.literal(str(smaller))} "
        "(format parquet, compression zstd, overwrite_or_ignore true, use_tmp_file false)"
    )
    smaller.replace(part)
