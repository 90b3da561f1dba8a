"""Who stands for whom on a day, walked decision by decision: the second road to the bridges of succession.

Written from docs/geography.md, not from the SQL. Belongs here: plain Python over rows. Does not belong here: SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from second_road import Agencies, version_on

Row = Mapping[str, Any]
Shares = dict[str, Decimal]
ENDING = ("merge", "consolidate", "split", "dissolve")
WHERE_ENDED = ("rename", "transfer", "convert")
MILLION = 1_000_000


def equal_parts(successors: Sequence[str]) -> Shares:
    """Six places each; the first takes what rounding leaves."""
    first, *others = sorted(successors)
    part = Decimal(MILLION // (len(others) + 1)) / MILLION
    return {first: 1 - part * len(others)} | dict.fromkeys(others, part)


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
            ("merge", date(2023, 6, 2), "H28.51", "H28.50"),
            ("consolidate", date(2025, 7, 1), "H28.50.1", "H28.50.2"),
        ]
    )
]  # fmt: skip
"""Decisions about agencies that handle dossiers: in the period, on known-at's day, the day after, at the reform."""


def by_geography(
    figures: Mapping[tuple[str, ...], tuple[Any, Any]], rows: Mapping[str, Any], known_on: date
) -> dict[tuple[str, ...], tuple[Decimal, Decimal | None]]:
    """Numerators and denominators of agencies by (geography, indicator, variant, level, agency)."""
    decisions = Decisions(rows["agencies"], rows["organisation_events"])
    agencies = Agencies(rows["agencies"])
    geographies = {"as_was": None, "as_is": known_on} | {
        f"as_of:{day}": day for day in (date(2025, 6, 30), date(2025, 7, 1))
    }
    found: dict[tuple[str, ...], tuple[Decimal, Decimal | None]] = {}
    for (indicator, variant, level, agency), (numerator, denominator) in figures.items():
        for geography, day in geographies.items():
            shares = {agency: Decimal(1)} if day is None else decisions.on(agency, day)
            for owner, share in shares.items():
                moved = day is not None and owner != agency
                there = version_on(agencies.versions[owner], day)["level"] if moved else level
                key = (geography, indicator, variant, there, owner)
                counted, whole = found.get(key, (Decimal(0), None))
                if denominator is not None:
                    whole = (whole or 0) + denominator * share
                found[key] = (counted + numerator * share, whole)
    return found
