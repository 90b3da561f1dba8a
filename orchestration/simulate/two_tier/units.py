"""Communes and departments after the reform, and what each was before.

Belongs here: reading the seeds and `departments.csv`. Does not belong here: drawing anything, decisions
(`organisation.py`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from orchestration.simulate import reference
from orchestration.simulate.reference import REFORM, SEEDS, Unit

NEW_PROVINCE = "H44"
FIRST_COMMUNE = 201
REFORM_DAY = date.fromisoformat(REFORM)
PROVINCES = (reference.PROVINCE, NEW_PROVINCE)
"""Codes that the settings may give for this province: before and after the reform."""


@dataclass(frozen=True)
class Department:
    """A department that others were merged into."""

    code: str
    name: str
    established: date
    merges: tuple[str, ...]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def departments() -> list[Department]:
    """Departments made in 2025, in order of time."""
    return [
        Department(
            row["agency_code"],
            row["name_vi"],
            date.fromisoformat(row["established_on"]),
            tuple(row["merges"].split(";")),
        )
        for row in _rows(Path(__file__).with_name("departments.csv"))
    ]


def department_on(code: str, day: date) -> str:
    """The department that a department of 2022 has become by a day."""
    for department in departments():
        if code in department.merges and department.established <= day:
            code = department.code
    return code


@cache
def communes() -> list[Unit]:
    """The 46 communes with agency codes `H44.201` and up, by statistical code."""
    rows = [r for r in reference.admin_units() if r["valid_from"] == REFORM and r["level"] == "commune"]
    return [
        Unit(row["code"], row["name_vi"], row["type"], "commune", f"{NEW_PROVINCE}.{number}", NEW_PROVINCE)
        for number, row in enumerate(rows, FIRST_COMMUNE)
    ]


@cache
def successors() -> dict[str, list[str]]:
    """Agency codes of the new communes by the code of an old commune or district, the main one first."""
    agencies = {unit.code: unit.agency_code for unit in communes()}
    found: dict[str, list[str]] = {}
    for row in sorted(_rows(SEEDS / "unit_successions.csv"), key=lambda row: row["is_default"] == "false"):
        if row["new_code"] in agencies and row["old_code"] != reference.admin_units()[0]["code"]:
            found.setdefault(row["old_code"], []).append(agencies[row["new_code"]])
    return found


def predecessors(level: str) -> dict[str, list[Unit]]:
    """The old communes or districts of each new commune, by its agency code."""
    found: dict[str, list[Unit]] = {}
    for unit in reference.units():
        if unit.level == level:
            for agency in successors()[unit.code]:
                found.setdefault(agency, []).append(unit)
    return found
