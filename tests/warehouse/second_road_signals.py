"""The signals of gaming a second time: slow, obvious, one dossier at a time.

Written from what docs/signals.md says, not from the SQL. Each function gives the cases of a signal as tuples that
begin with the dossier's code. Belongs here: what a signal says. Does not belong here: records and their ends
(`second_road_signal_records.py`), the random province (`test_signals_at_random.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from counting_rules import FINISHED, WITHDRAWN, Moment, _moment_due, current, own_turn, state_at
from harness import KNOWN_AT
from second_road_signal_records import End, Record, changes_of, ends, seed, threshold

Case = tuple[Any, ...]
ResultVersion = tuple[date, date | None, bool]
"""First day of a procedure's version, first day no longer its own, whether the procedure has a result."""


def due_rewritten_at_expiry(record: Record) -> Iterator[Case]:
    minutes = timedelta(minutes=threshold("due_rewritten_before_due"))
    supplements = record.dossier.supplements
    given = {_moment_due(item.due_after) for item in supplements if item.due_after}
    versions = sorted(record.dossier.versions, key=lambda item: (item.updated_at, item.delivery, item.line))
    dated = [(_moment_due(version.due), version.updated_at) for version in versions if version.due]
    for (old, _), (new, by) in pairwise(dated):
        if new > old and new not in given and by >= old - minutes:
            yield (record.code, "record", old, new)
    for supplement, before in zip(supplements, record.aside.due_before, strict=True):
        if supplement.due_after and before:
            old, new = _moment_due(before), _moment_due(supplement.due_after)
            if new > old and supplement.requested_at >= old - minutes:
                yield (record.code, "supplement", old, new)


def working_days() -> set[date]:
    """Days worked in the years of the histories."""
    special = {row["day"]: row["kind"] for row in seed("public_holidays")}
    special |= {row["day"]: row["kind"] for row in seed("calendar_overrides") if row["verified"] == "true"}
    days = (date(2021, 1, 1) + timedelta(days=number) for number in range(1100))
    return {
        day
        for day in days
        if (special[day.isoformat()] == "make_up" if day.isoformat() in special else day.weekday() < 5)
    }


def _due_found(record: Record, requested_at: datetime) -> Moment | None:
    """The due date that a request found in force, by what was answered and updated before it."""
    versions = [version for version in record.dossier.versions if version.updated_at < requested_at]
    own = (
        max(versions, key=lambda item: (item.updated_at, item.delivery, item.line)).due if versions else None
    )
    answered = [
        (supplement.answered_at, supplement.requested_at, supplement.due_after)
        for supplement in record.dossier.supplements
        if supplement.answered_at and supplement.due_after and supplement.answered_at < requested_at
    ]
    if not answered:
        return own
    brought = max(answered, key=lambda item: item[:2])[2]
    return own if own and _moment_due(own) > _moment_due(brought) else brought


def supplement_on_last_day(record: Record, worked: set[date]) -> Iterator[Case]:
    last_days = threshold("supplement_last_working_days")
    for supplement, before in zip(record.dossier.supplements, record.aside.due_before, strict=True):
        due = before or _due_found(record, supplement.requested_at)
        if due is None or supplement.requested_at > _moment_due(due):
            continue
        day, left = supplement.requested_at.date(), 0
        while day < due.day:
            day += timedelta(days=1)
            left += day in worked
        if left < last_days:
            yield (record.code, supplement.requested_at)


def suspension_without_supplement(record: Record) -> Iterator[Case]:
    if record.received is None:
        return
    beside = timedelta(days=threshold("suspension_record_days"))
    changes = changes_of(record)
    waits: list[tuple[datetime, datetime | None]] = []
    if not changes and current(record.dossier).status == 5:
        waits.append((own_turn(record.dossier, record.received).at, None))
    following = [*(moment.at for _, moment in changes[1:]), None]
    for (status, began), until in zip(changes, following, strict=False):
        since = max(began.at, record.received.at)
        if status == 5 and (until is None or until > since):
            waits.append((since, until))
    for since, _ in waits:
        requests = [item.requested_at for item in record.dossier.supplements]
        if not any(since - beside <= at <= since + beside for at in requests):
            yield (record.code, since)


def end_bunched_at_due(found: Sequence[End]) -> Iterator[Case]:
    bunches: dict[tuple[str, date], list[End]] = defaultdict(list)
    for end in found:
        if end.kind != FINISHED or end.due is None or not (end.ended.has_time and end.due.has_time):
            continue
        left = end.due.at - end.ended.at
        if timedelta(0) <= left <= timedelta(minutes=threshold("bunched_before_due")):
            bunches[end.record.aside.agency, end.ended.day].append(end)
    for bunch in bunches.values():
        if len({end.record.code for end in bunch}) >= threshold("bunched_at_least"):
            yield from ((end.record.code, end.ended.at) for end in bunch)


def closed_in_same_second(found: Sequence[End]) -> Iterator[Case]:
    batches: dict[tuple[str, datetime], list[End]] = defaultdict(list)
    for end in found:
        if end.ended.has_time:
            batches[end.record.aside.agency, end.ended.at.replace(microsecond=0)].append(end)
    for batch in batches.values():
        together = len({end.record.code for end in batch})
        if together >= threshold("same_second_at_least"):
            yield from ((end.record.code, end.ended.at, together) for end in batch)


def finished_before_received(record: Record) -> Iterator[Case]:
    finished, received = current(record.dossier).finished, record.received
    if finished and received and _before(finished, Moment(received.at)):
        yield (record.code,)


def _before(moment: Moment, other: Moment) -> bool:
    return moment.at < other.at if moment.has_time and other.has_time else moment.day < other.day


def ended_outside_office_hours(end: End, worked: set[date]) -> Iterator[Case]:
    if end.kind != FINISHED or not end.ended.has_time:
        return
    grace = timedelta(minutes=threshold("office_hours_grace"))
    midnight = datetime.combine(end.ended.day, datetime.min.time())
    open_from_to = ((7, 0, 11, 30), (13, 30, 17, 0))
    usual = any(
        midnight + timedelta(hours=a, minutes=b) - grace
        <= end.ended.at
        <= midnight + timedelta(hours=c, minutes=d) + grace
        for a, b, c, d in open_from_to
    )
    if end.ended.day not in worked or not usual:
        yield (end.record.code, end.ended.at)


def online_typed_by_officer(found: Sequence[Record]) -> Iterator[Case]:
    def year(record: Record) -> int:
        version = current(record.dossier)
        filed = version.submitted or version.received
        return (filed.at if filed else version.updated_at).year

    online = [record for record in found if record.aside.channel == "2"]
    people: dict[tuple[str | None, int], set[str]] = defaultdict(set)
    for record in online:
        if record.aside.applicant:
            people[record.aside.phone, year(record)].add(record.aside.applicant)
    for record in online:
        many = len(people[record.aside.phone, year(record)]) >= threshold("phone_applicants_at_least")
        shared = record.aside.phone is not None and many
        if record.aside.filed_by in (None, "self") and (record.aside.placeholder or shared):
            yield (record.code,)


def _says_result(day: date, versions: Sequence[ResultVersion]) -> bool:
    """What the version valid on a day says, else the nearest, the earlier one on a tie."""

    def distance(version: ResultVersion) -> tuple[int, date]:
        first, end, _ = version
        after = (day - (end - timedelta(days=1))).days if end else 0
        return max((first - day).days, after, 0), first

    return min(versions, key=distance)[2]


def closed_without_result(record: Record, versions: dict[str, Sequence[ResultVersion]]) -> Iterator[Case]:
    if record.received is None or state_at(record.dossier, KNOWN_AT, KNOWN_AT) != 9:
        return
    version = current(record.dossier)
    closed = list(ends(record))[-1].closed
    waiting = (KNOWN_AT.date() - closed.day).days
    if (
        record.aside.electronic is False
        and version.returned is None
        and waiting > threshold("result_within_days")
        and _says_result(record.received.day, versions[record.aside.procedure])
    ):
        yield (record.code,)


def withdrawn_and_refiled(found: Sequence[Record]) -> Iterator[Case]:
    def filed(record: Record) -> Moment | None:
        version = current(record.dossier)
        return version.submitted or version.received

    same: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in found:
        if record.aside.applicant:
            same[record.aside.applicant, record.aside.procedure].append(record)
    for record in found:
        if not record.aside.applicant:
            continue
        for end in ends(record):
            again = [
                at.at
                for other in same[record.aside.applicant, record.aside.procedure]
                if other is not record
                and (at := filed(other)) is not None
                and not _before(at, end.closed)
                and (at.day - end.closed.day).days <= threshold("refiled_within_days")
            ]
            if end.kind == WITHDRAWN and again:
                yield (record.code, end.closed.at, min(again))


def forbidden_transition(record: Record) -> Iterator[Case]:
    allowed = {(int(row["from_status"]), int(row["to_status"])) for row in seed("status_transitions")}
    changes = changes_of(record)
    for (before, _), (after, moment) in pairwise(changes):
        if (before, after) not in allowed:
            yield (record.code, str(before), str(after), moment.at)


def moments_out_of_order(record: Record) -> Iterator[Case]:
    version = current(record.dossier)
    pairs = [
        ("submitted_at", version.submitted, "received_at", version.received),
        ("finished_at", version.finished, "returned_at", version.returned),
    ]
    for supplement in record.dossier.supplements:
        requested = Moment(supplement.requested_at)
        answered = Moment(supplement.answered_at) if supplement.answered_at else None
        pairs += [
            ("received_at", record.received, "requested_at", requested),
            ("requested_at", requested, "answered_at", answered),
            ("answered_at", answered, "finished_at", version.finished),
        ]
    found = {
        (record.code, later_name, earlier_name, later.at, earlier.at)
        for earlier_name, earlier, later_name, later in pairs
        if earlier and later and _before(later, earlier)
    }
    yield from sorted(found)
