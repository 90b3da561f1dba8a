"""What every reader hands over: a relation of text columns and the count of the file's lines.

Belongs here: the object, and how names of columns are compared. Does not belong here: reading.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_SPACE = re.compile(r"\s+")


def folded(name: str) -> str:
    """A heading as it is compared: NFC, without regard to case and repeated spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", name).strip("\ufeff\u200b \t\r\n")).casefold()


@dataclass(frozen=True)
class Source:
    """One file as a relation.

    Attributes:
        relation: name of a view or table with `line bigint`, `broken varchar` (null, or the reason why the
            line is no record) and the source columns.
        lines: lines of the file (rows of a sheet, objects of a JSON file, rows of a Parquet file).
        skipped: lines that are no records: header, blank lines, totals.
        names: headings as found.
        expressions: folded heading to SQL over the relation; nested JSON paths stand here too.
        raw: SQL over the relation of the text of a line as it came.
        typed_cells: cells may hold real dates, written as ISO text by the reader.
        plain: no white space but the space itself occurs, so that trimming is cheap.
        ascii_only: no signs but those of ASCII occur, so that every text is in NFC.
        notes: warnings for people.
    """

    relation: str
    lines: int
    skipped: int
    names: tuple[str, ...]
    expressions: dict[str, str]
    raw: str
    typed_cells: bool = False
    plain: bool = False
    ascii_only: bool = False
    notes: tuple[str, ...] = field(default=())

    def expression(self, name: str) -> str | None:
        """SQL of a source column, or None where the file has none of this name."""
        return self.expressions.get(folded(name))
