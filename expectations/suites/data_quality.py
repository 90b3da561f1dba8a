"""What is expected of `data_quality`: that what was set aside stays within limits, feed by feed.

Belongs here: limits on quarantined records. Does not belong here: limits on accepted but suspicious dossiers, which
stand with `fct_dossiers`.
"""

from __future__ import annotations

from expectations.checks import Check
from expectations.suites.plausibility import quarantined_limits
from orchestration.extracts.contract import feeds


def data_quality() -> tuple[Check, ...]:
    """The checks of `data_quality`, beside its shape."""
    return quarantined_limits(tuple(feeds()))
