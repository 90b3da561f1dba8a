"""The recomputed on-time rate a second time: the deadline of each dossier the slow way, and who kept it.

Belongs here: from a dossier's history to the spans in which its clock stood still. Does not belong here: the calendar
(`slow_deadlines.py`), how a dossier stands in a period (`counting_rules.py`).
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from counting_rules import (
    FINISHED,
    OPEN,
    SUSPENDED,
    Dossier,
    Moment,
    Standing,
    closing,
    events_in_order,
    kind_of,
    own_turn,
    state_at,
)
from harness import KNOWN_AT
from slow_deadlines import SEEDS, Case, Span, expected_due


def recomputed(standing: Standing, due: datetime | None) -> dict[str, bool | None]:
    """Whether a dossier that is closed in a period kept the deadline that it should have had."""
    if standing.kind_at_end == OPEN:
        return {"is_on_time_recomputed": None, "has_no_expected_due": False}
    day = due.date() if due else standing.due_at.date() if standing.due_at else None
    finished = standing.kind_at_end == FINISHED
    assert standing.class_at is not None
    return {
        "is_on_time_recomputed": not finished or day is None or standing.class_at.date() <= day,
        "has_no_expected_due": finished and due is None,
    }


def deadline(dossier: Dossier, received: Moment, procedure: dict[str, Any]) -> datetime | None:
    """When a dossier should have been due, or None where its procedure says nothing."""
    allowed = procedure.get("processing_days")
    unit = procedure.get("processing_unit") or "working_day"
    if allowed is None or allowed > _days_of_calendar() * (24 if unit == "hour" else 1):
        return None
    pauses = tuple(span for span in _pauses(dossier, received) if span[0] < span[1])
    return expected_due(Case("standard", received.at, Fraction(allowed), unit, pauses))


@cache
def _days_of_calendar() -> int:
    """From the first to the last day of the calendar."""
    with (SEEDS / "periods.csv").open(encoding="utf-8", newline="") as file:
        periods = list(csv.DictReader(file))
    first, last = min(row["start_on"] for row in periods), max(row["end_on"] for row in periods)
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _pauses(dossier: Dossier, received: Moment) -> list[Span]:
    """Spans in states 5, 6 and 8, and of supplements: to their answer, else until the log says that work went on.

    Where neither says it, as long as the dossier was not closed.
    """
    turns = {event.at for event in events_in_order(dossier, KNOWN_AT)} or {own_turn(dossier, received).at}
    moments = sorted(
        {moment for moment in (received.at, *turns, KNOWN_AT) if received.at <= moment <= KNOWN_AT}
    )
    spans = [
        (start, end) for start, end in pairwise(moments) if state_at(dossier, end, KNOWN_AT) in SUSPENDED
    ]
    last = state_at(dossier, KNOWN_AT, KNOWN_AT)
    assert last is not None
    closed = KNOWN_AT if kind_of(last) == OPEN else max(closing(dossier, KNOWN_AT, KNOWN_AT).at, received.at)
    for supplement in dossier.supplements:
        until = supplement.answered_at or _work_went_on(dossier, supplement.requested_at) or closed
        spans.append((supplement.requested_at, min(until, closed)))
    return spans


def _work_went_on(dossier: Dossier, requested: datetime) -> datetime | None:
    """When the log first says after a request that the dossier does not wait."""
    for event in events_in_order(dossier, KNOWN_AT):
        if event.at > requested and event.status not in SUSPENDED:
            return event.at
    return None
