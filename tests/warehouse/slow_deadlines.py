"""The deadline a dossier should have had, the slow and obvious way: from day to day, from opening to closing.

Belongs here: an independent reading of docs/deadlines.md in plain Python, straight from the seeds. Does not belong
here: anything that the SQL uses, or that is quick.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Case:
    """One dossier: when it came, what its procedure allows, and when its clock was held (half-open spans)."""

    calendar: str
    received_at: datetime
    allowed: Fraction
    unit: str
    pauses: tuple[Span, ...] = ()


@cache
def _rows(seed: str) -> list[dict[str, str]]:
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _special_days() -> dict[date, str]:
    kinds = {date.fromisoformat(row["day"]): row["kind"] for row in _rows("public_holidays")}
    for row in _rows("calendar_overrides"):
        if row["verified"] == "true":
            kinds[date.fromisoformat(row["day"])] = row["kind"]
    return kinds


@cache
def office_rows() -> list[dict[str, str]]:
    """Opening hours that hold: conventions, and decisions that are verified."""
    return [row for row in _rows("office_hours") if row["verified"] == "true" or row["basis"] == "convention"]


@cache
def opening_hours(calendar: str, day: date) -> tuple[Span, ...]:
    """From when to when the offices of a calendar are open on a day; nothing on a day off."""
    kind = _special_days().get(day, WEEKDAYS[day.weekday()])
    return tuple(
        sorted(
            (
                datetime.combine(day, time.fromisoformat(row["opens"])),
                datetime.combine(day, time.fromisoformat(row["closes"])),
            )
            for row in office_rows()
            if row["calendar_code"] == calendar and row["day_kind"] == kind
        )
    )


def is_working_day(calendar: str, day: date) -> bool:
    return bool(opening_hours(calendar, day))


def next_office_moment(calendar: str, moment: datetime) -> datetime:
    """The moment itself when the office is open, else when it opens next."""
    day = moment.date()
    while True:
        for opens, closes in opening_hours(calendar, day):
            if moment < closes:
                return max(moment, opens)
        day += ONE_DAY


def _without(span: Span, pauses: Sequence[Span]) -> list[Span]:
    """What is left of a span when pauses are cut out of it."""
    left = [span]
    for pause_from, pause_until in pauses:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, pause_from)), (max(start, pause_until), end))
            if piece[0] < piece[1]
        ]
    return sorted(left)


def _office_spans(calendar: str, start: datetime) -> Iterator[Span]:
    day = start.date()
    while True:
        for opens, closes in opening_hours(calendar, day):
            if closes > start:
                yield max(opens, start), closes
        day += ONE_DAY


def _work(calendar: str, start: datetime, budget: timedelta, pauses: Sequence[Span]) -> datetime:
    """The moment at which as much time was worked outside pauses as the budget holds."""
    for span in _office_spans(calendar, start):
        for piece_from, piece_until in _without(span, pauses):
            if budget <= piece_until - piece_from:
                return piece_from + budget
            budget -= piece_until - piece_from
    raise AssertionError


def _worked_between(calendar: str, start: datetime, end: datetime) -> timedelta:
    worked = timedelta()
    for opens, closes in _office_spans(calendar, start):
        if opens >= end:
            return worked
        worked += min(closes, end) - opens
    raise AssertionError


def _working_days_later(calendar: str, day: date, days: int) -> date:
    while days:
        day += ONE_DAY
        days -= is_working_day(calendar, day)
    return day


def _by_clock(start: datetime, budget: timedelta, pauses: Sequence[Span]) -> datetime:
    """The moment at which the clock, held during pauses, has run for the budget."""
    for piece_from, piece_until in _without((start, datetime(9999, 1, 1)), pauses):
        if budget <= piece_until - piece_from:
            return piece_from + budget
        budget -= piece_until - piece_from
    raise AssertionError


def expected_due(case: Case) -> datetime:
    """When the dossier should have been due."""
    calendar, pauses = case.calendar, case.pauses
    start = next_office_moment(calendar, case.received_at)
    if case.allowed == 0:
        closing = opening_hours(calendar, start.date())[-1][1]
        return _work(calendar, start, closing - start - _lunch(calendar, start, closing), pauses)
    if case.unit == "hour":
        return _work(calendar, start, _seconds(case.allowed * 3600), pauses)
    if case.unit == "day":
        end = _by_clock(start, _seconds(case.allowed * 86400), pauses)
        while not is_working_day(calendar, end.date()):
            end += ONE_DAY
        return next_office_moment(calendar, end)
    whole = int(case.allowed)
    day = _working_days_later(calendar, start.date(), whole)
    budget = _worked_between(calendar, start, datetime.combine(day, start.time()))
    hours_of_day = sum((closes - opens for opens, closes in opening_hours(calendar, day)), timedelta())
    budget += _seconds((case.allowed - whole) * int(hours_of_day.total_seconds()))
    return next_office_moment(calendar, _work(calendar, start, budget, pauses))


def _lunch(calendar: str, start: datetime, closing: datetime) -> timedelta:
    return closing - start - _worked_between(calendar, start, closing)


def _seconds(number: Fraction) -> timedelta:
    return timedelta(seconds=int(number))
