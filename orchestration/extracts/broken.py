"""A file that breaks its contract as a whole, and the one error type the readers raise for it.

Belongs here: the error and its words. Does not belong here: records that are rejected one by one
(`quarantine.py`). The words never quote a cell: a cell may be somebody's name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class BrokenFile:
    """Why a file could not be taken.

    Attributes:
        feed: feed of its landing folder.
        file: path relative to `landing/`, or the sample's name.
        column: contract column, where one is at fault.
        found: what the file holds.
        expected: what the contract or the profile asks for.
        hint: what to do.
        national_copy: its source is the national copy: no figure counts it.
    """

    feed: str
    file: str
    column: str | None
    found: str
    expected: str
    hint: str
    national_copy: bool = False

    def to_dict(self) -> dict[str, str | None]:
        """The error as a JSON object."""
        return asdict(self)

    def message(self) -> str:
        """One line for people."""
        column = f", column {self.column}" if self.column else ""
        return f"{self.feed}: {self.file}{column}: found {self.found}; expected {self.expected}. {self.hint}"


class BrokenFileError(Exception):
    """Raised by a reader; the ingest turns it into a `BrokenFile` and goes on with the other files."""

    def __init__(self, found: str, expected: str, hint: str, column: str | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected
        self.hint = hint
        self.column = column

    def of(self, feed: str, file: str) -> BrokenFile:
        """The error of a file."""
        return BrokenFile(feed, file, self.column, self.found, self.expected, self.hint)
