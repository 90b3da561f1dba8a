"""Deputies against the rules of Decree 150/2025 a second time, in plain Python, and the random units they are tried on.

Written from the rules: three per department on average, rooms by head count, branches with one to three rooms, no more
deputies than the superior, five years to put an excess after reorganisation right. Periods that end from 01/07/2025 to
31/12/2025; what a merger of provinces adds to the average is not verified and judges nobody. Does not belong here: the
rules before (`second_road_organisation.py`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

Row = dict[str, Any]
Verdict = tuple[str, int | None, date | None]
"""Status or the reason of having none; deputies too many; the first day on which they are no longer allowed."""

UNVERIFIED, AVERAGE = "unverified", "average"
TURNED = (date(2020, 7, 1), date(2020, 9, 15), date(2020, 12, 15), date(2021, 1, 1), date(2025, 7, 1))
"""Days of reorganisation on both sides of five years before the ends of periods, of both calendars."""


@dataclass(frozen=True)
class Province:
    """Units, posts and decisions of the second half of 2025."""

    agencies: list[Row]
    staff: list[Row]
    events: list[Row]

    def rows(self) -> dict[str, list[Row]]:
        """As they are delivered."""
        return {"agencies": self.agencies, "staff": self.staff, "organisation_events": self.events}


def province(seed: int) -> Province:
    """Departments, service units, a board; rooms and branches below them, rooms below branches."""
    random = Random(seed)
    kinds = ["specialised_agency"] * 4 + ["public_service_unit"] * 3 + ["management_board"] * 2
    agencies = [_unit(f"H28.{n}", f"Đơn vị {n}", kind, "H28") for n, kind in enumerate(kinds, 1)]
    for parent in [row["agency_code"] for row in agencies]:
        for n in range(12):
            name = ("Phòng", "Thanh tra", "Chi nhánh", "Chi cục", "Chi cục")[n % 5]
            kind = "public_service_unit" if n == 11 else "subordinate_unit"
            agencies.append(_unit(f"{parent}.{n}", f"{name} {n}", kind, parent))
            if name == "Chi cục":
                rooms = random.choice((0, 1, 3, 4))
                agencies += [
                    _unit(f"{parent}.{n}.{m}", "Phòng", "subordinate_unit", f"{parent}.{n}")
                    for m in range(rooms)
                ]
    staff: list[Row] = []
    for unit in [*agencies, {"agency_code": "H28", "kind": "province"}]:
        if random.random() < 0.1:
            continue
        deputies = random.choice((2, 3, 4) if unit["kind"] != "subordinate_unit" else (0, 1, 1, 2, 3, 4))
        staff += [
            {
                "person_code": f"P{len(staff) + seat}", "agency_code": unit["agency_code"],
                "position": "deputy" if seat < deputies else "staff", "start_on": date(2020, 1, 1),
                "end_on": None, "payroll": random.choice(("civil_servant",) * 9 + ("contract",)),
                "updated_at": "2025-01-01 00:00:00",
            }
            for seat in range(random.choice((5, 9, 10, 11, 14, 15, 17)))
        ]  # fmt: skip
    events = [
        {"event_code": f"X{n}", "event_type": random.choice(("merge", "split", "rename")),
         "effective_on": random.choice(TURNED), "agency_code": unit["agency_code"], "successor_code": None}
        for n, unit in enumerate(random.sample(agencies[9:], 60))
    ]  # fmt: skip
    return Province(agencies, staff, events)


def _unit(code: str, name: str, kind: str, parent: str) -> Row:
    return {
        "agency_code": code, "valid_from": date(2010, 1, 1), "name": name, "kind": kind, "level": "province",
        "parent_code": parent, "established_on": date(2010, 1, 1), "dissolved_on": None,
    }  # fmt: skip


def compliance(day: date, province: Province) -> dict[str, Verdict]:
    """The verdict on every unit that a rule reaches on a day."""
    units = {unit["agency_code"]: unit for unit in province.agencies}
    manned = {post["agency_code"] for post in province.staff}
    deputies = Counter(post["agency_code"] for post in province.staff if post["position"] == "deputy")
    turned: dict[str, date] = {}
    for event in sorted(province.events, key=lambda event: event["effective_on"]):
        if event["effective_on"] <= day and event["event_type"] != "rename":
            turned[event["agency_code"]] = event["effective_on"]
    norms = {code: _norm(unit, units, province.staff) for code, unit in units.items()}
    departments = [code for code, norm in norms.items() if norm == AVERAGE and code in manned]
    too_many = sum(deputies[code] for code in departments) - 3 * len(departments)
    last_turn = max((turned[code] for code in departments if code in turned), default=None)

    verdicts: dict[str, Verdict] = {}
    for code, unit in units.items():
        norm, parent = norms[code], unit["parent_code"]
        if code not in manned:
            if norm is not None:
                verdicts[code] = ("staff_not_delivered", None, None)
            continue
        above = max(deputies[code] - deputies[parent], 0) if parent in manned else 0
        excesses = [(above, turned.get(code))]
        if norm == AVERAGE:
            excesses.append((too_many, last_turn))
        elif isinstance(norm, int):
            excesses.append((deputies[code] - norm, turned.get(code)))
        elif norm == UNVERIFIED and not above:
            verdicts[code] = ("rule_unverified", None, None)
            continue
        elif norm is None and parent not in manned:
            continue
        verdicts[code] = _verdict(day, [(most, since) for most, since in excesses if most > 0])
    return verdicts


def _norm(unit: Row, units: dict[str, Row], staff: list[Row]) -> int | str | None:
    """The unit's own limit, the average of departments, a rule that nobody verified, or none."""
    code, kind, name = unit["agency_code"], unit["kind"], unit["name"]
    parent = units[unit["parent_code"]]["kind"] if unit["parent_code"] in units else None
    if kind == "specialised_agency":
        return AVERAGE
    if kind == "public_service_unit":
        return UNVERIFIED
    if kind != "subordinate_unit" or parent not in ("specialised_agency", "public_service_unit"):
        return None
    if parent == "public_service_unit" or name.startswith("Chi nhánh"):
        return UNVERIFIED
    if name.startswith("Chi cục"):
        rooms = sum(other["parent_code"] == code for other in units.values())
        return 1 if 1 <= rooms <= 3 else UNVERIFIED
    people = sum(post["agency_code"] == code and post["payroll"] == "civil_servant" for post in staff)
    return 1 if people < 10 else 2 if people < 15 else 3


def _verdict(day: date, excesses: list[tuple[int, date | None]]) -> Verdict:
    """Within where nothing is too many; allowed while every excess is less than five years old."""
    if not excesses:
        return ("within", 0, None)
    ends = [since.replace(year=since.year + 5) for _, since in excesses if since]
    until = min(ends) if len(ends) == len(excesses) else None
    return ("within_grace" if until and until > day else "over", max(most for most, _ in excesses), until)
