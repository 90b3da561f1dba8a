"""Sheets of cells: the table inside a page of titles, mottos, merged headings and totals.

Belongs here: finding the header and the records among the rows of a sheet, and making the relation. Does not belong
here: where the rows come from (`excel.py`, `html_tables.py`), what a column means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.source import Source, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb

    from orchestration.extracts.profile import FileFormat

HEADER_WITHIN = 60


@dataclass(frozen=True)
class Header:
    """The header of a sheet: index of its last row, and per column its heading."""

    last: int
    headings: list[str]


@dataclass(frozen=True)
class Asked:
    """What a profile asks of a sheet.

    Attributes:
        form: what it says of the file.
        wanted: for each required column its possible headings.
        known: every heading it names.
    """

    form: FileFormat
    wanted: Sequence[Sequence[str]]
    known: Sequence[str]


def _headings(rows: Sequence[Sequence[Any]], first: int, last: int) -> list[str]:
    """Per column the lowest filled cell of the header rows: the leaf below merged headings."""
    width = max((len(row) for row in rows[first : last + 1]), default=0)
    found = [""] * width
    for row in rows[first : last + 1]:
        for position, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip():
                found[position] = cell.strip()
    return found


def find_header(rows: Sequence[Sequence[Any]], asked: Asked) -> Header | None:
    """The first header that holds all that is wanted, or None."""
    known = {folded(name) for name in asked.known}
    for last in range(min(len(rows), HEADER_WITHIN)):
        for first in range(last, max(-1, last - asked.form.header_rows), -1):
            present = {folded(name) for name in _headings(rows, first, last)}
            if all(any(folded(name) in present for name in names_of) for names_of in asked.wanted):
                return _extended(rows, first, last, known)
    return None


def _extended(rows: Sequence[Sequence[Any]], first: int, last: int, known: set[str]) -> Header:
    """Take rows below into the header while they hold further known headings."""
    while last + 1 < len(rows) and any(
        isinstance(cell, str) and folded(cell) in known for cell in rows[last + 1]
    ):
        last += 1
    return Header(last, _headings(rows, first, last))


def _is_numbering(row: Sequence[Any]) -> bool:
    """Whether a row below a header only numbers its columns."""
    filled = [str(cell).strip() for cell in row if cell not in ("", None)]
    return len(filled) > 1 and [re.fullmatch(r"\((\d+)\)", text) is not None for text in filled] == [
        True
    ] * len(filled)


def _records(rows: Sequence[Sequence[Any]], header: Header, form: FileFormat) -> list[int]:
    """Indexes of the rows that are records."""
    skips = [re.compile(pattern, re.IGNORECASE) for pattern in form.skip_rows]
    ends = [re.compile(pattern, re.IGNORECASE) for pattern in form.end_at]
    found = []
    start = header.last + 1
    for index in range(start, len(rows)):
        first = next(
            (str(cell).strip() for cell in rows[index] if cell not in ("", None) and str(cell).strip()), None
        )
        if first is None or (index == start and _is_numbering(rows[index])):
            continue
        if any(pattern.search(first) for pattern in ends):
            break
        if not any(pattern.search(first) for pattern in skips):
            found.append(index)
    return found


def _first_filled(rows: Sequence[Sequence[Any]]) -> Header:
    """The first row with more than one filled cell, so that the column it lacks can be named."""
    for index, row in enumerate(rows):
        if sum(cell not in ("", None) for cell in row) > 1:
            return Header(index, _headings(rows, index, index))
    raise BrokenFileError("a sheet without a table", "a header row", "Deliver the sheet with its header.")


def sheet_source(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[Sequence[Any]],
    asked: Asked,
    text_of: Callable[[Any], str | None],
    *,
    typed_cells: bool,
    repeats: bool = False,
) -> Source:
    """Make the temp table `source` of the records of a sheet; lines are the sheet's own row numbers.

    Args:
        connection: gets the table.
        rows: of the sheet.
        asked: what the profile asks of it.
        text_of: a cell that is no text as text.
        typed_cells: cells may hold real dates, written as ISO text.
        repeats: titles and header may stand again over each page of a long table; such rows are no records.

    Raises:
        BrokenFileError: a heading that stands twice; a sheet without the wanted headings is taken with its first
            filled row as header, so that the missing column is named.
    """
    header = find_header(rows, asked) or _first_filled(rows)
    records = _records(rows, header, asked.form)
    if repeats:
        heads = {tuple(row) for row in rows[: header.last + 1]}
        records = [index for index in records if tuple(rows[index]) not in heads]
    headings = header.headings
    arrays: list[pa.Array] = [pa.array([index + 1 for index in records], pa.int64())]
    for position in range(len(headings)):
        cells = [rows[index][position] if position < len(rows[index]) else None for index in records]
        # Most cells are text; looking is cheaper than calling.
        texts = [(cell or None) if type(cell) is str else text_of(cell) for cell in cells]
        arrays.append(pa.array(texts, pa.string()))
    columns = [f"c{position}" for position in range(len(headings))]
    connection.register("sheet", pa.table(arrays, names=["line", *columns]))
    connection.execute(
        "create or replace temp table source as select line, null::varchar as broken, * exclude (line) from sheet"
    )
    connection.unregister("sheet")
    return Source(
        relation="source",
        lines=len(rows),
        skipped=len(rows) - len(records),
        names=tuple(name for name in headings if name),
        expressions=_expressions(headings, {folded(name) for names in asked.wanted for name in names}),
        raw=f"concat_ws(' | ', {', '.join(sql.name(column) for column in columns)})",
        typed_cells=typed_cells,
    )


def _expressions(headings: Sequence[str], needed: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for position, heading in enumerate(headings):
        key = folded(heading)
        if key and key in found and key in needed:
            raise BrokenFileError(
                f"the heading {heading} twice",
                "each heading once",
                "Take the wrong column out of the export.",
            )
        if key:
            found.setdefault(key, sql.name(f"c{position}"))
    return found
