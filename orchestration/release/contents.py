"""The content hash of a table: over its rows in canonical text and order, equal on every engine and machine.

Belongs here: the canonical text of a row and its hash. Does not belong here: hashes of files.

Canonical text of a row: columns in contract order joined by U+001F; null is U+2400; timestamps
`YYYY-MM-DD HH:MM:SS.ffffff`; booleans `true`/`false`; doubles in their shortest form that reads back;
decimals with their scale. The hash is SHA-256 over the newline-joined, sorted MD5 of the rows, so the order
in which an engine holds them does not matter.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

NULL_TEXT = "\u2400"
_BATCH = 250_000


def quoted(name: str) -> str:
    """Return a name as SQL writes an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes a string."""
    return "'" + text.replace("'", "''") + "'"


def _column_text(name: str, sql_type: str) -> str:
    column = quoted(name)
    if sql_type.upper().startswith("TIMESTAMP"):
        return f"coalesce(strftime({column}, '%Y-%m-%d %H:%M:%S.%f'), '{NULL_TEXT}')"
    return f"coalesce(cast({column} as varchar), '{NULL_TEXT}')"


def row_text(columns: Sequence[tuple[str, str]]) -> str:
    """Return the SQL expression of a row's canonical text, for columns given as (name, type)."""
    return "concat_ws(chr(31), " + ", ".join(_column_text(name, sql_type) for name, sql_type in columns) + ")"


def content_hash(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]
) -> tuple[str, int]:
    """Return hash (hex) and row count of a relation.

    Args:
        connection: where the relation can be read.
        relation: SQL that can stand after `from`.
        columns: (name, type) in contract order.
    """
    # The engine sorts (and may spill); the digest is taken from the stream, so memory stays bounded.
    query = f"select md5({row_text(columns)}) || chr(10) as line from {relation} order by line"
    digest, rows, held = hashlib.sha256(), 0, b""
    for batch in connection.execute(query).to_arrow_reader(_BATCH):
        if batch.num_rows == 0:
            continue
        digest.update(held)
        held = _bytes_of(batch.column(0))
        rows += batch.num_rows
    digest.update(held[:-1])
    return digest.hexdigest(), rows


def _bytes_of(column: object) -> bytes:
    """The texts of an Arrow string column, one after the other."""
    import pyarrow as pa  # noqa: PLC0415

    strings = pa.array(column, type=pa.large_string()) if not isinstance(column, pa.Array) else column
    wide = strings.cast(pa.large_string())
    _, offsets, data = wide.buffers()
    bounds = memoryview(offsets).cast("q")
    return bytes(memoryview(data)[bounds[wide.offset] : bounds[wide.offset + len(wide)]])
