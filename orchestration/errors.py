"""The errors a user may meet, each with the exit code of the command line.

Belongs here: exception classes and exit codes. Does not belong here: anything that raises them.
"""

from __future__ import annotations

EXIT_DONE = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_BROKEN_EXTRACT = 4
EXIT_LOCKED = 5


class CchcError(Exception):
    """An error with a message for people, a next step, and the exit code it ends the command with."""

    exit_code = EXIT_UNEXPECTED

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}\n  what to do: {hint}")
        self.message = message
        self.hint = hint

    def to_json(self) -> dict[str, str | None]:
        """The error as it stands in a JSON document."""
        return {"message": self.message, "hint": self.hint}


class UsageError(CchcError):
    """Wrong arguments, wrong settings, an unknown id, a period that is not over."""

    exit_code = EXIT_USAGE


class RefusedError(CchcError):
    """The gate refused a candidate, or verification found a changed byte."""

    exit_code = EXIT_REFUSED


class BrokenExtractError(CchcError):
    """An extract broke its contract; the message names file, column, found, expected, remedy."""

    exit_code = EXIT_BROKEN_EXTRACT


class LakeLockedError(CchcError):
    """Another run holds the lake's lock."""

    exit_code = EXIT_LOCKED
