"""Histories told anew for questions of time, and dossiers written by hand for boundaries that chance seldom meets.

Told anew: steps have names and gaps, most moments lie at the edges of office hours.
Belongs here: making histories up. Does not belong here: counting them (`second_road_time.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from counting_rules import Dossier, Event, Moment, Version

STEPS = (None, None, "a", "b", "c")
OFFICE = (
    25199, 25200, 25201, 36000, 41399, 41400, 41401, 45000, 48599, 48600, 48601, 61199, 61200, 61201,
)  # fmt: skip
"""Seconds of a day around opening, the lunch break and closing."""


def told_anew(seed: int, histories: list[Dossier]) -> list[Dossier]:
    """The same histories, most of their moments moved into or beside office hours, their events in steps."""
    random = Random(f"{seed}-time")
    return [_told_anew(random, dossier) for dossier in histories]


def _told_anew(random: Random, dossier: Dossier) -> Dossier:
    moved: dict[datetime, datetime] = {}

    def at(moment: datetime) -> datetime:
        """Where a moment goes; the same for all that happened in it, so that what coincided still does."""
        if moment not in moved:
            midnight = moment.replace(hour=0, minute=0, second=0)
            office = midnight + timedelta(seconds=random.choice(OFFICE))
            moved[moment] = office if random.random() < 0.6 else moment
        return moved[moment]

    def stamp(moment: Moment | None) -> Moment | None:
        return moment if moment is None or not moment.has_time else Moment(at(moment.at))

    versions = tuple(
        replace(
            version,
            updated_at=at(version.updated_at),
            submitted=stamp(version.submitted),
            received=stamp(version.received),
            finished=stamp(version.finished),
            returned=stamp(version.returned),
        )
        for version in dossier.versions
    )
    events: dict[tuple[object, ...], Event] = {}
    for event in dossier.events:
        told = replace(event, at=at(event.at), step=random.choice(STEPS))
        events.setdefault(told.key, told)
    return replace(dossier, versions=versions, events=tuple(events.values()))


def by_hand() -> list[Dossier]:
    """One dossier per boundary: 2022-09 ends with Wednesday 14/09; 10 and 11, 17 and 18 are days off."""
    monday, wednesday = datetime(2022, 9, 12), datetime(2022, 9, 14)
    friday = datetime(2022, 9, 9)
    hour = timedelta(hours=1)
    lives = {
        "suspended-from-receipt": [
            (friday + 8 * hour, 5, "a"), (monday + 9 * hour, 4, "b"), (monday + 15 * hour, 9, "c"),
        ],
        "suspended-at-the-end": [(friday + 8 * hour, 4, "a"), (wednesday + 16 * hour, 6, "b")],
        "suspended-at-the-last-second": [
            (friday + 8 * hour, 4, "a"), (wednesday + timedelta(seconds=86399), 8, "b"),
            (wednesday + timedelta(seconds=86400), 4, "a"),
        ],
        "two-suspensions-that-touch": [
            (friday + 8 * hour, 4, "a"), (friday + 10 * hour, 5, "b"), (friday + 14 * hour, 4, "c"),
            (friday + 14 * hour, 6, "c"), (monday + 8 * hour, 4, "a"), (monday + 12 * hour, 9, "d"),
        ],
        "recalled": [
            (friday + 8 * hour, 4, "a"), (friday + 16 * hour, 9, "b"), (monday + 8 * hour, 4, "c"),
            (monday + 9 * hour, 5, "c"), (monday + 10 * hour, 4, "a"), (wednesday + 10 * hour, 10, "d"),
        ],
        "over-lunch-and-days-off": [(friday + 11.25 * hour, 4, "a"), (monday + 13.75 * hour, 9, "b")],
        "closed-before-receipt": [(friday + 8 * hour, 9, "a")],
        "closed-at-receipt": [(friday + 8 * hour, 4, "at once"), (friday + 8 * hour, 9, None)],
        "a-tie-of-steps": [
            (friday + 7 * hour, 4, "z"), (friday + 9 * hour, 4, "a"), (friday + 11 * hour, 9, "b"),
        ],
    }  # fmt: skip
    dossiers = [_by_hand(name, life, due=Moment(friday, has_time=False)) for name, life in lives.items()]
    dossiers[6] = _by_hand(
        "closed-before-receipt", lives["closed-before-receipt"], received=Moment(monday + 8 * hour)
    )
    for name, due in {
        "due-on-the-last-day": wednesday + 17 * hour,
        "due-at-the-very-end": wednesday + 24 * hour,
        "due-on-the-fifth-working-day": datetime(2022, 9, 21),
        "due-on-the-sixth-working-day": datetime(2022, 9, 22),
        "due-on-the-tenth-working-day": datetime(2022, 9, 28, 23, 59, 59),
        "due-on-the-eleventh-working-day": datetime(2022, 9, 29),
        "due-on-the-day-off-after-the-tenth": datetime(2022, 10, 1),
        "due-on-the-day-off-before": datetime(2022, 9, 11),
        "due-when-no-calendar-reaches": datetime(2199, 1, 1),
    }.items():
        dossiers.append(_by_hand(name, [(friday + 8 * hour, 4, "a")], due=Moment(due)))
        dossiers.append(
            _by_hand(f"{name}-suspended", [(friday + 8 * hour, 4, "a"), (monday, 5, "b")], due=Moment(due))
        )
    return dossiers


def _by_hand(
    name: str,
    life: list[tuple[datetime, int, str | None]],
    due: Moment | None = None,
    received: Moment | None = None,
) -> Dossier:
    version = Version(
        status=life[-1][1], updated_at=life[-1][0], received=received or Moment(life[0][0]), due=due, line=1
    )
    events = tuple(
        Event(at, status, number, step, line=number) for number, (at, status, step) in enumerate(life, 1)
    )
    return Dossier(f"H28-{name}", (version,), events, supplements=())
