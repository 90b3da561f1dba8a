"""Excel sheets: the table inside a page of titles, mottos, merged headings and totals.

Belongs here: finding the header and the records of a sheet. Does not belong here: what a column means.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.source import Source, folded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from orchestration.extracts.profile import FileFormat

HEADER_WITHIN = 60


def _text(cell: Any, decimal: str) -> str | None:
    """A cell as text: whole numbers without `.0`, dates in ISO, decimals with the profile's sign."""
    if cell is None or isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        return repr(cell).replace(".", decimal)
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)


def _rows(path: Path, form: FileFormat) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where a workbook is read

    try:
        workbook = CalamineWorkbook.from_path(path)
        if form.sheet is not None and form.sheet not in workbook.sheet_names:
            raise BrokenFileError(
                f"the sheets {', '.join(workbook.sheet_names)}",
                f"a sheet named {form.sheet}",
                "Name the sheet in the profile (format: sheet).",
            )
        name = form.sheet or workbook.sheet_names[0]
        return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        raise BrokenFileError(
            "a file that is no whole Excel workbook",
            "an .xlsx workbook",
            "Save it as .xlsx with a spreadsheet program and deliver it again.",
        ) from error


def _headings(rows: Sequence[Sequence[Any]], first: int, last: int) -> list[str]:
    """Per column the lowest filled cell of the header rows: the leaf below merged headings."""
    width = max((len(row) for row in rows[first : last + 1]), default=0)
    found = [""] * width
    for row in rows[first : last + 1]:
        for position, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip():
                found[position] = cell.strip()
    return found


def _find_header(
    rows: Sequence[Sequence[Any]], wanted: Sequence[Sequence[str]], known: set[str], depth: int
) -> tuple[int, list[str]] | None:
    """Index of the last header row and the headings, or None where no rows hold all that is wanted."""
    for last in range(min(len(rows), HEADER_WITHIN)):
        for first in range(last, max(-1, last - depth), -1):
            names = _headings(rows, first, last)
            present = {folded(name) for name in names}
            if all(any(folded(name) in present for name in names_of) for names_of in wanted):
                return _extended(rows, first, last, known)
    return None


def _extended(rows: Sequence[Sequence[Any]], first: int, last: int, known: set[str]) -> tuple[int, list[str]]:
    """Take rows below into the header while they hold further known headings."""
    while last + 1 < len(rows) and any(
        isinstance(cell, str) and folded(cell) in known for cell in rows[last + 1]
    ):
        last += 1
    return last, _headings(rows, first, last)


def _is_numbering(row: Sequence[Any]) -> bool:
    """Whether a row below a header only numbers its columns."""
    filled = [str(cell).strip() for cell in row if cell not in ("", None)]
    return len(filled) > 1 and [re.fullmatch(r"\((\d+)\)", text) is not None for text in filled] == [
        True
    ] * len(filled)


def _records(rows: Sequence[Sequence[Any]], start: int, form: FileFormat) -> list[int]:
    """Indexes of the rows that are records."""
    skips = [re.compile(pattern, re.IGNORECASE) for pattern in form.skip_rows]
    ends = [re.compile(pattern, re.IGNORECASE) for pattern in form.end_at]
    found = []
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


def read_excel(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    form: FileFormat,
    wanted: Sequence[Sequence[str]],
    known: Sequence[str],
    decimal: str = ".",
) -> Source:
    """Read one sheet.

    Args:
        connection: gets the temp table `source`; lines are the sheet's own row numbers.
        path: workbook.
        form: what the profile says of it.
        wanted: for each required column its possible headings.
        known: every heading the profile names.
        decimal: decimal sign in which real numbers are written as text.

    Raises:
        BrokenFileError: no workbook, no such sheet, a heading that stands twice; a sheet without the wanted
            headings is taken with its first filled row as header, so that the missing column is named.
    """
    rows = _rows(path, form)
    names_known = {folded(name) for name in known}
    header = _find_header(rows, wanted, names_known, form.header_rows)
    if header is None:
        filled = next(
            (index for index, row in enumerate(rows) if sum(cell not in ("", None) for cell in row) > 1), None
        )
        if filled is None:
            raise BrokenFileError(
                "a sheet without a table", "a header row", "Deliver the sheet with its header."
            )
        header = (filled, _headings(rows, filled, filled))
    last, headings = header
    records = _records(rows, last + 1, form)
    arrays: list[pa.Array] = [pa.array([index + 1 for index in records], pa.int64())]
    for position in range(len(headings)):
        cells = [rows[index][position] if position < len(rows[index]) else None for index in records]
        # Most cells are text; looking is cheaper than calling.
        texts = [(cell or None) if type(cell) is str else _text(cell, decimal) for cell in cells]
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
        expressions=_expressions(headings, {folded(name) for names in wanted for name in names}),
        raw=f"concat_ws(' | ', {', '.join(sql.name(column) for column in columns)})",
        typed_cells=True,
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
