"""When what runs by itself, and which period a tick releases. No Dagster, no database.

Belongs here: the timetable, its ticks, the period of a tick. Does not belong here: starting anything
(`defs/automation.py`).

The closings are those of the state calendar: a reporting month ends on the 14th, so a period can be released from
the morning of the 15th on. Source: reports close on the 14th by Circular 01/2020/TT-VPCP, known at second hand
only (`docs/schedules.md` says what is in doubt). Vietnam has no daylight saving time, so every tick exists once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from orchestration.periods import Period, last_period_before

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of the official closing days; it is not a setting."""
CLOSING_DAYS = (15, 16, 17, 18, 19)
"""Days on which a closed period is released: the first one, and again where it could not be released yet."""


@dataclass(frozen=True)
class Timed:
    """One line of the timetable.

    Attributes:
        name: of the schedule.
        job: the job it starts.
        hour, minute: local time of its ticks.
        closes: kind of period whose closing it follows, None where it runs every day.
        months: civil months of its ticks, empty for all.
        vi, en: what it does.
    """

    name: str
    job: str
    hour: int
    minute: int
    vi: str
    en: str
    closes: str | None = None
    months: tuple[int, ...] = ()

    @property
    def cron(self) -> str:
        """The line as cron writes it."""
        days = f"{CLOSING_DAYS[0]}-{CLOSING_DAYS[-1]}" if self.closes else "*"
        months = ",".join(map(str, self.months)) or "*"
        return f"{self.minute} {self.hour} {days} {months} *"

    def ticks(self, after: datetime) -> Iterator[datetime]:
        """Moments after a moment at which it runs, local time with its offset, without end."""
        local = after.astimezone(ZONE)
        day = local.date()
        while True:
            tick = datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=ZONE)
            due = (not self.closes or day.day in CLOSING_DAYS) and (
                not self.months or day.month in self.months
            )
            if due and tick > local:
                yield tick
            day += timedelta(days=1)

    def next_ticks(self, after: datetime, count: int) -> list[datetime]:
        """The next ticks after a moment."""
        return list(islice(self.ticks(after), count))

    def period_on(self, day: date, kind: str) -> Period | None:
        """The period that a tick of this day releases, None where it releases none.

        Args:
            day: local day of the tick.
            kind: `CCHC_PERIOD_KIND`, which the daily release follows; it can be later than what has arrived.
        """
        if self.job == INGEST:
            return None
        return last_period_before(day, self.closes or kind)


INGEST = "ingest"
RELEASE = "reform_release"

TIMETABLE = (
    Timed(
        "daily_ingest", INGEST, 4, 30,
        "Hằng ngày: nhận dữ liệu mới từ các nguồn và từ landing/.",
        "Every day: take what is new from the sources and from landing/.",
    ),
    Timed(
        "daily_release", RELEASE, 5, 0,
        "Hằng ngày: công bố lại kỳ gần nhất đã kết thúc khi có dữ liệu mới.",
        "Every day: release the last period that is over, where something new has arrived.",
    ),
    Timed(
        "closing_month", RELEASE, 6, 0,
        "Sau khi chốt số liệu tháng (ngày 14): công bố kỳ tháng.",
        "After the closing of the month (the 14th): release the month.",
        "month",
    ),
    Timed(
        "closing_quarter", RELEASE, 6, 10,
        "Sau khi chốt số liệu quý (14/3, 14/6, 14/9, 14/12): công bố kỳ quý.",
        "After the closing of the quarter (14/3, 14/6, 14/9, 14/12): release the quarter.",
        "quarter", (3, 6, 9, 12),
    ),
    Timed(
        "closing_half_year", RELEASE, 6, 20,
        "Sau khi chốt số liệu 6 tháng (14/6, 14/12): công bố kỳ 6 tháng.",
        "After the closing of the half-year (14/6, 14/12): release the half-year.",
        "half", (6, 12),
    ),
    Timed(
        "closing_nine_months", RELEASE, 6, 30,
        "Sau khi chốt số liệu 9 tháng (14/9): công bố kỳ 9 tháng.",
        "After the closing of nine months (14/9): release the nine months.",
        "nine_months", (9,),
    ),
    Timed(
        "closing_year", RELEASE, 6, 40,
        "Sau khi chốt số liệu năm (14/12): công bố kỳ năm.",
        "After the closing of the year (14/12): release the year.",
        "year", (12,),
    ),
)  # fmt: skip
