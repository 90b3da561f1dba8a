"""Excel workbooks: the rows of one sheet.

Belongs here: opening a workbook, a cell as text. Does not belong here: finding the table in the sheet (`sheet.py`).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.sheet import Asked, sheet_source

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from orchestration.extracts.profile import FileFormat
    from orchestration.extracts.readers.source import Source


def _text(decimal: str, cell: Any) -> str | None:
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
        # By content: what is called .xls may be an .xlsx workbook, and the other way round.
        workbook = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
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


def read_excel(connection: duckdb.DuckDBPyConnection, path: Path, asked: Asked, decimal: str = ".") -> Source:
    """Read one sheet.

    Args:
        connection: gets the temp table `source`; lines are the sheet's own row numbers.
        path: workbook.
        asked: what the profile asks of it.
        decimal: decimal sign in which real numbers are written as text.

    Raises:
        BrokenFileError: no workbook, no such sheet, a heading that stands twice.
    """
    rows = _rows(path, asked.form)
    return sheet_source(connection, rows, asked, partial(_text, decimal), typed_cells=True)
