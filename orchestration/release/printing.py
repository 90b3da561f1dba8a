"""How a figure is printed: rounded half up, once, at the end.

Belongs here: numbers to text in Vietnamese and English. Does not belong here: computing or judging them.

Rates are fractions 0-1 (`unit = 'ratio'`), computed exactly from their integers and printed as percent with
one decimal (two in detail). A share below 1 that would print as 100 prints as 99,9 (99,99): nobody reads
"all" where one is missing.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

RATIO = "ratio"
VI, EN = "vi", "en"
_SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<"}
_NOTHING = "–"


def _rounded(value: Fraction, places: int) -> Decimal:
    """A fraction rounded half up (away from zero) to decimal places, exactly."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def _exact(value: float | Decimal) -> Fraction:
    """The number that a double stands for in its shortest form: 0.997 is 997/1000."""
    return Fraction(str(value))


def number_text(value: Fraction | Decimal | float, places: int, language: str) -> str:
    """Return a number with grouping and decimals as a language writes them: `336.418,5`, `336,418.5`."""
    exact = value if isinstance(value, Fraction) else _exact(value)
    text = f"{_rounded(exact, places):,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == VI else text


def percent_text(share: Fraction, language: str, places: int = 1) -> str:
    """Return a share as percent; below 1 it never prints as 100."""
    percent = share * 100
    if share < 1 and _rounded(percent, places) >= 100:
        percent = 100 - Fraction(1, 10**places)
    return f"{number_text(percent, places, language)} %"


def value_text(
    value: float | Decimal | None,
    numerator: float | Decimal | None,
    denominator: float | Decimal | None,
    unit: str,
    language: str = VI,
    *,
    detail: bool = False,
) -> str:
    """Return a figure as people read it; `–` where it has no value.

    Args:
        value: as the mart holds it.
        numerator: for a ratio, its exact numerator.
        denominator: for a ratio, its exact denominator.
        unit: `ratio`, or what is counted.
        language: `vi` or `en`.
        detail: two decimals instead of one.
    """
    if value is None:
        return _NOTHING
    if unit == RATIO:
        known = numerator is not None and denominator
        share = _exact(numerator) / _exact(denominator) if known else _exact(value)  # type: ignore[arg-type]
        return percent_text(share, language, 2 if detail else 1)
    exact = _exact(value)
    return number_text(exact, 0 if exact.denominator == 1 else 2, language)


def target_text(operator: str | None, target: float | Decimal | None, unit: str, language: str = VI) -> str:
    """Return a target with its sign: `> 99,7 %`, `= 0`; `–` where there is none."""
    if operator is None or target is None:
        return _NOTHING
    exact = _exact(target) * (100 if unit == RATIO else 1)
    places = next((places for places in range(4) if exact * 10**places == int(exact * 10**places)), 4)
    text = number_text(exact, places, language)
    return f"{_SIGNS.get(operator, operator)} {text}" + (" %" if unit == RATIO else "")


def day_text(iso: str) -> str:
    """Return a day as `dd/MM/yyyy`."""
    year, month, day = iso[:10].split("-")
    return f"{day}/{month}/{year}"
