"""People in posts: who holds which post in which agency, since when, and who held it before.

Belongs here: sizes of agencies, posts and their holders. Does not belong here: the files that deliver them
(`staff.py`), the register of agencies (`organisation.py`).

By counting: 26,000 persons present on 14/09/2022. Every deputy and head whose post is older than the baseline has a
predecessor, and units that ended had both: the baseline is as full as the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from orchestration.simulate import reference
from orchestration.simulate.calendar import PERIOD
from orchestration.simulate.draw import drawer
from orchestration.simulate.organisation import BASELINE, Agency, Organisation

PRESENT = 26_000
EXITS = ("Nghỉ hưu", "Nghỉ hưu", "Nghỉ hưu", "Thôi việc", "Thôi việc", "Từ trần", "Khác")
STREAMLINED = 640
STREAMLINED_IN_PERIOD = 87
LEFT = 1_150
MOVED = 300
SECONDED = 40
"""Persons with a second assignment beside their first."""
LEADERS = {"Trưởng", "Phó"}
ENDED_KINDS = ("public_service_unit", "subordinate_unit", "management_board")


@dataclass(frozen=True)
class Post:
    """One person in one post."""

    person: int
    agency: str
    position: str
    payroll: str
    start: date
    end: date | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Size:
    """How many people of which kind an agency has on the last day of the period."""

    agency: Agency
    people: int
    deputies: int
    payroll: str


def agency_sizes(organisation: Organisation) -> list[Size]:
    """Sizes of all agencies with staff; together they are `PRESENT`."""
    end = PERIOD.end
    sizes: list[Size] = []
    for row in reference.departments():
        agency = next(a for a in organisation.agencies if a.code == row["agency_code"])
        sizes += _department(organisation, agency, int(row["staff"]), int(row["deputies"]))
    for kind, people, deputies, payroll in (
        ("one_stop_unit", 5, 1, "Công chức"), ("district_committee", 4, 2, "Công chức"),
        ("commune_committee", 20, 2, "Cán bộ cấp xã"), ("management_board", 12, 1, "Viên chức"),
    ):  # fmt: skip
        sizes += [Size(agency, people, deputies, payroll) for agency in organisation.active(kind, end)]
    divisions = [a for a in organisation.active("specialised_agency", end) if a.level == "district"]
    sizes += [Size(a, 9 + n % 4, 1 + n % 2, "Công chức") for n, a in enumerate(divisions)]
    branches = [a for a in organisation.active("subordinate_unit", end) if a.block]
    sizes += [Size(a, 22, 1, "Viên chức") for a in branches]
    units = organisation.active("public_service_unit", end)
    weights = [unit_weight(unit) for unit in units]
    left = PRESENT - sum(size.people for size in sizes)
    shares = [left * weight // sum(weights) for weight in weights]
    for number in range(left - sum(shares)):
        shares[number] += 1
    sizes += [
        Size(unit, share, 1 if share <= 20 else 2, "Viên chức")
        for unit, share in zip(units, shares, strict=True)
    ]
    return sizes


def _department(organisation: Organisation, agency: Agency, people: int, deputies: int) -> Iterator[Size]:
    """The leaders of a department at its own code, everybody else in its rooms; one room has a deputy too many."""
    rooms = [
        a
        for a in organisation.active("subordinate_unit", PERIOD.end)
        if a.parent == agency.code and not a.block
    ]
    leaders = 1 + deputies
    yield Size(agency, leaders, deputies, "Công chức")
    for number, room in enumerate(rooms):
        held = (people - leaders) // len(rooms) + (number < (people - leaders) % len(rooms))
        norm = 1 if held < 8 else 2 if held < 15 or room.name.startswith("Thanh tra") else 3
        over = agency.code == f"{reference.PROVINCE}.26" and number == 0
        yield Size(room, held, min(norm + over, held - 1), "Công chức")


def unit_weight(unit: Agency) -> int:
    """How large a public service unit is beside others."""
    if unit.name.startswith("Bệnh viện"):
        return 320
    if unit.name.startswith(("Trung tâm Y tế", "Trường Trung học phổ thông")):
        return 90
    return 26 + len(unit.name) % 9


def build_posts(organisation: Organisation, seed: int) -> list[Post]:
    """Everybody present, those who moved within the province, those who left since the baseline."""
    rng = drawer(seed, "staff")
    posts: list[Post] = []
    for size in agency_sizes(organisation):
        earliest = max(size.agency.established, date(2014, 1, 1))
        for seat in range(size.people):
            position = "Trưởng" if seat == 0 else "Phó" if seat <= size.deputies else "Nhân viên"
            payroll = "Hợp đồng" if seat and seat % 17 == 0 and size.payroll == "Viên chức" else size.payroll
            start = earliest + timedelta(days=rng.randrange(max(1, (date(2021, 12, 1) - earliest).days)))
            posts.append(Post(len(posts) + 1, size.agency.code, position, payroll, start))
    present = len(posts)
    own = {size.agency.code: size for size in agency_sizes(organisation)}
    staff = [number for number, post in enumerate(posts) if post.position == "Nhân viên"]
    codes = [posts[number].agency for number in staff]
    for number in rng.sample(staff, MOVED):
        now = posts[number]
        moved = date(2022, 1, 3) + timedelta(days=rng.randrange(240))
        posts[number] = Post(now.person, now.agency, now.position, now.payroll, moved)
        posts.append(Post(now.person, rng.choice(codes), "Nhân viên", now.payroll, date(2016, 9, 1), moved,
                          "Chuyển công tác"))  # fmt: skip
    for number in range(STREAMLINED + LEFT):
        streamlined = number < STREAMLINED
        in_period = number < STREAMLINED_IN_PERIOD or (not streamlined and number % 5 == 0)
        first = date(2021, 12, 16) if in_period else date(2018, 1, 15)
        end = first + timedelta(days=rng.randrange(270 if in_period else 1400))
        position = "Phó" if number % 6 == 0 else "Nhân viên"
        reason = "Tinh giản" if streamlined else rng.choice(EXITS)
        payroll = "Công chức" if number % 4 == 0 else "Viên chức"
        posts.append(
            Post(present + number + 1, rng.choice(codes), position, payroll, date(2012, 2, 1), end, reason)
        )
    persons = present + STREAMLINED + LEFT
    posts += _seconded([posts[number] for number in staff], own, rng)
    for post in [*_predecessors(posts[:present], own), *_leaders_of_ended(organisation)]:
        persons += 1
        posts.append(replace(post, person=persons))
    return posts


def _seconded(staff: list[Post], own: dict[str, Size], rng: Random) -> Iterator[Post]:
    """Persons on the payroll who work in a second agency of the same payroll too."""
    on_payroll = [post for post in staff if own[post.agency].payroll == "Công chức"]
    divisions = sorted(code for code, size in own.items() if size.payroll == "Công chức" and size.people > 4)
    for post in rng.sample(on_payroll, SECONDED):
        other = rng.choice([code for code in divisions if code != post.agency])
        yield Post(post.person, other, "Nhân viên", post.payroll, date(2021, 12, 6))


def _predecessors(posts: list[Post], own: dict[str, Size]) -> Iterator[Post]:
    """Who led before those whose post is younger than the baseline, where the agency is older."""
    for number, post in enumerate(posts):
        if (
            post.position in LEADERS
            and post.start > BASELINE
            and own[post.agency].agency.established <= BASELINE
        ):
            reason = ("Nghỉ hưu", "Chuyển công tác")[number % 2]
            yield Post(0, post.agency, post.position, post.payroll, date(2012, 2, 1), post.start, reason)


def _leaders_of_ended(organisation: Organisation) -> Iterator[Post]:
    """The head and the deputy of every unit that has ended since the baseline."""
    for kind in ENDED_KINDS:
        for unit in organisation.active(kind, BASELINE):
            if unit.dissolved and unit.dissolved <= PERIOD.end:
                for position in ("Trưởng", "Phó"):
                    yield Post(
                        0,
                        unit.code,
                        position,
                        "Viên chức",
                        date(2012, 3, 1),
                        unit.dissolved,
                        "Chuyển công tác",
                    )
