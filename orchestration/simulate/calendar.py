"""The year that is simulated: its borders, its extracts, its working days and hours.

Belongs here: dates that every feed shares, and the working timeline on which dossiers move. Does not belong
here: how many dossiers arrive when (`arrivals.py`).

A moment of work is one integer, `working day x 28,800 + second of work`: adding whole days adds working days,
as the deadlines of the one-stop mechanism do, and every moment falls into office hours (07:00-11:30 and
13:30-17:00). Days off and make-up days are those of the seeds that the warehouse reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from orchestration.periods import Period, parse_period
from orchestration.public_holidays import MAKE_UP, special_days

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


@dataclass(frozen=True)
class Span:
    """The time that is simulated.

    Attributes:
        period: the period whose figures are asked for.
        extract_dates: days in the names of the extracts of dossiers.
        slow_extract_dates: those of everything else.
        first_day, last_day: between which work is done.
    """

    period: Period
    extract_dates: tuple[date, ...]
    slow_extract_dates: tuple[date, ...]
    first_day: date
    last_day: date

    def borders(self, days: list[date]) -> tuple[int, int, int]:
        """Numbers of the working days on which the period starts, after which it ends, and of the last extract."""
        moments = (self.period.start, self.period.end_at.date(), self.extract_dates[-1])
        start, end, cut = (first_working_day_from(days, moment) for moment in moments)
        return start, end, cut


PROVINCE_YEAR = Span(PERIOD, EXTRACT_DATES, SLOW_EXTRACT_DATES, FIRST_DAY, LAST_DAY)

DAY_SECONDS = 28_800
MORNING_SECONDS = 16_200
MORNING_START = 25_200
AFTERNOON_START = 48_600


def working_days(span: Span = PROVINCE_YEAR) -> list[date]:
    """Working days from the first to the last day; the position in the list is the working day's number."""
    length = (span.last_day - span.first_day).days + 1
    days = (span.first_day + timedelta(days=offset) for offset in range(length))
    kinds = special_days()
    return [day for day in days if (kinds[day] == MAKE_UP if day in kinds else day.weekday() < 5)]


def first_working_day_from(days: list[date], day: date) -> int:
    """Number of the first working day on or after a day."""
    return next(number for number, candidate in enumerate(days) if candidate >= day)


def extract_of(day: date | datetime, cuts: Sequence[date] = SLOW_EXTRACT_DATES) -> date | None:
    """The first extract that holds what happened on a day, None if it is after the last one."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    return next((cut for cut in cuts if moment < datetime.combine(cut, time())), None)
