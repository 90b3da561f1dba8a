"""The year that is simulated: its borders, its extracts, its working days and hours.

Belongs here: dates that every feed shares, and the working timeline on which dossiers move. Does not belong
here: how many dossiers arrive when (`arrivals.py`).

A moment of work is one integer, `working day x 28,800 + second of work`: adding whole days adds working days,
as the deadlines of the one-stop mechanism do, and every moment falls into office hours (07:00-11:30 and
13:30-17:00). Public holidays come from the package `holidays` (VN).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from orchestration.periods import parse_period

PERIOD = parse_period("2022-9M")
START = PERIOD.start_at
END = PERIOD.end_at
EXTRACT_DATES = (*(date(2022, month, 15) for month in range(1, 10)), date(2022, 9, 30))
"""Days in the names of the extracts; an extract holds what was so before that day began."""
SLOW_EXTRACT_DATES = tuple(EXTRACT_DATES[number] for number in (0, 4, 8, 9))
"""Days of the extracts of everything that is not a dossier, and of the registers."""
LAST_CUT = datetime.combine(EXTRACT_DATES[-1], time())
FIRST_DAY = date(2021, 6, 1)
LAST_DAY = date(2023, 3, 31)

DAY_SECONDS = 28_800
MORNING_SECONDS = 16_200
MORNING_START = 25_200
AFTERNOON_START = 48_600


def working_days() -> list[date]:
    """Working days from `FIRST_DAY` to `LAST_DAY`; the position in the list is the working day's number."""
    import holidays  # noqa: PLC0415 - slow to import, needed only here

    closed = holidays.country_holidays("VN", years=range(FIRST_DAY.year, LAST_DAY.year + 1))
    days = (FIRST_DAY + timedelta(days=offset) for offset in range((LAST_DAY - FIRST_DAY).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in closed]


def first_working_day_from(days: list[date], day: date) -> int:
    """Number of the first working day on or after a day."""
    return next(number for number, candidate in enumerate(days) if candidate >= day)


def extract_of(day: date | datetime, cuts: Sequence[date] = SLOW_EXTRACT_DATES) -> date | None:
    """The first extract that holds what happened on a day, None if it is after the last one."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    return next((cut for cut in cuts if moment < datetime.combine(cut, time())), None)
