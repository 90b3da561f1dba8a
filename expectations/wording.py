"""The sentences of the audit, in Vietnamese and English.

Belongs here: how numbers, shares and lists of records are said, and filling the messages of the registry. Does not
belong here: the messages themselves (`rules.yml`), any judgement.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

VI, EN = "vi", "en"
NAMED = 5
"""Records named in a sentence; the others are counted."""
_NOTHING = "–"
_ONE = Decimal(1)
_SIGNS = {"<=": "≤", ">=": "≥"}
_KEY = re.compile(r"^[0-9a-f]{64}$")
_SHOWN_OF_KEY = 12


def decimal_of(value: Any) -> Decimal | None:
    """A number as an exact decimal: a double by its shortest text, so that 0.997 is 0.997."""
    if value is None or isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return Decimal(str(value))


def number(value: Any, language: str) -> str:
    """`1.234,5` or `1,234.5`; null is a dash."""
    exact = decimal_of(value)
    if exact is None:
        return _NOTHING
    text = f"{exact.normalize():,f}"
    return text.translate(str.maketrans(",.", ".,")) if language == VI else text


def percent(share: Decimal, language: str, decimals: int = 2) -> str:
    """A share as percent, half up; a share below 1 never prints as 100 %."""
    step = _ONE.scaleb(-decimals)
    shown = (share * 100).quantize(step, ROUND_HALF_UP)
    if share < 1 <= shown / 100:
        shown = 100 - step
    text = f"{shown:,f}".rstrip("0").rstrip(".") if "." in f"{shown:f}" else f"{shown:,f}"
    return f"{text.translate(str.maketrans(',.', '.,'))} %" if language == VI else f"{text}%"


@dataclass(frozen=True)
class Figure:
    """One figure with its target, as a row of `headline_figures` or `indicator_values` holds it.

    `value`, `numerator`, `denominator`, `target` are exact; `unit` is `ratio` or that of a count.
    """

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: str
    operator: str | None
    target: Decimal | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Figure:
        """Read a figure out of a row that has these columns."""
        parts = (decimal_of(row.get(key)) for key in ("value", "numerator", "denominator"))
        value, numerator, denominator = parts
        operator = row.get("operator")
        return cls(
            value, numerator, denominator, str(row.get("unit")), operator, decimal_of(row.get("target"))
        )

    @property
    def share(self) -> Decimal | None:
        """The exact share: from the counts where they are there."""
        if self.unit != "ratio" or self.numerator is None or not self.denominator:
            return self.value
        return self.numerator / self.denominator

    def found(self, language: str) -> str:
        """`99,95 % (1.849/1.850)`, or the number of a count."""
        share = self.share
        if share is None:
            return _NOTHING
        if self.unit != "ratio":
            return number(share, language)
        counts = (
            f" ({number(self.numerator, language)}/{number(self.denominator, language)})"
            if self.denominator
            else ""
        )
        return percent(share, language) + counts

    def expected(self, language: str) -> str:
        """The target: `> 99,7 %`."""
        if self.target is None or self.operator is None:
            return _NOTHING
        target = percent(self.target, language) if self.unit == "ratio" else number(self.target, language)
        return f"{_SIGNS.get(self.operator, self.operator)} {target}"

    def gap(self, language: str) -> str:
        """By how much the target is missed, in percentage points and in records."""
        share = self.share
        if share is None or self.target is None or self.operator is None:
            return _NOTHING
        distance = abs(share - self.target)
        if self.unit != "ratio":
            return number(distance, language)
        points = number(_shown_points(distance * 100), language)
        said = f"{points} điểm phần trăm" if language == VI else f"{points} percentage points"
        if not self.denominator:
            return said
        cases = number(self._records(), language)
        return (
            f"{said} ({cases} trường hợp)"
            if language == VI
            else f"{said} ({cases} case{'s' * (cases != '1')})"
        )

    def _records(self) -> Decimal:
        """The fewest records that would have to be otherwise for the target to be met."""
        assert self.denominator is not None  # asked for before
        assert self.target is not None
        numerator = self.numerator or Decimal(0)
        bound = self.target * self.denominator
        if self.operator == ">":
            return bound.to_integral_value(ROUND_FLOOR) + 1 - numerator
        if self.operator == "<":
            return numerator - bound.to_integral_value(ROUND_CEILING) + 1
        if self.operator == "<=":
            return numerator - bound.to_integral_value(ROUND_FLOOR)
        return abs(bound.to_integral_value(ROUND_CEILING) - numerator)


def _shown_points(points: Decimal) -> Decimal:
    """Two decimals, more where two would say that nothing is missing."""
    for decimals in range(2, 9):
        shown = points.quantize(_ONE.scaleb(-decimals), ROUND_HALF_UP)
        if shown:
            return shown
    return points


def said(value: Any, language: str) -> str:
    """Any value of a row as a sentence says it."""
    if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
        return number(value, language)
    if isinstance(value, date):
        clock = " %H:%M:%S" if isinstance(value, datetime) else ""
        return value.strftime(("%d/%m/%Y" if language == VI else "%Y-%m-%d") + clock)
    if isinstance(value, list | tuple):
        return ", ".join(said(part, language) for part in value)
    return str(value)


def record_list(rows: Sequence[Mapping[str, Any]], total: int, language: str) -> str:
    """The first records by code and name, and how many more there are; a pseudonymous key by its beginning."""
    named = []
    for row in rows[:NAMED]:
        code = said(row.get("record"), language)
        code = f"{code[:_SHOWN_OF_KEY]}…" if _KEY.match(code) else code
        name = row.get(f"name_{language}") or row.get("name_vi")
        named.append(f"{code} ({name})" if name and name != code else code)
    text = "; ".join(named) or _NOTHING
    more = total - len(named)
    if named and more > 0:
        text += (
            f" và {number(more, language)} mục khác"
            if language == VI
            else f" and {number(more, language)} more"
        )
    return text


def placeholders(
    row: Mapping[str, Any], records: Sequence[Mapping[str, Any]], total: int, language: str
) -> dict[str, str]:
    """What a message may name, from the first offending row and the records behind the failure."""
    filled = {
        "records": record_list(records, total, language),
        "count": number(row.get("count", total), language),
    }
    for key in ("found", "expected", "gap", "reason", "limit", "period", "table", "figure"):
        value = row.get(f"{key}_{language}", row.get(key))
        filled[key] = said(value, language)
    if {"unit", "operator", "target"} <= set(row):
        figure = Figure.from_row(row)
        filled |= {
            "found": figure.found(language),
            "expected": figure.expected(language),
            "gap": figure.gap(language),
        }
    if f"label_{language}" in row:
        filled["figure"] = said(row[f"label_{language}"], language)
    return filled


def fill(message: str, values: Mapping[str, str]) -> str:
    """Put values into a message of the registry."""
    for key, value in values.items():
        message = message.replace("{" + key + "}", value)
    return message
