"""Reporting periods and their two calendars, and the seed that tells the warehouse. No Dagster, no database.

State calendar: a reporting month ends on the 14th (`2022-09` is 15/08/2022-14/09/2022), so the year Y runs
from 15/12(Y-1) to 14/12(Y). Plain calendar: civil months; its codes end in `@plain`.
Source: closing days of the reports of the Government Office (Circular 01/2020/TT-VPCP).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from orchestration.errors import UsageError

STATE = "state"
PLAIN = "plain"
CALENDARS = (STATE, PLAIN)
FORMS = "2022-01 … 2022-12, 2022-Q1 … 2022-Q4, 2022-H1, 2022-H2, 2022-9M, 2022, each also with @plain"

_CODE = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<part>0[1-9]|1[0-2]|Q[1-4]|H[12]|9M))?(?P<plain>@plain)?")

SEED_FILE = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds" / "periods.csv"
SEED_YEARS = (2010, 2035)
SEED_COLUMNS = ("period_code", "calendar", "kind", "year", "start_on", "end_on")
"""The warehouse knows periods from its seed, which this module writes: `python -m orchestration.periods`."""


@dataclass(frozen=True)
class Period:
    """One reporting period, half-open in time: `start_at <= t < end_at`, local time.

    Attributes:
        code: canonical code, `2022-9M` or `2022-9M@plain`.
        calendar: `state` or `plain`.
        kind: `month`, `quarter`, `half`, `nine_months` or `year`.
        year: the year the period belongs to.
        start: first day.
        end: last day, part of the period.
    """

    code: str
    calendar: str
    kind: str
    year: int
    start: date
    end: date

    @property
    def start_at(self) -> datetime:
        """First moment of the period."""
        return datetime.combine(self.start, time())

    @property
    def end_at(self) -> datetime:
        """First moment after the period."""
        return datetime.combine(self.end + timedelta(days=1), time())


def _months(part: str | None) -> tuple[str, int, int]:
    """Kind, first and last month of a part of the year."""
    if part is None:
        return "year", 1, 12
    if part == "9M":
        return "nine_months", 1, 9
    if part.startswith("Q"):
        quarter = int(part[1])
        return "quarter", 3 * quarter - 2, 3 * quarter
    if part.startswith("H"):
        return ("half", 1, 6) if part == "H1" else ("half", 7, 12)
    return "month", int(part), int(part)


def _month_start(year: int, month: int) -> date:
    """First civil day of a month; month 0 is December of the year before, 13 January of the next."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _span(calendar: str, year: int, first: int, last: int) -> tuple[date, date]:
    if calendar == STATE:
        return _month_start(year, first - 1).replace(day=15), _month_start(year, last).replace(day=14)
    return _month_start(year, first), _month_start(year, last + 1) - timedelta(days=1)


def _make(year: int, part: str | None, calendar: str) -> Period:
    kind, first, last = _months(part)
    start, end = _span(calendar, year, first, last)
    code = f"{year:04d}" + (f"-{part}" if part else "") + ("@plain" if calendar == PLAIN else "")
    return Period(code, calendar, kind, year, start, end)


def parse_period(code: str, calendar: str | None = None) -> Period:
    """Return the period of a code.

    Args:
        code: `2022-9M`, `2022-09@plain`, …
        calendar: `state` or `plain`; must not contradict a code that ends in `@plain`.

    Raises:
        UsageError: the code has another form, calendar and code contradict each other, or the warehouse has no
            row for the year.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise UsageError(f"{code!r} is no period.", f"Forms: {FORMS}.")
    if not SEED_YEARS[0] <= int(match["year"]) <= SEED_YEARS[1]:
        raise UsageError(
            f"{code!r} is no period that the warehouse knows.",
            f"Years: {SEED_YEARS[0]} to {SEED_YEARS[1]}. Forms: {FORMS}.",
        )
    if match["plain"] and calendar == STATE:
        raise UsageError(
            f"{code!r} is a period of the plain calendar.", "Leave out --calendar state, or @plain."
        )
    chosen = PLAIN if match["plain"] else calendar or STATE
    if chosen not in CALENDARS:
        raise UsageError(f"{chosen!r} is no calendar.", f"Known calendars: {', '.join(CALENDARS)}.")
    return _make(int(match["year"]), match["part"], chosen)


def periods_of_year(year: int, calendar: str = STATE) -> list[Period]:
    """All twenty periods of a year: months, quarters, halves, nine months, year."""
    parts = [f"{month:02d}" for month in range(1, 13)]
    parts += ["Q1", "Q2", "Q3", "Q4", "H1", "H2", "9M"]
    return [_make(year, part, calendar) for part in [*parts, None]]


def last_period_before(day: date, kind: str, calendar: str = STATE) -> Period:
    """The last period of a kind whose end is before a day."""
    candidates = [
        period
        for year in (day.year - 1, day.year, day.year + 1)
        for period in periods_of_year(year, calendar)
        if period.kind == kind and period.end < day
    ]
    return max(candidates, key=lambda period: period.end)


def seed_rows(first_year: int = SEED_YEARS[0], last_year: int = SEED_YEARS[1]) -> list[list[str]]:
    """Rows of the seed `periods`, header first: every period of both calendars, ordered by calendar and day.

    Args:
        first_year: first year whose periods are listed.
        last_year: last one, included.
    """
    periods = [
        period
        for calendar in CALENDARS
        for year in range(first_year, last_year + 1)
        for period in periods_of_year(year, calendar)
    ]
    return [
        list(SEED_COLUMNS),
        *([p.code, p.calendar, p.kind, str(p.year), p.start.isoformat(), p.end.isoformat()] for p in periods),
    ]


def write_seed(path: Path = SEED_FILE) -> int:
    """Write the seed `periods` and return its number of periods."""
    rows = seed_rows()
    path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    return len(rows) - 1


if __name__ == "__main__":
    print(f"{SEED_FILE}: {write_seed()} periods")
