"""How the console speaks: one JSON document or lines for people on stdout, messages and progress on stderr."""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from typing import Any

from orchestration.errors import CchcError

SCHEMA_VERSION = 1


def _plain(value: object) -> object:
    """A value that JSON has no form for: numbers stay numbers, everything else is text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


class Console:
    """The voice of one command.

    Attributes:
        as_json: one JSON document on stdout instead of lines for people.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._started = time.monotonic()

    def progress(self, message: str) -> None:
        """One line of progress on stderr, with the seconds since the start."""
        print(f"[{time.monotonic() - self._started:5.1f} s] {message}", file=sys.stderr, flush=True)

    def line(self, text: str = "") -> None:
        """One line for people on stdout; nothing where a JSON document is wanted."""
        if not self.as_json:
            print(text)

    def table(self, headings: list[str], rows: list[list[str]], right: frozenset[int] = frozenset()) -> None:
        """A table for people on stdout; nothing where a JSON document is wanted.

        Args:
            headings: one per column.
            rows: cells as text.
            right: columns that are aligned to the right.
        """
        if self.as_json:
            return
        from rich.box import SIMPLE_HEAD  # noqa: PLC0415
        from rich.console import Console as Terminal  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for number, heading in enumerate(headings):
            table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        terminal = Terminal()
        if not terminal.is_terminal:
            terminal = Terminal(width=140)
        terminal.print(table)

    def document(self, command: str, body: dict[str, Any]) -> None:
        """The JSON document of a command, where one is wanted."""
        if self.as_json:
            document = {"schema_version": SCHEMA_VERSION, "command": command, **body}
            print(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))

    def complain(self, error: CchcError) -> None:
        """An error for people on stderr."""
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  what to do: {error.hint}", file=sys.stderr)

    def error(self, error: CchcError) -> None:
        """An error for people on stderr, and as a document where one is wanted."""
        self.complain(error)
        self.document("error", {"exit_code": error.exit_code, "error": error.to_json()})
