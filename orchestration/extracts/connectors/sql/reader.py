"""What the SQL connector asks of a database, whichever it is.

Belongs here: the settings of a source, the questions, the errors. Does not belong here: the SQL of any database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from datetime import datetime


class NotNowError(Exception):
    """The database could not be reached or broke off: worth another try. The words hold no secret and no value."""

    def __init__(self, found: str, hint: str) -> None:
        super().__init__(found)
        self.found = found
        self.hint = hint


@dataclass(frozen=True)
class Watermark:
    """The column that grows with every change.

    Attributes:
        column: its name.
        nulls: records without one are pulled every time, rather than never.
        seconds, number: the overlap, of a time or of a number; one of them is set.
    """

    column: str
    nulls: bool
    seconds: float | None = None
    number: int | None = None


@dataclass(frozen=True)
class SqlSpec:
    """What the source's document says.

    Attributes:
        url_from: environment variable of the address.
        table: parts of its name, or empty.
        query: as the document states it, or None.
        columns: of a table; empty: all.
        watermark: None: everything is read every time.
        count: the source counts what it holds in all.
        connect_timeout, statement_timeout: in seconds.
    """

    url_from: str
    table: tuple[str, ...]
    query: str | None
    columns: tuple[str, ...]
    watermark: Watermark | None
    count: bool
    connect_timeout: float
    statement_timeout: float


@dataclass(frozen=True)
class Lower:
    """Where the last committed pull ended: the overlap begins before it."""

    value: str


@dataclass(frozen=True)
class Totals:
    """What the source says of all its records, in the snapshot in which they are read.

    Attributes:
        counted: how many there are.
        top: the highest watermark that is not later than the source's own clock, nor earlier than the last one.
        since: where the overlap of the next pull begins.
        mark_type: type in which watermarks are compared that were read as text.
        nulls, future, infinite: records without a watermark, with a later one, with a time without end.
    """

    counted: int | None = None
    top: str | None = None
    since: str | None = None
    nulls: int = 0
    future: int = 0
    infinite: int = 0
    mark_type: str | None = None


class Reader(Protocol):
    """An open database: one read-only transaction, one snapshot."""

    def __enter__(self) -> Self:
        """Open it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""

    def describe(self) -> dict[str, str]:
        """Columns that will be read: name to the source's own type."""

    def now(self) -> datetime:
        """The source's clock at the snapshot, as naive local time of the lake."""

    def totals(self, lower: Lower | None) -> Totals:
        """What the source says of all its records."""

    def batches(self, lower: Lower | None) -> tuple[Any, Iterator[Any]]:
        """Arrow schema and record batches of what is new, read as they are used."""
