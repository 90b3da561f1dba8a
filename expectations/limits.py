"""Dated limits of plausibility: how much of what is tolerated, since when, why, and who says so.

Belongs here: reading and checking `limits.yml`, and the limit in force on a day. Does not belong here: what is
measured against a limit (`suites/data_quality.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.located_yaml import read_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from expectations.located_yaml import Entry
    from expectations.registry import Rule

RESTATED_FIGURES = "previous_release_agreement"
"""The rule that judges each figure by a limit of its own."""
LIMITS_FILE = Path(__file__).with_name("limits.yml")


@dataclass(frozen=True)
class Limit:
    """The share that one rule tolerates over one span of days.

    Attributes:
        rule_id: the rule that it belongs to.
        max_share: largest share still plausible, a fraction from 0 to 1.
        valid_from: first day on which it is in force.
        valid_to: first day on which it no longer is, or None.
        reason: where the number comes from.
        owner: who answers for it.
        line: where it stands in the file.
        indicator: the figure it is for, where the rule judges each figure by its own; None: all others.
    """

    rule_id: str
    max_share: float
    valid_from: date
    valid_to: date | None
    reason: str
    owner: str
    line: int
    indicator: str | None = None

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def load_limits(path: Path, registry: Mapping[str, Rule]) -> list[Limit]:
    """Read the limits.

    Raises:
        UsageError: an entry breaks the form, names no rule, or overlaps another one of the same rule.
    """
    _, lists = read_document(path)
    limits: list[Limit] = []
    for entry in lists.get("limits", []):
        limit = _limit(entry, registry)
        for other in limits:
            same = (other.rule_id, other.indicator) == (limit.rule_id, limit.indicator)
            if same and _overlap(other, limit):
                entry.fail("valid_from", f"overlaps the limit of {limit.rule_id!r} in line {other.line}.")
        limits.append(limit)
    return limits


def _limit(entry: Entry, registry: Mapping[str, Rule]) -> Limit:
    entry.only(("rule_id", "indicator", "max_share", "valid_from", "valid_to", "reason", "owner"))
    rule_id = entry.text("rule_id")
    if rule_id not in registry:
        entry.fail("rule_id", f"{rule_id!r} is no rule.", "The rules stand in expectations/rules.yml.")
    indicator = entry.text("indicator") if "indicator" in entry.values else None
    if indicator is not None and rule_id != RESTATED_FIGURES:
        entry.fail("indicator", f"only {RESTATED_FIGURES} has a limit for each figure.")
    share = entry.number("max_share")
    if share > 1:
        entry.fail(
            "max_share", f"expected a fraction from 0 to 1, found {share:g}.", "0.1 % is written 0.001."
        )
    valid_from, valid_to = entry.day("valid_from"), entry.day("valid_to", required=False)
    assert valid_from is not None  # required by `day`
    if valid_to is not None and valid_to <= valid_from:
        entry.fail("valid_to", f"{valid_to} is not after valid_from, {valid_from}.")
    texts = (entry.text("reason"), entry.text("owner"))
    return Limit(rule_id, share, valid_from, valid_to, *texts, entry.line, indicator)


def _overlap(one: Limit, other: Limit) -> bool:
    return one.valid_from < (other.valid_to or date.max) and other.valid_from < (one.valid_to or date.max)


def limits_on(limits: Iterable[Limit], day: date) -> dict[str, float]:
    """Largest tolerated share by rule, as in force on a day."""
    return {
        limit.rule_id: limit.max_share for limit in limits if limit.indicator is None and limit.in_force(day)
    }


def figure_limits_on(limits: Iterable[Limit], day: date) -> dict[str, float]:
    """By indicator, how far its figure may move between releases without a reason, as in force on a day."""
    return {limit.indicator: limit.max_share for limit in limits if limit.indicator and limit.in_force(day)}
