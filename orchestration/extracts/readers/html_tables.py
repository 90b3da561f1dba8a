"""HTML tables that old exports save under the name `.xls`: the rows a spreadsheet program would show.

Belongs here: recognising such a file by its content, its encoding, merged cells, text of cells. Does not belong here:
finding header and records among the rows (`sheet.py`).

The tables of a page stand below each other, as in a spreadsheet program, so that titles, the table and signatures are
rows of one sheet and every row has its number. A merged cell down several rows holds for each of them; across columns
it stands in the first. Markup, scripts and styles are never data, what a cell shows is, whatever it looks like.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.sheet import Asked, find_header, sheet_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from orchestration.extracts.readers.source import Source

SNIFFED = 1 << 16
"""First bytes in which markup must show."""
LARGEST = 1 << 28
"""Bytes of a page; it is held in memory."""
WIDEST = 1 << 14
"""Columns of a table, as many as a sheet may have."""
CELLS = 1 << 24
"""Cells of a page, merged ones counted as often as they span."""
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|meta|body|table|style)\b", re.IGNORECASE)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_NOT_SHOWN = ("script", "style", "template", "noscript", "head", "title", "xml")
_RUNS_ON = {
    "a", "abbr", "b", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr",
    "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "o:p",
}  # fmt: skip
"""Elements that do not part words; every other one does."""
_ALIASES = {"iso-8859-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "windows-1252"}


def looks_like_html(path: Path) -> bool:
    """Whether a file's first bytes are markup and no workbook's, whatever its name."""
    with path.open("rb") as stream:
        first = stream.read(SNIFFED)
    if first.startswith(_WORKBOOKS):
        return False
    return _MARKUP.search(first.replace(b"\x00", b"")) is not None


def _encoding(data: bytes, given: str | None) -> str:
    """By the profile, the byte-order mark, the look of UTF-16, the page's own word, in this order; else UTF-8."""
    if given:
        return given
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data[:2] == b"<\x00":
        return "utf-16-le"
    if data[:2] == b"\x00<":
        return "utf-16-be"
    declared = _CHARSET.search(data[:SNIFFED])
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    # A page whose declaration can be read in ASCII is no UTF-16, whatever it says.
    return "utf-8" if name.startswith(("utf-16", "ucs-2", "unicode")) else _ALIASES.get(name, name)


def _text(path: Path, given: str | None) -> str:
    if path.stat().st_size > LARGEST:
        raise BrokenFileError(
            f"a page of more than {LARGEST >> 20} MiB", "a smaller page", "Export it in parts, or as CSV."
        )
    data = path.read_bytes()
    encoding = _encoding(data, given)
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise BrokenFileError(
            f"the unknown encoding {encoding}",
            "a page in UTF-8, UTF-16 or windows-1258",
            "Name its encoding in the profile (format: encoding).",
        ) from error
    except UnicodeError as error:
        line = data.count(b"\n", 0, error.start) + 1 if isinstance(error, UnicodeDecodeError) else 1
        raise BrokenFileError(
            f"bytes that are no {encoding} text, near line {line}",
            f"text in {encoding}",
            "Name its encoding in the profile (format: encoding).",
        ) from error


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _shown(cell: LexborNode, *, nested: bool) -> str:
    """The text that a cell shows, in one line; that of tables inside it only where `nested`."""
    only = cell.child
    if only is None or (only.is_text_node and only.next is None):
        return " ".join(cell.text().split())
    parts: list[str] = []
    below: list[LexborNode | str] = [cell]
    while below:
        node = below.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.is_text_node:
            parts.append(node.text_content or "")
        elif node.tag == "table" and not nested:
            parts.append(" ")
        else:
            around = "" if node.tag in _RUNS_ON else " "
            parts.append(around)
            below.append(around)
            below.extend(reversed(list(_children(node))))
    return " ".join("".join(parts).split())


def _span(cell: LexborNode, name: str) -> int:
    text = (cell.attributes.get(name) or "1").strip()
    return int(text[:6]) if text.isdecimal() and text.isascii() else 1


class _Budget:
    """Cells a page may still have: spans are cheap to write and dear to fill."""

    def __init__(self) -> None:
        self.left = CELLS

    def take(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            raise BrokenFileError(
                "merged cells beyond any sheet", "a table of a sheet's size", "Deliver it again, or as CSV."
            )


class _Group:
    """A group of rows laid on a grid; a merged cell does not leave it."""

    def __init__(self) -> None:
        self.waiting: dict[int, tuple[int, str]] = {}
        """By column: how many rows below a merged cell still spans, and its text."""

    def row(self, line: LexborNode, *, nested: bool) -> list[str]:
        row: list[str] = []
        above, self.waiting = self.waiting, {}
        for cell in _children(line):
            if cell.tag in ("td", "th"):
                self._merged(row, above)
                self._place(row, above, cell, _shown(cell, nested=nested))
        while above:
            self._merged(row, above)
            if above:
                row.append("")
        return row

    def _merged(self, row: list[str], above: dict[int, tuple[int, str]]) -> None:
        """Fill the next columns as far as cells of rows above reach into them."""
        while len(row) in above:
            left, text = above.pop(len(row))
            if left > 1:
                self.waiting[len(row)] = (left - 1, text)
            row.append(text)

    def _place(self, row: list[str], above: dict[int, tuple[int, str]], cell: LexborNode, text: str) -> None:
        down, across = _span(cell, "rowspan"), max(_span(cell, "colspan"), 1)
        if len(row) + across > WIDEST:
            raise BrokenFileError(
                f"a row of more than {WIDEST} columns", "a table of a sheet's width", "Deliver it again."
            )
        for column in range(across):
            above.pop(len(row), None)  # where two cells claim a place the later one has it
            if down != 1:  # 0 means: down to the end of its group
                self.waiting[len(row)] = (down - 1 if down else CELLS, "" if column else text)
            row.append("" if column else text)


def _rows(table: LexborNode, budget: _Budget, *, nested: bool) -> list[list[str]]:
    """The rows of one table."""
    found = []
    for part in _children(table):
        if part.tag not in ("thead", "tbody", "tfoot"):
            continue
        group = _Group()
        for line in _children(part):
            if line.tag == "tr":
                row = group.row(line, nested=nested)
                budget.take(len(row))
                found.append(row)
    return found


def _parents(tables: list[LexborNode]) -> list[int | None]:
    """For each table the place of the table it stands in."""
    places = {table.mem_id: place for place, table in enumerate(tables)}
    found: list[int | None] = []
    for table in tables:
        above = table.parent
        while above is not None and above.tag != "table":
            above = above.parent
        found.append(places.get(above.mem_id) if above is not None else None)
    return found


def _sheet(page: LexborHTMLParser, asked: Asked) -> list[list[str]]:
    """The rows of all tables, one below the other.

    Tables in the cells of the table that is read are text of its cells; the tables around it only place it.
    """
    tables = page.css("table")
    parents = _parents(tables)
    around, budget = {parent for parent in parents if parent is not None}, _Budget()
    read: set[int] = set()
    rows: list[list[str]] = []
    for place, table in enumerate(tables):
        if parents[place] in read:
            read.add(place)  # its text stands in the cells already
            continue
        own = _rows(table, budget, nested=False)
        if find_header(own, asked) is not None:
            read.add(place)
            if place in around:
                own = _rows(table, budget, nested=True)
        rows += own
    return rows


def _whole(text: str) -> bool:
    """Whether the last cell stands before the end of its table: an export cut off on the way does not."""
    shown = re.sub(r"(?is)<!--.*?-->|<(script|style)\b.*?</\1\s*>", "", text).lower()
    end = shown.rfind("</table")
    return end > max(shown.rfind(mark) for mark in ("<td", "<th", "<tr"))


def read_html(connection: duckdb.DuckDBPyConnection, path: Path, asked: Asked) -> Source:
    """Read the tables of a page.

    Args:
        connection: gets the temp table `source`; lines are numbers of rows over all tables.
        path: the page.
        asked: what the profile asks of it.

    Raises:
        BrokenFileError: undecodable, no table, cut off, spans beyond any sheet, a heading that stands twice.
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only where a page is read

    text = _text(path, asked.form.encoding)
    page = LexborHTMLParser(text)
    if page.css_first("table") is None:
        raise BrokenFileError(
            "a page without a table",
            "an HTML table, or a workbook",
            "Save it as .xlsx with a spreadsheet program and deliver it again.",
        )
    if not _whole(text):
        raise BrokenFileError(
            "a table that is never closed", "a whole page", "Deliver it again; it was cut off on the way."
        )
    page.strip_tags(list(_NOT_SHOWN), recursive=True)
    rows = _sheet(page, asked)
    return sheet_source(connection, rows, asked, str, typed_cells=False, repeats=True)
