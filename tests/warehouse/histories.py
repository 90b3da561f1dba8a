"""Random histories of dossiers, crowded around the boundary seconds of periods.

Moments come from few values per dossier, so that events coincide, dossiers end before they began, are recalled and
reopened, and things happen in the very second in which a period starts or ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from counting_rules import Dossier, Event, Moment, Supplement, Version

from orchestration.periods import CALENDARS, periods_of_year

FIRST, LAST = datetime(2021, 10, 20), datetime(2023, 1, 20)
STATUSES = (1, 2, 2, 3, 4, 4, 4, 5, 6, 7, 8, 9, 9, 9, 10, 10)


def boundaries(year: int) -> list[datetime]:
    """First moments of all periods of a year in both calendars."""
    return sorted({period.start_at for calendar in CALENDARS for period in periods_of_year(year, calendar)})


def _moments(random: Random, edges: list[datetime]) -> list[datetime]:
    """A few moments, most of them at or beside the boundary of a period."""
    chosen = []
    for _ in range(random.randint(3, 7)):
        if random.random() < 0.6:
            chosen.append(
                random.choice(edges) + timedelta(seconds=random.choice((-86400, -1, 0, 0, 1, 3600, 86399)))
            )
        else:
            chosen.append(FIRST + timedelta(seconds=random.randrange(int((LAST - FIRST).total_seconds()))))
    return chosen


def _moment(random: Random, moments: list[datetime], chance: float) -> Moment | None:
    if random.random() >= chance:
        return None
    at = random.choice(moments)
    if random.random() < 0.8:
        return Moment(at)
    return Moment(at.replace(hour=0, minute=0, second=0), has_time=False)


def _versions(random: Random, moments: list[datetime]) -> tuple[Version, ...]:
    count = random.choice((1, 1, 2, 3))
    return tuple(
        Version(
            status=random.choice(STATUSES),
            updated_at=random.choice(moments) + timedelta(seconds=random.choice((0, 0, 5))),
            submitted=_moment(random, moments, 0.5),
            received=_moment(random, moments, 0.7),
            due=_moment(random, moments, 0.8),
            finished=_moment(random, moments, 0.6),
            returned=_moment(random, moments, 0.3),
            deleted_at=random.choice(moments) if random.random() < 0.02 else None,
            channel=random.choice(("1", "2", "3", None)),
            delivery=number,
            line=random.randint(1, 9),
        )
        for number in range(count)
    )


def _events(random: Random, moments: list[datetime]) -> tuple[Event, ...]:
    if random.random() < 0.25:
        return ()
    first = (1,) if random.random() < 0.3 else (2,)
    statuses = (*first, *(random.choice(STATUSES) for _ in range(random.randint(0, 7))))
    events = [
        Event(
            at=random.choice(moments),
            status=status,
            sequence=random.choice((None, 1, 2, number)),
            step=random.choice((None, "a")),
            delivery=random.randint(0, 2),
            line=10 * number + random.randint(0, 9),
        )
        for number, status in enumerate(statuses)
    ]
    if random.random() < 0.7:
        events = [
            Event(at, event.status, event.sequence, event.step, event.delivery, event.line)
            for event, at in zip(events, sorted(event.at for event in events), strict=True)
        ]
    again = [
        Event(event.at, event.status, event.sequence, event.step, 2, 1000 + event.line)
        for event in events
        if random.random() < 0.1
    ]
    return (*events, *again)


def _supplements(random: Random, moments: list[datetime]) -> tuple[Supplement, ...]:
    requested = random.sample(moments, k=random.choice((0, 0, 0, 1, 2)))
    return tuple(
        Supplement(
            at, random.choice(moments) if random.random() < 0.8 else None, _moment(random, moments, 0.8)
        )
        for at in sorted(set(requested))
    )


def random_dossiers(seed: int, count: int, year: int = 2022) -> list[Dossier]:
    """That many dossiers, the same ones for the same seed."""
    random = Random(seed)
    edges = boundaries(year)
    dossiers = []
    for number in range(count):
        moments = _moments(random, edges)
        dossiers.append(
            Dossier(
                f"H28-{number:06d}",
                _versions(random, moments),
                _events(random, moments),
                _supplements(random, moments),
            )
        )
    return dossiers
