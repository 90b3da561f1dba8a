"""The page of rules, `docs/rules.md`, written from the registry: `python -m expectations.rules_page`.

Belongs here: how the registry reads as a page. Does not belong here: the rules (`rules.yml`).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from expectations.registry import Rule, load_registry
from orchestration.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = REPOSITORY / "docs" / "rules.md"
_HEAD = """# Rules of the audit

Written from `expectations/rules.yml` by `python -m expectations.rules_page`; do not edit by hand. Every rule says what
it holds, why, and what to do when it fails; *who acts* is also in every message. Rules that differ only in the mart,
feed or figure they judge stand in one section.

| class | a failure |
|---|---|
| `integrity` | refuses the release, no way round |
| `required` | refuses unless a waiver covers it: a headline figure is not assessed because a feed is missing |
| `commitment` | refuses unless a waiver covers it, and is released as missed: a declared target is missed |
| `policy` | is shown as met or missed, never refuses |

A check that could not run counts as failed. A rule whose feed nobody delivers is recorded as `not_applicable` and does
not fail: the missing feed is judged once, by the `required` rule of its figures. Waivers stand in
`expectations/waivers.yml` (rule, period, reason, person, last day), limits in `expectations/limits.yml` (share, from,
to, reason, owner), figures that move because the way of computing changed in `expectations/restatements.yml` (period,
indicator, reason, person, last day).

In `audit.json` every rule has `rule_id, class, severity, success, observed, expected, unexpected_count, sample_keys,
message_vi, message_en, could_not_run, not_applicable, waived`, its `title_vi, title_en`, `owner {vi, en}` and, where it
judges one figure, `indicator_code`. `sample_keys` are codes or pseudonymous keys, never personal data. The document
also names `refused_by`, the rules that refuse, and `waivers`, those that were used.
"""


def rules_page(registry: Mapping[str, Rule]) -> str:
    """The page as Markdown."""
    sections = [_HEAD]
    for _, family in groupby(registry.values(), key=lambda rule: rule.line):
        sections.append(_section(list(family)))
    return "\n".join(sections)


def _section(family: Sequence[Rule]) -> str:
    if (
        len({rule.what for rule in family}) == len(family)
        and len({rule.remedy for rule in family}) == len(family) > 1
    ):
        return "\n".join(_section([rule]) for rule in family)
    first = family[0]
    names = ", ".join(f"`{rule.rule_id}`" for rule in family)
    title = f"`{first.rule_id}`" if len(family) == 1 else f"{_common(family)} ({len(family)} rules)"
    judged = first.what if len(family) == 1 else f"{first.what} *(the first of them)*"
    lines = [
        f"## {title}",
        "",
        f"{first.title_vi} · {first.title_en}" if len(family) == 1 else names,
        "",
        f"Class `{first.rule_class}`, severity `{first.severity}`, engine `{first.engine}`, "
        + (f"table `{first.table}`." if len({rule.table for rule in family}) == 1 else "one per table."),
        "",
        f"- **What.** {judged}",
        f"- **Why.** {first.why}",
        f"- **Remedy.** {first.remedy}",
        f"- **Who acts.** {' · '.join(sorted({f'{rule.owner.vi} ({rule.owner.en})' for rule in family}))}",
        "",
    ]
    return "\n".join(lines)


def _common(family: Sequence[Rule]) -> str:
    """What the names of a family share: `limit_quarantined_…`."""
    first, last = min(rule.rule_id for rule in family), max(rule.rule_id for rule in family)
    shared = next(
        (place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first)
    )
    if shared:
        return f"`{first[:shared]}…`"
    return f"`…{first[-_shared_end(first, last) :]}`" if _shared_end(first, last) else f"`{first}` and others"


def _shared_end(first: str, last: str) -> int:
    pairs = zip(reversed(first), reversed(last), strict=False)
    return next((place for place, pair in enumerate(pairs) if pair[0] != pair[1]), 0)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(rules_page(load_registry()), "utf-8")
