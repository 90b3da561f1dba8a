"""Staff, quotas and finances of the half-year: who held a post in 2022 holds it where the reform has put it.

Belongs here: moving posts to the agencies that took over, quotas and finances of the years around the reform. Does not
belong here: the posts of 2022 (`orchestration/simulate/staff_posts.py`). Persons are made up.

Merged departments keep the deputies of all that went into them, and their former heads as deputies: more than the
average allows, which is lawful for a time after reorganisation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from orchestration.simulate.draw import drawer
from orchestration.simulate.landing import Landing, Row
from orchestration.simulate.organisation import Organisation, build_organisation
from orchestration.simulate.staff_posts import Post, build_posts
from orchestration.simulate.two_tier.span import HALF_YEAR
from orchestration.simulate.two_tier.units import REFORM_DAY, communes, department_on, departments

COLUMNS = (
    "person_code",
    "agency_code",
    "position",
    "payroll",
    "start_on",
    "end_on",
    "exit_reason",
    "updated_at",
)
POSITIONS = {"Trưởng": "head", "Phó": "deputy", "Nhân viên": "staff"}
PAYROLLS = {
    "Công chức": "civil_servant", "Viên chức": "public_employee", "Hợp đồng": "contract",
    "Cán bộ cấp xã": "commune_cadre",
}  # fmt: skip
REASONS = {
    "Tinh giản": "streamlined", "Nghỉ hưu": "retired", "Chuyển công tác": "transferred", "Thôi việc": "resigned",
    "Từ trần": "died", "Khác": "other",
}  # fmt: skip
FEWEST_FOR_TWO_DEPUTIES = 10
STREAMLINED_EVERY = 200
QUOTA_YEARS = (2021, 2025)


def posts_after(organisation: Organisation, seed: int) -> list[Post]:
    """The posts of 2022 and what has become of them by the end of the half-year."""
    before = build_posts(build_organisation(seed), seed)
    people = Counter(post.agency for post in before if post.end is None)
    ended = {a.code for a in organisation.agencies if a.dissolved and a.dissolved <= HALF_YEAR.period.end}
    divisions = [f"{unit.agency_code}.71" for unit in communes()]
    heads: set[str] = set()
    found: list[Post] = []
    for number, post in enumerate(before):
        if post.end is not None:
            found.append(post)
            continue
        moves = list(_moves(post, ended, divisions[number % len(divisions)]))
        for move in moves:
            if move.position == "Trưởng" and move.agency in heads:
                move = replace(move, position="Phó")  # noqa: PLW2901 - two heads cannot lead one agency
            heads |= {move.agency} if move.position == "Trưởng" and move.end is None else set()
            found += _within_norm(move, people[move.agency]) if move.end is None else [move]
    streamlined = [n for n, post in enumerate(found) if post.end is None and post.position == "Nhân viên"]
    for rank, position in enumerate(streamlined[::STREAMLINED_EVERY]):
        left = date(2025, 7 + rank % 5, 1 + rank % 28)
        if found[position].start < left:
            found[position] = replace(found[position], end=left, reason="Tinh giản")
    return list({(post.person, post.agency, post.start): post for post in found}.values())


def _moves(post: Post, ended: set[str], division: str) -> Iterator[Post]:
    """A post through the mergers of 2025: at each a new one begins where the old one ends."""
    now = post
    for day in sorted({department.established for department in departments()}):
        taken_over = department_on(now.agency, day)
        if taken_over == now.agency and day == REFORM_DAY and now.agency in ended:
            taken_over = division
        if taken_over != now.agency:
            yield replace(now, end=day, reason="Chuyển công tác")
            position = now.position if taken_over != division else "Nhân viên"
            now = replace(now, agency=taken_over, position=position, start=day)
    yield now


def _within_norm(post: Post, people: int) -> Iterator[Post]:
    """The second deputy of a room that the stricter norm gives one goes on as staff."""
    room = post.agency.rpartition(".")[2].startswith("2") and post.agency.count(".") == 2
    if post.position == "Phó" and room and people < FEWEST_FOR_TWO_DEPUTIES and post.person % 2 == 0:
        yield replace(post, end=REFORM_DAY, reason="Chuyển công tác")
        yield replace(post, position="Nhân viên", start=REFORM_DAY)
    else:
        yield post


def write_staff_after(organisation: Organisation, seed: int, landing: Landing) -> None:
    """Write `staff`, `payroll_quotas` and `unit_finances`."""
    posts, cut = posts_after(organisation, seed), HALF_YEAR.slow_extract_dates[2]
    rows: list[Row] = [
        (f"CB{post.person:06d}", post.agency, POSITIONS[post.position], PAYROLLS[post.payroll], post.start, post.end,
         REASONS[post.reason] if post.reason else None,
         f"{datetime.combine(post.end or post.start, time(9)):%Y-%m-%dT%H:%M:%S}")
        for post in posts
    ]  # fmt: skip
    landing.csv(f"staff/{cut}_staff.csv", COLUMNS, rows)
    rng = drawer(seed, "two_tier/quotas")
    on_quota = ("Công chức", "Viên chức")
    seats = Counter(post.agency for post in posts if post.payroll in on_quota and post.end is None)
    quotas: list[Row] = [
        (agency, year, held + (year == QUOTA_YEARS[0]) * (1 + held // 12) + rng.randint(0, 1 + held // 20))
        for agency, held in sorted(seats.items())
        for year in QUOTA_YEARS
    ]
    landing.csv(f"payroll_quotas/{cut}_payroll_quotas.csv", ("agency_code", "year", "quota"), quotas)
    columns = (
        "agency_code",
        "year",
        "own_revenue",
        "recurrent_spending",
        "self_funds_investment",
        "granted_group",
    )
    landing.csv(f"unit_finances/{cut}_unit_finances.csv", columns, list(_finances(organisation, seed)))


def _finances(organisation: Organisation, seed: int) -> Iterator[Row]:
    """Two years of every public service unit; a few pay more of their spending in the later one."""
    rng = drawer(seed, "two_tier/finances")
    for unit in organisation.active("public_service_unit", date(2024, 12, 31)):
        spending = rng.randint(20, 400) * 100_000_000
        share = rng.choices((0, 5, 18, 45, 85, 104, 112), (26, 32, 15, 11, 6, 6, 4))[0]
        grown = share >= 100 and rng.random() < 0.25
        for year in (2023, 2024):
            percent = 92 if grown and year == 2023 else share
            group = 1 if percent > 110 else 2 if percent >= 100 else 3 if percent >= 10 else 4
            yield unit.code, year, spending * percent // 100, spending, percent > 110, group
