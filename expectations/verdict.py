"""What a failed rule does to a release.

Belongs here: the effect of each class, and the verdict. Does not belong here: how a rule is evaluated.

| class | a failure |
|---|---|
| `integrity` | refuses, always |
| `required`, `commitment` | refuses, unless a waiver covers rule, period and day |
| `policy` | is shown, never refuses |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.registry import CLASSES, POLICY
from expectations.waivers import WAIVABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSED, REFUSED = "passed", "refused"
HELD, SHOWN, WAIVED, REFUSES = "held", "shown", "waived", "refuses"


def effect(rule_class: str, *, success: bool, waived: bool) -> str:
    """What one judged rule does: `held`, `shown`, `waived` or `refuses`.

    Args:
        rule_class: one of `CLASSES`.
        success: it held, or there was nothing to judge. A rule that could not run did not hold.
        waived: a waiver covers it.

    Raises:
        ValueError: the class is unknown; an unknown class must not pass in silence.
    """
    if rule_class not in CLASSES:
        raise ValueError(f"{rule_class!r} is no class of rules: {', '.join(CLASSES)}.")
    if success:
        return HELD
    if rule_class == POLICY:
        return SHOWN
    return WAIVED if waived and rule_class in WAIVABLE else REFUSES


def verdict(effects: Iterable[str]) -> str:
    """`refused` if any rule refuses, else `passed`; a judgement of nothing is refused."""
    found = list(effects)
    return PASSED if found and REFUSES not in found else REFUSED
