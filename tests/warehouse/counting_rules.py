"""The counting rules of dossiers a second time: slow, obvious, one dossier and one period at a time.

Written from the rules at the end of the indicators' definition, not from the SQL, so that the two can disagree.
Belongs here: what a rule says. Does not belong here: how histories are made up (`histories.py`), how the warehouse
is built (`harness.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FINISHED, WITHDRAWN, REFUSED, OPEN = "finished", "withdrawn", "refused", "open"
SUSPENDED = (5, 6, 8)


@dataclass(frozen=True)
class Moment:
    """A timestamp and whether the source gave its time."""

    at: datetime
    has_time: bool = True

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Version:
    """What one delivered version of a dossier says."""

    status: int
    updated_at: datetime
    submitted: Moment | None = None
    received: Moment | None = None
    due: Moment | None = None
    finished: Moment | None = None
    returned: Moment | None = None
    deleted_at: datetime | None = None
    channel: str | None = None
    delivery: int = 0
    line: int = 0


@dataclass(frozen=True)
class Event:
    """One delivered event."""

    at: datetime
    status: int
    sequence: int | None
    step: str | None
    delivery: int = 0
    line: int = 0
    has_time: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        return (self.at, self.status, self.sequence, self.step)


@dataclass(frozen=True)
class Supplement:
    """A request for a supplement."""

    requested_at: datetime
    answered_at: datetime | None
    due_after: Moment | None


@dataclass(frozen=True)
class Dossier:
    """Everything delivered about one dossier."""

    code: str
    versions: tuple[Version, ...]
    events: tuple[Event, ...] = ()
    supplements: tuple[Supplement, ...] = ()


@dataclass(frozen=True)
class Span:
    """A period: S, E (exclusive) and its last day."""

    code: str
    start: datetime
    end: datetime
    last_day: date


@dataclass
class Standing:
    """How a dossier counts in a period; comparable with a row of the warehouse."""

    is_member: bool
    is_due: bool
    is_received: bool
    is_carried_over: bool
    is_reopened: bool
    kind_at_end: str
    is_suspended: bool = False
    suspended_since: datetime | None = None
    closing_at: datetime | None = None
    class_at: datetime | None = None
    due_at: datetime | None = None
    resolved_class: str | None = None
    is_on_time_by_closing: bool | None = None
    strict_class: str | None = None
    is_same_day: bool | None = None
    is_in_progress_late: bool = False
    finish_mismatch: bool = field(default=False, compare=False)


def kind_of(state: int) -> str:
    """Kind of a state; 1 counts as 2 once received."""
    return {9: FINISHED, 10: FINISHED, 7: WITHDRAWN, 3: REFUSED}.get(state, OPEN)


def current(dossier: Dossier) -> Version:
    """The version with the latest `updated_at`, then the last delivered."""
    return max(dossier.versions, key=lambda version: (version.updated_at, version.delivery, version.line))


def is_withdrawn_record(dossier: Dossier, known_at: datetime) -> bool:
    """The record itself was taken back by known-at."""
    deleted_at = current(dossier).deleted_at
    return deleted_at is not None and deleted_at <= known_at


def events_in_order(dossier: Dossier, known_at: datetime) -> list[Event]:
    """Events distinct by key, each at its first delivery, up to known-at."""
    first: dict[tuple[object, ...], Event] = {}
    for event in sorted(dossier.events, key=lambda event: (event.delivery, event.line)):
        if event.at <= known_at:
            first.setdefault(event.key, event)
    return sorted(
        first.values(),
        key=lambda event: (
            event.at,
            -1 if event.sequence is None else event.sequence,
            event.delivery,
            event.line,
        ),
    )


def receipt(dossier: Dossier, known_at: datetime) -> Moment | None:
    """The moment of receipt R, or None for a dossier that was never received."""
    record, events = current(dossier), events_in_order(dossier, known_at)
    if not events:
        if record.status in (1, 3):
            return None
        return record.received or record.submitted
    if events[0].status not in (1, 3):
        return record.received or Moment(events[0].at, events[0].has_time)
    accepting = [event for event in events if event.status not in (1, 3, 7)]
    if not accepting:
        return None
    accepted = Moment(accepting[0].at, accepting[0].has_time)
    if record.received is not None and record.received.at > accepted.at:
        return record.received
    return accepted


def _first_seen(dossier: Dossier, *statuses: int) -> Moment:
    return Moment(min(version.updated_at for version in dossier.versions if version.status in statuses))


def own_turn(dossier: Dossier, received: Moment) -> Moment:
    """Without events: the moment from which the dossier's own status holds."""
    record = current(dossier)
    if record.status in (9, 10):
        own = record.finished or _first_seen(dossier, 9, 10)
    elif record.status == 7:
        own = record.returned or _first_seen(dossier, 7)
    else:
        return _later(received, _first_seen(dossier, record.status))
    return _later(received, own)


def _later(received: Moment, other: Moment) -> Moment:
    return other if other.at > received.at else received


def state_at(dossier: Dossier, moment: datetime, known_at: datetime) -> int | None:
    """The state at a moment; a moment x has happened at m when x < m."""
    received = receipt(dossier, known_at)
    if received is None or not received.at < moment:
        return None
    events = events_in_order(dossier, known_at)
    if events:
        before = [event for event in events if event.at < moment]
        state = before[-1].status if before else 2
        return 2 if state == 1 else state
    record = current(dossier)
    if not own_turn(dossier, received).at < moment:
        return 4
    if record.status in (9, 10):
        return 10 if record.returned is not None and record.returned.at < moment else 9
    return record.status


def closing(dossier: Dossier, end: datetime, known_at: datetime) -> Moment:
    """The closing moment of a dossier that is closed at `end`."""
    events = [event for event in events_in_order(dossier, known_at) if event.at < end]
    if not events:
        received = receipt(dossier, known_at)
        assert received is not None
        return own_turn(dossier, received)
    kind = kind_of(events[-1].status)
    first = events[-1]
    for event in reversed(events):
        if kind_of(event.status) != kind:
            break
        first = event
    return Moment(first.at, first.has_time)


def suspended_since(dossier: Dossier, end: datetime, known_at: datetime) -> datetime:
    """When the unbroken run of 5, 6, 8 began in which the dossier is at `end`."""
    events = [event for event in events_in_order(dossier, known_at) if event.at < end]
    if not events:
        received = receipt(dossier, known_at)
        assert received is not None
        return own_turn(dossier, received).at
    since = events[-1].at
    for event in reversed(events):
        if event.status not in SUSPENDED:
            break
        since = event.at
    return since


def _moment_due(due: Moment) -> datetime:
    return (
        due.at if due.has_time else datetime.combine(due.day, datetime.min.time()) + timedelta(seconds=86399)
    )


def due_in_force(dossier: Dossier, closed_at: datetime | None, end: datetime) -> Moment | None:
    """The due date in force at the closing moment, or at `end` for an open dossier."""
    answered = [
        supplement
        for supplement in dossier.supplements
        if supplement.answered_at is not None
        and supplement.due_after is not None
        and (supplement.answered_at <= closed_at if closed_at is not None else supplement.answered_at < end)
    ]
    own = current(dossier).due
    if not answered:
        return own
    last = max(answered, key=lambda supplement: (supplement.answered_at, supplement.requested_at))
    assert last.due_after is not None
    if own is not None and _moment_due(own) > _moment_due(last.due_after):
        return own
    return last.due_after


def _finish(dossier: Dossier, closed: Moment, received: Moment) -> Moment:
    """The moment that gives the class of a finished dossier."""
    finished = current(dossier).finished
    if finished is None or finished.day != closed.day:
        return closed
    before = finished.at < received.at if finished.has_time else finished.day < received.day
    return closed if before else finished


def _strict(kind: str, finish: Moment, due: Moment | None) -> str:
    if kind != FINISHED:
        return "excluded_returned"
    if due is None:
        return "excluded_no_due"
    if finish.has_time and due.has_time:
        return "on_time" if finish.at <= due.at else "late"
    return "on_time" if finish.day <= due.day else "late"


def _class(kind: str, finish: Moment, due: Moment | None) -> str:
    if kind != FINISHED or due is None or finish.day == due.day:
        return "on_time"
    return "early" if finish.day < due.day else "late"


def standing(dossier: Dossier, span: Span, known_at: datetime) -> Standing | None:
    """How a dossier counts in a period, or None where it is in no population of it."""
    received = receipt(dossier, known_at)
    if received is None or is_withdrawn_record(dossier, known_at) or not received.at < span.end:
        return None
    at_end = state_at(dossier, span.end, known_at)
    at_start = state_at(dossier, span.start, known_at)
    assert at_end is not None
    kind = kind_of(at_end)
    is_received = not received.at < span.start
    was_open = at_start is not None and kind_of(at_start) == OPEN
    is_reopened = not is_received and not was_open and kind == OPEN
    is_carried_over = not is_received and (was_open or is_reopened)

    closed = None if kind == OPEN else closing(dossier, span.end, known_at)
    due = due_in_force(dossier, closed.at if closed else None, span.end)
    is_due = kind in (OPEN, FINISHED) and due is not None and span.start.date() <= due.day <= span.last_day
    if not (is_received or is_carried_over or is_due):
        return None
    result = Standing(is_received or is_carried_over, is_due, is_received, is_carried_over, is_reopened, kind)
    result.due_at = due.at if due else None
    if closed is None:
        result.is_suspended = at_end in SUSPENDED
        if result.is_suspended:
            result.suspended_since = suspended_since(dossier, span.end, known_at)
        result.is_in_progress_late = due is not None and span.last_day > due.day and not result.is_suspended
        return result
    finish = _finish(dossier, closed, received) if kind == FINISHED else closed
    result.closing_at, result.class_at = closed.at, finish.at
    result.resolved_class = _class(kind, finish, due)
    result.is_on_time_by_closing = due is None or finish.day <= due.day
    result.strict_class = _strict(kind, finish, due)
    result.is_same_day = kind == FINISHED and finish.day == received.day
    return result
