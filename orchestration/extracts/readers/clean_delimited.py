"""The short road for CSV files in which nothing needs care: no quotation marks, every line as wide as the header.

Belongs here: recognising such a file while it is split, in memory. Does not belong here: any file with
something odd in it; that one is read line by line (`delimited.py`), with the same result for every line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from orchestration.extracts import sql_text as sql
from orchestration.extracts.readers.lines import Seen, blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

LARGEST = 1 << 26
"""Bytes of text held in memory; a larger file is read into the engine, which may spill."""
HELD = "cells_held"
Header = tuple[int, str, list[str]]


@dataclass(frozen=True)
class Clean:
    """A file split into the relation `cells_held (line, c1, c2, …)`.

    Attributes:
        lines: of the file, its header included.
        delimiter, headings: of its first line.
        seen: what the text consists of.
    """

    lines: int
    delimiter: str
    headings: list[str]
    seen: Seen


class _Held:
    """Batches in memory that the engine may scan more than once."""

    def __init__(self, schema: pa.Schema, batches: list[pa.RecordBatch]) -> None:
        self.schema, self.batches = schema, batches

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        reader = pa.RecordBatchReader.from_batches(self.schema, self.batches)
        return reader.__arrow_c_stream__(requested_schema)


def _split(block: bytes, delimiter: str, schema: pa.Schema, before: int) -> pa.RecordBatch | None:
    """The cells of whole lines, or None where a line is empty, not UTF-8 or of another width."""
    from pyarrow import csv  # noqa: PLC0415 - only where a text table is read

    names = schema.names[1:]
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
            csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != block.count(b"\n") + 1:
        return None
    cells = [column.combine_chunks() for column in table.columns]
    return pa.record_batch([pa.arange(before + 1, before + 1 + table.num_rows), *cells], schema=schema)


def read_clean(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    encoding: str | None,
    header_of: Callable[[list[tuple[int, str]]], Header],
    most: int,
) -> Clean | None:
    """Split a clean file, or give None: then nothing is left behind and the file needs care.

    Args:
        connection: gets the relation `cells_held`.
        path: file, compressed or not.
        encoding: of the file, where the profile names it.
        header_of: finds header line, delimiter and headings among the first lines.
        most: first lines to show it.

    Raises:
        BrokenFileError: damaged compression, wrong encoding.
    """
    seen = Seen()
    batches: list[pa.RecordBatch] = []
    found: tuple[str, list[str]] | None = None
    schema, lines, size = pa.schema([]), 0, 0
    for block in blocks(path, encoding, seen):
        size += len(block)
        text, more = block, True
        if found is None:
            found = _first(block, header_of, most)
            if found is None:
                return None
            schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in _names(found[1]))])
            _, more, text = block.partition(b"\n")  # type: ignore[assignment]
            lines = 1
        if more:
            odd = size > LARGEST or not text or b'"' in block or b"\r" in block
            batch = None if odd else _split(text, found[0], schema, lines)
            if batch is None:
                return None
            batches.append(batch)
            lines += batch.num_rows
    if found is None or not batches:
        return None
    connection.register(HELD, _Held(schema, batches))
    if _any_blank(connection, found[0], schema.names[1:]):
        connection.unregister(HELD)
        return None
    return Clean(lines, *found, seen)


def _names(headings: list[str]) -> list[str]:
    return [f"c{place}" for place in range(1, len(headings) + 1)]


def _first(
    block: bytes, header_of: Callable[[list[tuple[int, str]]], Header], most: int
) -> tuple[str, list[str]] | None:
    """Delimiter and headings where they stand in the first line and are more than one."""
    try:
        shown = [line.decode() for line in block.split(b"\n", most)[:most]]
    except UnicodeDecodeError:
        return None
    if not shown[0].strip(sql.WHITE):
        return None
    line, delimiter, headings = header_of(
        [(place, text) for place, text in enumerate(shown, start=1) if text.strip(sql.WHITE)]
    )
    usable = line == 1 and len(headings) > 1 and len(delimiter) == 1 and delimiter.isascii() and headings[0]
    return (delimiter, headings) if usable else None


def _any_blank(connection: duckdb.DuckDBPyConnection, delimiter: str, columns: list[str]) -> bool:
    """Whether a line holds nothing but white space and delimiters: such a line is no record."""
    text = f"concat_ws({sql.literal(delimiter)}, {', '.join(columns)})"
    may_be = f"c1 = '' or {sql.begins_white('c1')}"
    row = connection.execute(
        f"select count(*) from {HELD} where case when {may_be} then {sql.blank(text, delimiter)} else false end"
    ).fetchone()
    return row is None or row[0] > 0
