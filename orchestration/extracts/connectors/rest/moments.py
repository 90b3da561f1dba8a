"""Moments of change as services write them: read from records, written into requests.

Belongs here: text or number to a moment and back. Does not belong here: what the moments are for.

A moment without an offset is local time; all moments are compared as local time without offset, as in the lake.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestration.extracts.formats import ISO, FormatError, time_formats

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["FormatError", "Moments", "pattern_of"]
_EPOCHS = {"epoch_seconds": 1, "epoch_milliseconds": 1000}


def pattern_of(form: str) -> str | None:
    """The notation of a written form for `strptime`, or None where it is none of letters.

    Raises:
        FormatError: the form cannot be understood.
    """
    if form == ISO or form in _EPOCHS:
        return None
    found = time_formats((form,))
    if len(found) != 1:
        raise FormatError(f"{form!r}: a parameter is written in one form, without optional parts.")
    return found[0].pattern.replace("%g", "%f")


class Moments:
    """One written form in one zone."""

    def __init__(self, form: str, zone: ZoneInfo) -> None:
        self.form, self.zone, self.pattern = form, zone, pattern_of(form)

    def local(self, moment: datetime) -> datetime:
        """A moment as local time without offset."""
        return moment if moment.tzinfo is None else moment.astimezone(self.zone).replace(tzinfo=None)

    def read(self, value: Any) -> datetime | None:
        """The moment that a record names, or None where it cannot be read."""
        try:
            if self.form in _EPOCHS:
                return self.local(datetime.fromtimestamp(float(value) / _EPOCHS[self.form], UTC))
            if not isinstance(value, str):
                return None
            text = value.strip()
            return self.local(
                datetime.strptime(text, self.pattern) if self.pattern else datetime.fromisoformat(text)  # noqa: DTZ007 - local
            )
        except (ValueError, TypeError, OverflowError, OSError):
            return None

    def written(self, moment: datetime) -> str:
        """A local moment as a service is asked for it."""
        aware = moment.replace(tzinfo=self.zone)
        if self.form in _EPOCHS:
            return str(int(aware.timestamp() * _EPOCHS[self.form]))
        if self.pattern is None:
            return aware.isoformat(timespec="milliseconds")
        return moment.strftime(self.pattern.replace("%f", f"{moment.microsecond // 1000:03d}"))
