"""Who stands for whom on a day, walked decision by decision: the second road to the bridges of succession.

Written from docs/geography.md, not from the SQL. Belongs here: plain Python over rows. Does not belong here: SQL.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from second_road import Agencies, version_on

from orchestration.geography import REFORM, SEEDS

Row = Mapping[str, Any]
Shares = dict[str, Decimal]
ENDING = ("merge", "consolidate", "split", "dissolve")
WHERE_ENDED = ("rename", "transfer", "convert")
MILLION = 1_000_000
REFORM_DAY = date.fromisoformat(str(REFORM))
LAST_DAY_OF_LEVEL = {"district": date(2025, 6, 30)}


def equal_parts(successors: Sequence[str]) -> Shares:
    """Six places each; the first takes what rounding leaves."""
    first, *others = sorted(successors)
    part = Decimal(MILLION // (len(others) + 1)) / MILLION
    return {first: 1 - part * len(others)} | dict.fromkeys(others, part)


def followed_by_unit(code: str, agencies: Sequence[Row], decided: Mapping[str, Mapping[date, Any]]) -> Shares:
    """Who follows a committee of which no decision is delivered: the successors of its unit at the reform."""
    of_code = [row for row in agencies if row["agency_code"] == code]
    before = [row for row in of_code if row["valid_from"] < REFORM_DAY]
    goes_on = [
        row
        for row in of_code
        if row["valid_from"] >= REFORM_DAY and (row.get("dissolved_on") or date.max) > REFORM_DAY
    ]
    if not before or goes_on or any(day <= REFORM_DAY for day in decided.get(code, {})):
        return {}
    last = version_on(before, REFORM_DAY)
    if last["kind"] not in ("district_committee", "commune_committee"):
        return {}
    with (SEEDS / "unit_successions.csv").open(encoding="utf-8") as file:
        parts = [row for row in csv.DictReader(file) if row["old_code"] == last.get("admin_unit_code")]
    return {f"{part['new_code']}@{REFORM_DAY}": Decimal(part["weight"]) for part in parts}


class Decisions:
    """The decisions that end an agency and name who takes over."""

    def __init__(self, agencies: Sequence[Row], events: Sequence[Row]) -> None:
        self.known = {row["agency_code"] for row in agencies} | {"unknown", "H28", "H44"}
        self.ended: dict[str, date] = {}
        for row in agencies:
            if row.get("dissolved_on"):
                code = row["agency_code"]
                self.ended[code] = max(row["dissolved_on"], self.ended.get(code, date.min))
        self.of: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.of["H28"][date(2025, 7, 1)].add("H44")
        for event in events:
            if self._hands_over(event):
                successor = event["successor_code"] if event["successor_code"] in self.known else "unknown"
                self.of[event["agency_code"]][event["effective_on"]].add(successor)
        self.by_unit = {
            code: shares for code in self.known if (shares := followed_by_unit(code, agencies, self.of))
        }

    def _hands_over(self, event: Row) -> bool:
        code, successor, kind = event["agency_code"], event["successor_code"], event["event_type"]
        if successor is None or successor == code or code not in self.known:
            return False
        return kind in ENDING or (
            kind in WHERE_ENDED and self.ended.get(code, date.max) <= event["effective_on"]
        )

    def on(self, agency: str, day: date, since: date = date.min) -> Shares:
        """Who stands for an agency on a day, and for which part of it."""
        due = [decided for decided in self.of.get(agency, {}) if since <= decided <= day]
        if not due and agency in self.by_unit and since <= REFORM_DAY <= day:
            return self.by_unit[agency]
        if not due:
            return {agency: Decimal(1)}
        found: Shares = defaultdict(Decimal)
        for successor, part in equal_parts(sorted(self.of[agency][min(due)])).items():
            for final, share in self.on(successor, day, min(due)).items():
                found[final] += part * share
        return dict(found)


HANDED_OVER: list[dict[str, Any]] = [
    {"event_code": f"X{number}", "event_type": kind, "effective_on": day, "agency_code": old, "successor_code": new}
    for number, (kind, day, old, new) in enumerate(
        [
            ("split", date(2022, 3, 1), "H28.1", "H28.2"),
            ("split", date(2022, 3, 1), "H28.1", "H28.60"),
            ("split", date(2022, 3, 1), "H28.1", "H28.50.2"),
            ("merge", date(2022, 5, 1), "H28.11", "H28.12"),
            ("merge", date(2023, 6, 1), "H28.60", "H28.51"),
            ("merge", date(2023, 6, 1), "H28.7116", "H28.50.2"),
            ("merge", date(2023, 6, 2), "H28.51", "H28.50"),
            ("consolidate", date(2025, 7, 1), "H28.50.1", "H28.50.2"),
        ]
    )
]  # fmt: skip
"""Decisions about agencies that handle dossiers: in the period, on known-at's day, the day after, at the reform."""


MOVED = {("as_is", "H28.51"), ("as_of:2025-06-30", "H28.50"), ("as_of:2025-07-01", "04795@2025-07-01")}
"""Where figures must be found after that, so that every geography is reached."""


def hand_over(rows: Mapping[str, Any]) -> None:
    """Add the decisions, and give the district committee without one a unit that the reform divided."""
    rows["organisation_events"].extend(HANDED_OVER)
    for agency in rows["agencies"]:
        if agency["agency_code"] == "H28.50":
            agency["admin_unit_code"] = "148"


def by_geography(
    figures: Mapping[tuple[str, ...], tuple[Any, Any]], rows: Mapping[str, Any], known_on: date
) -> dict[tuple[str, ...], tuple[Decimal, Decimal | None]]:
    """Numerators and denominators of agencies by (geography, indicator, variant, level, agency)."""
    decisions = Decisions(rows["agencies"], rows["organisation_events"])
    agencies = Agencies(rows["agencies"])
    days = {"as_is": known_on} | {f"as_of:{day}": day for day in (date(2025, 6, 30), date(2025, 7, 1))}
    found: dict[tuple[str, ...], tuple[Decimal, Decimal | None]] = {
        ("as_was", *key): figure for key, figure in figures.items()
    }
    for geography, day in days.items():
        levels = {
            owner: level_on(agencies, owner, day)
            for *_, agency in figures
            for owner in decisions.on(agency, day)
        }
        if None in levels.values():
            continue
        for (indicator, variant, _, agency), (numerator, denominator) in figures.items():
            for owner, share in decisions.on(agency, day).items():
                key = (geography, indicator, variant, levels[owner], owner)
                counted, whole = found.get(key, (Decimal(0), None))
                if denominator is not None:
                    whole = (whole or 0) + denominator * share
                found[key] = (counted + numerator * share, whole)
    return found


def level_on(agencies: Agencies, owner: str, day: date) -> str | None:
    """The level of who stands for an agency; None where it or its level is not in force on the day."""
    if owner == "unknown":
        return "unknown"
    if "@" in owner:
        return "commune" if day >= REFORM_DAY else None
    version = agencies.on(owner, day)
    if version is None or day > LAST_DAY_OF_LEVEL.get(version["level"], date.max):
        return None
    return str(version["level"])
