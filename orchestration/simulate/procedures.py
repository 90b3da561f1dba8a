"""The procedures of the province: announced, published, re-announced, abolished.

Belongs here: the dated versions of each procedure. Does not belong here: who handles how many dossiers of it
(`arrivals.py`).

By counting: 1,850 procedures in force at the end of the period, each announced and published on time; a few that
were abolished before it, a few that start after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from orchestration.simulate import reference
from orchestration.simulate.calendar import EXTRACT_DATES, SLOW_EXTRACT_DATES, extract_of
from orchestration.simulate.draw import drawer
from orchestration.simulate.landing import Landing, Row
from orchestration.simulate.reference import PROVINCE

COLUMNS = (
    "procedure_code", "name", "sector_code", "sector_name", "level", "online_level", "processing_days",
    "processing_unit", "announce_due_on", "announced_on", "publish_due_on", "published_on", "has_fee",
    "has_result", "one_stop", "interlinked_group", "interlinked", "is_certification", "valid_from", "valid_to",
    "updated_at",
)  # fmt: skip
ABOLISHED = 34
STARTING_LATER = 12
RAISED = 140
"""Procedures whose online level was raised by a later version, in force before the period ends."""
INTERLINKED = {
    "Liên thông đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi": "LT-KHAISINH",
    "Đăng ký khai tử": "LT-KHAITU",
    "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng": "LT-MAITANG",
}


@dataclass(frozen=True)
class Procedure:
    """One dated version of a procedure, with what decides how often and how it is used.

    Attributes:
        weight: share of the province's receipts, arbitrary unit.
        days: working days allowed, 0 = the same day.
    """

    code: str
    name: str
    sector: str
    level: str
    handled_by: str
    online_level: str
    days: int
    weight: float
    fee: int
    season: str
    land: bool
    certification: bool
    valid_from: date
    valid_to: date | None = None

    @property
    def announced_on(self) -> date:
        """Day of the announcing decision, before the version is in force."""
        return self.valid_from - timedelta(days=3)


def build_procedures(seed: int) -> list[Procedure]:
    """All versions of all procedures, in order of code and date; the first 1,850 codes are those in force."""
    rng = drawer(seed, "procedures")
    numbers = iter(rng.sample(range(1000, 13000), 2500))
    current = [
        procedure
        for entry in reference.procedure_catalogue()["entries"]
        for procedure in _entry(entry, numbers, rng)
    ]
    raised = _raised(current, rng)
    quiet = [procedure for procedure in current if procedure.weight < 1]
    abolished = [
        replace(p, code=_code(next(numbers)), name=f"{p.name} (theo quy định cũ)", weight=0.0,
                valid_from=date(2018, 5, 2), valid_to=EXTRACT_DATES[number % 9] - timedelta(days=1 + number % 13))
        for number, p in enumerate(rng.sample(quiet, ABOLISHED))
    ]  # fmt: skip
    later = [
        replace(p, code=_code(next(numbers)), name=f"{p.name} (theo quy định mới)", weight=0.0, valid_to=None,
                valid_from=date(2022, 9, 19) + timedelta(days=number % 7))
        for number, p in enumerate(rng.sample(quiet, STARTING_LATER))
    ]  # fmt: skip
    return current + raised + abolished + later


def _code(number: int) -> str:
    return f"{1 + number % 3}.{number:06d}.000.00.00.{PROVINCE}"


def _entry(entry: dict[str, Any], numbers: Iterator[int], rng: Random) -> Iterator[Procedure]:
    """The procedures of one entry of the catalogue: the main ones, then verbs with objects."""
    main = entry.get("main", [])
    verbs = reference.procedure_catalogue()["verbs"][entry["verbs"]]
    tail = [f"{verb} {thing}" for thing in entry["objects"] for verb in verbs][: entry["count"] - len(main)]
    left = 100 - sum(share for _, share in main)
    chances = [rng.randint(1, 9) for _ in tail]
    shares = [
        *main,
        *((name, left * chance / sum(chances)) for name, chance in zip(tail, chances, strict=True)),
    ]
    for number, (name, share) in enumerate(shares):
        level = entry["online"] if number % 5 or entry["online"] == 2 else max(2, entry["online"] - 1)
        yield Procedure(
            code=_code(next(numbers)), name=name, sector=entry["sector"], level=entry["level"],
            handled_by=entry["handled_by"], online_level=str(level), days=entry["days"][number % len(entry["days"])],
            weight=entry["weight"] * share / 100, fee=entry["fee"], season=entry["season"],
            land=entry.get("land", False), certification=entry.get("certification", False),
            valid_from=date(rng.randint(2019, 2021), rng.randint(1, 10), rng.randint(4, 28)),
        )  # fmt: skip


def _raised(current: list[Procedure], rng: Random) -> list[Procedure]:
    """Later versions with level 4; the version before them ends when they start."""
    eligible = [n for n, p in enumerate(current) if p.online_level == "3" and not p.certification]
    later = []
    for rank, position in enumerate(rng.sample(eligible, RAISED)):
        day = (date(2022, 3, 1), date(2022, 6, 1), date(2022, 8, 15))[rank % 3]
        later.append(replace(current[position], online_level="4", valid_from=day))
        current[position] = replace(current[position], valid_to=day)
    return later


def write_procedures(
    procedures: list[Procedure], landing: Landing, cuts: Sequence[date] = SLOW_EXTRACT_DATES
) -> None:
    """Write the feed `procedures`, each extract with what changed since the last one."""
    for cut in cuts:
        rows = [row for procedure in procedures if (row := _row(procedure, cut, cuts)) is not None]
        if rows:
            landing.csv(f"procedures/{cut}_procedures.csv", COLUMNS, rows)


def _row(p: Procedure, cut: date, cuts: Sequence[date]) -> Row | None:
    """The version as it stood at an extract, None when nothing about it had changed since the last one."""
    begun = extract_of(p.announced_on, cuts)
    ended = extract_of(p.valid_to - timedelta(days=5), cuts) if p.valid_to else None
    if cut not in (begun, ended):
        return None
    valid_to = p.valid_to if ended is not None and ended <= cut else None
    changed = (
        p.valid_to - timedelta(days=6) if p.valid_to and valid_to else p.announced_on + timedelta(days=2)
    )
    return procedure_row(p, valid_to, datetime.combine(changed, time(16)), p.announced_on + timedelta(days=2))


def procedure_row(p: Procedure, valid_to: date | None, updated: datetime, published: date | None) -> Row:
    """One record of the feed `procedures`."""
    same_day = p.days == 0
    return (
        p.code, p.name, p.sector, reference.sectors()[p.sector]["name_vi"], p.level, p.online_level,
        8 if same_day else p.days, "hour" if same_day else "working_day", p.announced_on + timedelta(days=5),
        p.announced_on, p.announced_on + timedelta(days=7), published, p.fee > 0, True, True,
        INTERLINKED.get(p.name), p.name in INTERLINKED, p.certification, p.valid_from, valid_to,
        f"{updated:%Y-%m-%dT%H:%M:%S}",
    )  # fmt: skip
