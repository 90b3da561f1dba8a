"""Units, people, quotas and finances made up at random, crowded around the thresholds of norms and the days of periods.

Belongs here: making rows up. Does not belong here: counting them (`second_road_organisation.py`).
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

Row = dict[str, Any]
ROOMS = ("Phòng", "Thanh tra", "Chi nhánh", "Chi cục")
HEADS = (3, 7, 8, 9, 14, 15, 20, 21)
"""Head counts on both sides of every threshold."""


def units(random: Random) -> list[Row]:
    """Rooms below departments and service units, divisions of districts, some of which move or end."""
    rows = [
        _unit(f"H28.{parent}.2{number}", f"{ROOMS[number % 4]} {number}", "subordinate_unit", f"H28.{parent}")
        for parent in (1, 2, 900)
        for number in range(24)
    ]
    rows += [
        _unit(f"H28.90{n}", f"Trung tâm {n}", "public_service_unit", "H28.1", "district") for n in range(4)
    ]
    rows += [
        _unit(f"H28.5{d}.8{n}", "Phòng", "specialised_agency", f"H28.5{d}", "district")
        for d in (0, 1)
        for n in (1, 2)
    ]
    for row in random.sample(rows[:48], 8):
        row["dissolved_on"] = random.choice((date(2022, 9, 14), date(2022, 9, 15), date(2022, 6, 14)))
    for row in random.sample(rows[48:72], 4):
        moved = date(2022, 6, random.choice((14, 15)))
        rows.append(row | {"valid_from": moved, "parent_code": "H28.2"})
    return rows


def _unit(code: str, name: str, kind: str, parent: str, level: str = "province") -> Row:
    return {
        "agency_code": code, "valid_from": date(2010, 1, 1), "name": name, "kind": kind, "level": level,
        "parent_code": parent, "established_on": date(2010, 1, 1), "dissolved_on": None, "has_one_stop": None,
    }  # fmt: skip


def staff(random: Random, agencies: list[str], days: list[date]) -> list[Row]:
    """Posts of the units: head counts at the thresholds, deputies around the norms, ends on the days that matter."""
    rows: list[Row] = []
    for code in agencies:
        people = random.choice(HEADS)
        deputies = random.choice((0, 1, 1, 2, 2, 3, 4))
        for seat in range(people):
            position = "head" if seat == 0 else "deputy" if seat <= deputies else "staff"
            rows.append(_post(random, f"P{len(rows)}", code, position, days, stays=0.93))
    persons = [row["person_code"] for row in rows]
    for number in range(60):  # second assignments, some of them as a deputy too
        post = _post(random, random.choice(persons), random.choice(agencies), "staff", days, stays=0.7)
        rows.append(
            post
            | {"position": random.choice(("deputy", "staff")), "start_on": date(2016, 1, 1 + number % 28)}
        )
    return list({(row["person_code"], row["agency_code"], row["start_on"]): row for row in rows}.values())


def _post(random: Random, person: str, code: str, position: str, days: list[date], *, stays: float) -> Row:
    end = None if random.random() < stays else random.choice(days)
    return {
        "person_code": person,
        "agency_code": code,
        "position": position,
        "payroll": random.choices(
            ("civil_servant", "public_employee", "contract", "commune_cadre"), (90, 5, 3, 2)
        )[0],
        "start_on": random.choice((date(2015, 5, 5), date(2015, 6, 5), date(2018, 1, 1))),
        "end_on": end,
        "exit_reason": random.choice(("streamlined", "retired", "transferred", "died", None))
        if end
        else None,
        "updated_at": "2023-01-01 00:00:00",
    }


def quotas(random: Random, agencies: list[str]) -> list[Row]:
    """Quotas of 2021, 2022 and 2023; some agencies lack one."""
    return [
        {"agency_code": code, "year": year, "quota": random.randint(0, 25)}
        for code in agencies
        for year in (2021, 2022, 2023)
        if random.random() < 0.8
    ]


def finances(random: Random) -> list[Row]:
    """Revenue at, just below and above every threshold; spending of 0; years missing before and after."""
    rows = []
    for number in range(90):
        spending = random.choice((0, 1000, 3000, 7000))
        for year in (2019, 2020, 2021, 2022):
            if random.random() < 0.15:
                continue
            share = random.choice((0, 99, 100, 101, 299, 300, 699, 700, 701, 999, 1000, 1200))
            rows.append({
                "agency_code": f"H28.9.{number}", "year": year, "own_revenue": spending * share / 1000,
                "recurrent_spending": spending, "self_funds_investment": random.choice((True, False, None)),
                "granted_group": random.choice(("1", "2", "3", "4", None)),
            })  # fmt: skip
    return rows
