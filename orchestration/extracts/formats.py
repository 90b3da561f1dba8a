"""How times and dates are written: `dd/MM/yyyy HH:mm:ss` to the database's own notation.

Belongs here: the notation of profiles and its translation. Does not belong here: SQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ISO = "iso"
_TOKENS = {
    "yyyy": "%Y",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
    "SSS": "%g",
}
_TOKEN = re.compile(r"yyyy|MM|dd|HH|mm|SSS|ss|T|[A-Za-z]+|.")


class FormatError(ValueError):
    """A written form of times that cannot be understood."""


@dataclass(frozen=True)
class TimeFormat:
    """One written form.

    Attributes:
        pattern: in the notation of `strptime`, or `iso`.
        has_time: it says the hour.
        length: of the text where every part has a fixed width and nothing stands between them, else None.
    """

    pattern: str
    has_time: bool
    length: int | None


def _without_brackets(text: str) -> list[str]:
    """`a[ b[:c]]` stands for `a b:c`, `a b` and `a`, longest first."""
    start = text.find("[")
    if start < 0:
        if "]" in text:
            raise FormatError(f"{text!r} closes a bracket it never opened.")
        return [text]
    if not text.endswith("]"):
        raise FormatError(f"{text!r}: an optional part in brackets stands at the end.")
    return [text[:start] + tail for tail in _without_brackets(text[start + 1 : -1])] + [text[:start]]


def _one(text: str) -> TimeFormat:
    pattern = ""
    for part in _TOKEN.findall(text):
        if part in _TOKENS:
            pattern += _TOKENS[part]
        elif part == "T" or not part.isalpha():
            pattern += part.replace("%", "%%")
        else:
            raise FormatError(f"{text!r}: {part!r} is no part of a time; parts are {', '.join(_TOKENS)}.")
    if not all(needed in pattern for needed in ("%Y", "%m", "%d")):
        raise FormatError(f"{text!r} does not say year, month and day.")
    compact = not re.sub(r"%[YmdHMSg]", "", pattern)
    return TimeFormat(pattern, "%H" in pattern, len(text) if compact else None)


def time_formats(written: tuple[str, ...]) -> list[TimeFormat]:
    """The forms of a list, brackets resolved, in order.

    Raises:
        FormatError: a form cannot be understood.
    """
    found = []
    for text in written:
        if text == ISO:
            found.append(TimeFormat(ISO, has_time=True, length=None))
        else:
            found.extend(_one(one) for one in _without_brackets(text))
    return found
