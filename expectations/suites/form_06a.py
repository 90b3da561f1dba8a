"""What is expected of `form_06a`, beside the sums that dbt tests hold on its rows and over its periods.

Belongs here: values that the printed form has a place for. Does not belong here: identities of rows and of periods
(dbt tests of the model), agreement with the figures (`additivity.py`).
"""

from __future__ import annotations

from expectations.checks import Check, ValuesInSet

BLOCKS = ("department", "land_registration_branch", "district", "commune", "unknown")


def form_06a() -> tuple[Check, ...]:
    """The checks of `form_06a`, beside its shape."""
    return (ValuesInSet("form_06a_blocks_known", column="block", values=BLOCKS),)
