"""Who stands for whom on a day, walked decision by decision: the second road to the bridges of succession.

Written from docs/geography.md, not from the SQL. Belongs here: plain Python over rows. Does not belong here: SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

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
