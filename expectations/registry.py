"""The registry of rules: what is judged, why, what it does to a release, and who acts.

Belongs here: reading and checking `rules.yml`. Does not belong here: how a rule is evaluated (`suites/` for
Great Expectations, `dbt_project/` for dbt), what a failure does (`verdict.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.located_yaml import Entry, read_document
from orchestration.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RULES_FILE = Path(__file__).with_name("rules.yml")
DBT, GREAT_EXPECTATIONS = "dbt", "great_expectations"
ENGINES = (DBT, GREAT_EXPECTATIONS)
INTEGRITY, REQUIRED, COMMITMENT, POLICY = "integrity", "required", "commitment", "policy"
CLASSES = (INTEGRITY, REQUIRED, COMMITMENT, POLICY)
SEVERITIES = ("critical", "warning", "info")
PLACEHOLDERS = frozenset(
    {"figure", "found", "expected", "gap", "records", "count", "reason", "limit", "table", "period"}
)
"""What a message may name; `wording.py` fills them from the offending rows."""

_TEXTS = ("title_vi", "title_en", "what", "why", "remedy", "message_vi", "message_en")
_KEYS = (
    "rule_id",
    "class",
    "severity",
    "engine",
    "table",
    "owner",
    "feeds",
    "indicator_code",
    "for_each",
    *_TEXTS,
)
_RULE_ID = re.compile(r"^[a-z][a-z0-9_]*$")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Owner:
    """Who acts on a failed rule, as both languages call them."""

    key: str
    vi: str
    en: str


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        rule_id: its name, unique and stable.
        rule_class: `integrity`, `required`, `commitment` or `policy`; decides what a failure does.
        severity: `critical`, `warning` or `info`; decides how loudly it is shown.
        engine: `dbt` or `great_expectations`.
        table: the mart, or for dbt the model, that it judges.
        owner: who acts.
        feeds: feeds without which there is nothing to judge; empty: it always applies.
        indicator_code: the figure that it judges, or None.
        title_vi, title_en: its name for people.
        what, why, remedy: the three parts of its documentation.
        message_vi, message_en: what a failure says; see `PLACEHOLDERS`.
        line: where it stands in the registry.
    """

    rule_id: str
    rule_class: str
    severity: str
    engine: str
    table: str
    owner: Owner
    feeds: tuple[str, ...]
    indicator_code: str | None
    title_vi: str
    title_en: str
    what: str
    why: str
    remedy: str
    message_vi: str
    message_en: str
    line: int


@cache
def load_registry(path: Path = RULES_FILE) -> Mapping[str, Rule]:
    """Read the registry.

    Returns:
        Rules by id, in the order of the file.

    Raises:
        UsageError: an entry breaks the form, or an id stands twice; the message names line and key.
    """
    plain, lists = read_document(path)
    owners = _owners(path, plain.get("owners"))
    rules: dict[str, Rule] = {}
    for entry in lists.get("rules", []):
        for member in _members(entry):
            rule = _rule(member, owners)
            if rule.rule_id in rules:
                member.fail("rule_id", f"{rule.rule_id!r} already stands in line {rules[rule.rule_id].line}.")
            rules[rule.rule_id] = rule
    return rules


def _owners(path: Path, given: Any) -> dict[str, Owner]:
    if not isinstance(given, dict) or not given:
        raise UsageError(f"{path}: owners: expected names with `vi` and `en`.")
    owners = {}
    for key, names in given.items():
        if not isinstance(names, dict) or set(names) != {"vi", "en"}:
            raise UsageError(f"{path}: owners: {key}: expected exactly `vi` and `en`.")
        owners[key] = Owner(key, names["vi"], names["en"])
    return owners


def _members(entry: Entry) -> Iterator[Entry]:
    """The entry itself, or one per item of `for_each` with the item's values put into its texts."""
    entry.only(_KEYS)
    if "for_each" not in entry.values:
        yield entry
        return
    items = entry.values["for_each"]
    if not isinstance(items, list) or not items:
        entry.fail("for_each", "expected a list of items.")
    for item in items:
        if not isinstance(item, dict):
            entry.fail("for_each", f"expected items with keys, found {item!r}.")
        values = {key: _put(value, item) for key, value in entry.values.items() if key != "for_each"}
        yield Entry(entry.path, entry.line, values, entry.lines)


def _put(value: Any, item: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: str(item.get(match[1], match[0])), value)
    return [_put(part, item) for part in value] if isinstance(value, list) else value


def _rule(entry: Entry, owners: Mapping[str, Owner]) -> Rule:
    rule_id = entry.text("rule_id")
    if not _RULE_ID.match(rule_id):
        entry.fail("rule_id", f"{rule_id!r} is no name.", "Use lower case letters, digits and underscores.")
    texts = {key: entry.text(key) for key in _TEXTS}
    for key in ("message_vi", "message_en"):
        for name in sorted(set(_PLACEHOLDER.findall(texts[key])) - PLACEHOLDERS):
            entry.fail(key, f"{{{name}}} is no placeholder.", f"Known: {', '.join(sorted(PLACEHOLDERS))}.")
    return Rule(
        rule_id=rule_id,
        rule_class=entry.one_of("class", CLASSES),
        severity=entry.one_of("severity", SEVERITIES),
        engine=entry.one_of("engine", ENGINES),
        table=entry.text("table"),
        owner=owners[entry.one_of("owner", owners)],
        feeds=entry.texts("feeds"),
        indicator_code=entry.text("indicator_code") if "indicator_code" in entry.values else None,
        line=entry.line,
        **texts,
    )
