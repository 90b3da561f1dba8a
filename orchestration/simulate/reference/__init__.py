"""Reference data of the simulated province: real names, plausible procedures.

Belongs here: reading the files of this folder and the seeds that the simulation shares with the warehouse. Does
not belong here: drawing anything at random.

Notice: names and codes of the administrative units (`dbt_project/seeds/admin_units.csv`) are facts taken from
the package `vietnamadminunits` 1.0.4, MIT License, Copyright (c) 2025 Tran Ngoc Minh Hieu.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
SEEDS = FOLDER.parents[2] / "dbt_project" / "seeds"
PROVINCE = "H28"
REFORM = "2025-07-01"
"""First day of the two-tier government."""
FIRST_DISTRICT = 51
FIRST_COMMUNE = 11


@dataclass(frozen=True)
class Unit:
    """An administrative unit with the committee that governs it."""

    code: str
    name: str
    type: str
    level: str
    agency_code: str
    parent_agency: str


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def departments() -> list[dict[str, str]]:
    """The departments of the province: agency_code, name_vi, name_en, staff, deputies."""
    return _rows(FOLDER / "departments.csv")


@cache
def sectors() -> dict[str, dict[str, str]]:
    """Sectors of procedures by code, each with the department responsible for it."""
    return {row["sector_code"]: row for row in _rows(SEEDS / "sectors.csv")}


@cache
def index_criteria() -> list[dict[str, str]]:
    """Criteria of the indices, of all schemes."""
    return _rows(SEEDS / "index_criteria.csv")


@cache
def procedure_catalogue() -> dict[str, Any]:
    """Entries and verbs of `procedures.yml`."""
    text = (FOLDER / "procedures.yml").read_text("utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


@cache
def admin_units() -> list[dict[str, str]]:
    """Administrative units of all times, as the seed has them: their codes are used again."""
    return _rows(SEEDS / "admin_units.csv")


@cache
def units() -> list[Unit]:
    """Districts and communes of 2022 with agency codes: district `H28.51`, commune `H28.51.11`, by statistical code."""
    rows = [row for row in admin_units() if row["valid_from"] < REFORM]
    districts = [row for row in rows if row["level"] == "district"]
    agency = {row["code"]: f"{PROVINCE}.{FIRST_DISTRICT + n}" for n, row in enumerate(districts)}
    found = [
        Unit(row["code"], row["name_vi"], row["type"], "district", agency[row["code"]], PROVINCE)
        for row in districts
    ]
    numbers = dict.fromkeys(agency, FIRST_COMMUNE)
    for row in rows:
        if row["level"] == "commune":
            parent = row["parent_code"]
            code = f"{agency[parent]}.{numbers[parent]}"
            numbers[parent] += 1
            found.append(Unit(row["code"], row["name_vi"], row["type"], "commune", code, agency[parent]))
    return found


def districts() -> list[Unit]:
    """The district-level units."""
    return [unit for unit in units() if unit.level == "district"]


def communes() -> list[Unit]:
    """The commune-level units."""
    return [unit for unit in units() if unit.level == "commune"]
