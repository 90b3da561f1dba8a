"""Time in a dossier's life a second time: slow, obvious, one dossier and one stretch of time after the other.

Written from the definitions (docs/time.md), not from the SQL, so that the two can disagree. The calendar is read from
the seeds, day by day. Belongs here: how long things took. Does not belong here: how a dossier stands in a period
(`counting_rules.py`).
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import accumulate, groupby, pairwise
from typing import Any

from counting_rules import (
    SUSPENDED,
    Dossier,
    Moment,
    closing,
    current,
    events_in_order,
    own_turn,
    receipt,
    state_at,
)
from harness import KNOWN_AT

from orchestration.settings import REPOSITORY

Row = dict[str, Any]
SEEDS = REPOSITORY / "dbt_project" / "seeds"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class Office:
    """The office hours of the standard calendar, from the first to the last day of the periods."""

    def __init__(self) -> None:
        assert [row["calendar_code"] for row in seed("agency_calendars")] == ["standard"]
        kinds = {row["day"]: row["kind"] for row in seed("public_holidays")}
        kinds |= {row["day"]: row["kind"] for row in seed("calendar_overrides") if row["verified"] == "true"}
        hours: dict[str, list[tuple[int, int]]] = {}
        for row in seed("office_hours"):
            if row["calendar_code"] == "standard":
                hours.setdefault(row["day_kind"], []).append((_clock(row["opens"]), _clock(row["closes"])))
        periods = seed("periods")
        first = date.fromisoformat(min(row["start_on"] for row in periods))
        last = date.fromisoformat(max(row["end_on"] for row in periods))
        self.days = [first + timedelta(days=shift) for shift in range((last - first).days + 1)]
        self.hours = []
        for day in self.days:
            kind = kinds.get(day.isoformat(), WEEKDAYS[day.weekday()])
            self.hours.append(hours.get(kind, []))
        whole = [sum(closes - opens for opens, closes in parts) for parts in self.hours]
        self.before = [0, *accumulate(whole)]
        self.numbers = list(accumulate(bool(parts) for parts in self.hours))

    def worked_until(self, moment: datetime) -> int:
        """Working seconds from the first day up to a moment."""
        number = (moment.date() - self.days[0]).days
        if number < 0:
            return 0
        if number >= len(self.days):
            return self.before[-1]
        second = int((moment - datetime.combine(moment.date(), time())).total_seconds())
        return self.before[number] + sum(
            max(min(second, closes) - opens, 0) for opens, closes in self.hours[number]
        )

    def worked(self, start: datetime, end: datetime) -> int:
        """Working seconds from one moment to another."""
        return self.worked_until(end) - self.worked_until(start)

    def working_days(self, earlier: date, later: date) -> int:
        """Working days after the earlier day, up to the later one."""
        first, last = (bisect_right(self.days, day) - 1 for day in (earlier, later))
        return sum(bool(parts) for parts in self.hours[max(first, 0) + 1 : last + 1])


def _clock(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


@dataclass
class Stay:
    """Time in one step, without suspensions; when it was entered first."""

    entered_at: datetime
    working: int = 0
    calendar: int = 0


def stays(office: Office, dossier: Dossier, until: datetime) -> dict[str, Stay]:
    """How long a dossier was in each step from receipt up to a moment."""
    received = receipt(dossier, KNOWN_AT)
    assert received is not None
    events = events_in_order(dossier, KNOWN_AT)
    if until <= received.at:
        in_that_moment = any(event.at == until for event in events)
        named = [event.step for event in events if event.at <= until and event.step is not None]
        return {named[-1] if in_that_moment and named else "unknown": Stay(until)}
    moments = {received.at, until} | {event.at for event in events}
    found: dict[str, Stay] = {}
    for start, end in pairwise(sorted(moment for moment in moments if received.at <= moment <= until)):
        named = [event.step for event in events if event.at <= start and event.step is not None]
        stay = found.setdefault(named[-1] if named else "unknown", Stay(start))
        if state_at(dossier, end, KNOWN_AT) not in SUSPENDED:
            stay.working += office.worked(start, end)
            stay.calendar += int((end - start).total_seconds())
    return found


def handling(office: Office, dossier: Dossier, closed_at: datetime) -> tuple[int, int]:
    """Handling time from receipt to a closing, in working and calendar seconds, without suspensions."""
    parts = stays(office, dossier, closed_at).values()
    return sum(part.working for part in parts), sum(part.calendar for part in parts)


def closed_at(dossier: Dossier, moment: datetime) -> datetime:
    """When a dossier that is closed at a moment was so first, not before its receipt."""
    received = receipt(dossier, KNOWN_AT)
    assert received is not None
    return max(closing(dossier, moment, KNOWN_AT).at, received.at)


def suspensions(office: Office, dossier: Dossier) -> list[tuple[Any, ...]]:
    """Each suspension: when it began and ended, the state it began with, whether it lasts, its length in hours."""
    received = receipt(dossier, KNOWN_AT)
    if received is None:
        return []
    found = []
    for began, ended in _suspended_runs(dossier, received):
        counts_from = max(began, received.at)
        if ended is not None and ended <= counts_from:
            continue
        until = ended or max(KNOWN_AT, counts_from)
        found.append(
            (
                began,
                ended,
                str(state_at(dossier, counts_from + timedelta(microseconds=1), KNOWN_AT)),
                ended is None,
                office.worked(counts_from, until) / 3600,
                int((until - counts_from).total_seconds()) / 3600,
            )
        )
    return found


def _suspended_runs(dossier: Dossier, received: Moment) -> list[tuple[datetime, datetime | None]]:
    """Unbroken runs of 5, 6 and 8: the moment of the first event and that of the event after the last."""
    events = events_in_order(dossier, KNOWN_AT)
    if not events:
        own = current(dossier).status
        return [(own_turn(dossier, received).at, None)] if own in SUSPENDED else []
    stretches = [list(stretch) for _, stretch in groupby(events, lambda event: event.status in SUSPENDED)]
    return [
        (stretch[0].at, after[0].at if after else None)
        for stretch, after in zip(stretches, [*stretches[1:], None], strict=True)
        if stretch[0].status in SUSPENDED
    ]


def quantile(values: list[int], tenths: int) -> float:
    """The quantile of whole seconds, in hours: between the two nearest ranks in proportion."""
    ordered = sorted(values)
    rank = Fraction(tenths, 10) * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return float((ordered[below] + (ordered[above] - ordered[below]) * (rank - below)) / 3600)


def bucket_of(office: Office, due: date | None, last_day: date, *, is_suspended: bool) -> str:
    """The bucket in which an open dossier stands."""
    side, days = "no_due_date", 0
    if is_suspended:
        side = "suspended"
    elif due is not None and due < last_day:
        side, days = "past_due", office.working_days(due, last_day)
    elif due is not None:
        side = "last_day" if due == last_day else "to_due"
        days = office.working_days(last_day, due)
    [code] = [
        row["bucket_code"]
        for row in seed("due_buckets")
        if row["bucket_set"] == "ageing"
        and row["side"] == side
        and int(row["from_days"]) <= days <= int(row["to_days"] or 10**9)
    ]
    return code
