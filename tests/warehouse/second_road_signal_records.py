"""What the second road of the signals walks on: records, what stands beside them, their changes of status and ends.

Belongs here: what docs/signals.md says of ends, and thresholds. Does not belong here: what a signal says
(`second_road_signals.py`), the counting rules that it builds on (`counting_rules.py`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from counting_rules import (
    FINISHED,
    OPEN,
    Dossier,
    Moment,
    _finish,
    current,
    due_in_force,
    events_in_order,
    is_withdrawn_record,
    kind_of,
    own_turn,
    receipt,
)
from harness import KNOWN_AT

from orchestration.settings import REPOSITORY

SEEDS = REPOSITORY / "dbt_project" / "seeds"


@dataclass(frozen=True)
class Aside:
    """What stands beside a history: who, where, how; the dates that its supplements found in force."""

    agency: str
    procedure: str
    channel: str
    filed_by: str | None
    applicant: str | None
    phone: str | None
    placeholder: bool | None
    electronic: bool | None
    due_before: tuple[Moment | None, ...]


@dataclass(frozen=True)
class Record:
    """A dossier that counts, with its moment of receipt, if any."""

    dossier: Dossier
    aside: Aside
    received: Moment | None

    @property
    def code(self) -> str:
        return self.dossier.code


@dataclass(frozen=True)
class End:
    """A closing: when it closed, which kind, the moment that gives the class, the due date in force."""

    record: Record
    kind: str
    closed: Moment
    ended: Moment
    due: Moment | None


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def threshold(code: str) -> int:
    """The only row of a threshold."""
    [value] = [int(row["value"]) for row in seed("qc_thresholds") if row["threshold_code"] == code]
    return value


def records_of(dossiers: Sequence[Dossier], asides: dict[str, Aside]) -> list[Record]:
    return [
        Record(dossier, asides[dossier.code], receipt(dossier, KNOWN_AT))
        for dossier in dossiers
        if not is_withdrawn_record(dossier, KNOWN_AT)
    ]


def changes_of(record: Record) -> list[tuple[int, Moment]]:
    """Changes of status: the first of events in a row that say the same."""
    changes: list[tuple[int, Moment]] = []
    for event in events_in_order(record.dossier, KNOWN_AT):
        if not changes or changes[-1][0] != event.status:
            changes.append((event.status, Moment(event.at, event.has_time)))
    return changes


def ends(record: Record) -> Iterator[End]:
    """Every closing of a received dossier that lasted."""
    received = record.received
    if received is None:
        return
    changes = changes_of(record)
    if not changes:
        status = current(record.dossier).status
        if kind_of(status) != OPEN:
            yield _end(record, kind_of(status), own_turn(record.dossier, received))
        return
    start = 0
    while start < len(changes):
        kind, stop = kind_of(changes[start][0]), start + 1
        while stop < len(changes) and kind_of(changes[stop][0]) == kind:
            stop += 1
        began = changes[start][1]
        lasted = stop == len(changes) or changes[stop][1].at > max(began.at, received.at)
        if kind != OPEN and lasted:
            yield _end(record, kind, began)
        start = stop


def _end(record: Record, kind: str, closed: Moment) -> End:
    assert record.received is not None
    ended = _finish(record.dossier, closed, record.received) if kind == FINISHED else closed
    return End(record, kind, closed, ended, due_in_force(record.dossier, closed.at, KNOWN_AT))


def all_ends(found: Sequence[Record]) -> list[End]:
    """Ends of dossiers; of several closings with one moment of end the last speaks."""
    last: dict[tuple[str, datetime], End] = {}
    for record in found:
        for end in sorted(ends(record), key=lambda end: end.closed.at):
            last[record.code, end.ended.at] = end
    return list(last.values())
