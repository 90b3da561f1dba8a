"""Waivers and restatements: dated, signed decisions of people, never switches.

Belongs here: reading and checking `waivers.yml` and `restatements.yml`, and which waiver covers which rule.
Does not belong here: what a waived rule does to the verdict (`verdict.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.located_yaml import read_document
from expectations.registry import COMMITMENT, REQUIRED, Rule
from orchestration.errors import UsageError
from orchestration.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from expectations.located_yaml import Entry

WAIVERS_FILE = Path(__file__).with_name("waivers.yml")
RESTATEMENTS_FILE = Path(__file__).with_name("restatements.yml")
WAIVABLE = (REQUIRED, COMMITMENT)


@dataclass(frozen=True)
class Waiver:
    """One rule, not to refuse one period, until a day; the figure is released as missed.

    Attributes:
        rule_id: a rule of class `required` or `commitment`.
        period: code of the one period it covers.
        reason: why the release is right all the same; printed on the page, in the audit, in the forms.
        person: who answers for it.
        expires_on: last day on which it counts.
    """

    rule_id: str
    period: str
    reason: str
    person: str
    expires_on: date

    def covers(self, rule_id: str, period: str, judged_on: date) -> bool:
        """Whether it covers a rule for a period on the day of the judgement."""
        return self.rule_id == rule_id and self.period == period and judged_on <= self.expires_on

    def document(self) -> dict[str, str]:
        """As the audit prints it."""
        return {
            "rule_id": self.rule_id,
            "period": self.period,
            "reason": self.reason,
            "person": self.person,
            "expires_on": self.expires_on.isoformat(),
        }


@dataclass(frozen=True)
class Restatement:
    """One figure of one period that is known to move because the way of computing changed.

    Attributes:
        period: code of the one period it covers.
        indicator: the figure, in all its variants.
        reason: why it moves; printed on the page, at the end of a run, in the audit and with the published figure.
        person: who answers for it.
        expires_on: last day on which it counts, or None.
    """

    period: str
    indicator: str
    reason: str
    person: str
    expires_on: date | None = None

    def in_force(self, judged_on: date) -> bool:
        """Whether it counts on the day of the judgement."""
        return self.expires_on is None or judged_on <= self.expires_on


def load_waivers(path: Path, registry: Mapping[str, Rule]) -> list[Waiver]:
    """Read the waivers.

    Raises:
        UsageError: an entry breaks the form, names no rule, or names one that nothing can waive.
    """
    _, lists = read_document(path)
    return [_waiver(entry, registry) for entry in lists.get("waivers", [])]


def _waiver(entry: Entry, registry: Mapping[str, Rule]) -> Waiver:
    entry.only(("rule_id", "period", "reason", "person", "expires_on"))
    rule_id = entry.text("rule_id")
    rule = registry.get(rule_id)
    if rule is None:
        entry.fail("rule_id", f"{rule_id!r} is no rule.", "The rules stand in expectations/rules.yml.")
    if rule.rule_class not in WAIVABLE:
        entry.fail(
            "rule_id",
            f"{rule_id!r} is of class {rule.rule_class}: only {' and '.join(WAIVABLE)} rules can be waived.",
        )
    expires_on = entry.day("expires_on")
    assert expires_on is not None  # required by `day`
    return Waiver(rule_id, _period(entry), entry.text("reason"), entry.text("person"), expires_on)


def load_restatements(path: Path) -> list[Restatement]:
    """Read the restatements.

    Raises:
        UsageError: an entry breaks the form.
    """
    _, lists = read_document(path)
    restatements: list[Restatement] = []
    for entry in lists.get("restatements", []):
        entry.only(("period", "indicator", "reason", "person", "expires_on"))
        texts = (entry.text("indicator"), entry.text("reason"), entry.text("person"))
        found = Restatement(_period(entry), *texts, entry.day("expires_on", required=False))
        if any((found.period, found.indicator) == (other.period, other.indicator) for other in restatements):
            entry.fail("indicator", f"{found.indicator!r} is restated twice for {found.period}.")
        restatements.append(found)
    return restatements


def _period(entry: Entry) -> str:
    code = (
        entry.text("period")
        if isinstance(entry.values.get("period"), str)
        else str(entry.values.get("period", ""))
    )
    try:
        return parse_period(code).code
    except UsageError:
        entry.fail("period", f"{code!r} is no period.")


def waiver_for(waivers: Iterable[Waiver], rule_id: str, period: str, judged_on: date) -> Waiver | None:
    """The waiver that covers a rule for a period on a day, the longest one first."""
    covering = [waiver for waiver in waivers if waiver.covers(rule_id, period, judged_on)]
    return max(covering, key=lambda waiver: waiver.expires_on, default=None)
