"""The audit as asset checks: one per class of rules, so that the graph shows at a glance what refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.defs.names import AUDIT

CLASSES = {
    "integrity": "Identities, bounds, hashes, schema, reconciliation. Refuses; no way round.",
    "required": "Every headline figure could be assessed. Refuses unless waived.",
    "commitment": "Declared targets of headline figures. Refuses unless waived.",
    "policy": "Other targets: shown as met or missed; never refuses.",
}
AUDIT_CHECKS = [dg.AssetCheckSpec(name, asset=AUDIT, description=text) for name, text in CLASSES.items()]


def check_results(audit: Mapping[str, Any]) -> Iterator[dg.AssetCheckResult]:
    """One result per class, with the messages of the rules that were not met."""
    rules = [rule for suite in audit["suites"] for rule in suite["rules"]]
    for name in CLASSES:
        members = [rule for rule in rules if rule["class"] == name]
        failed = [rule for rule in members if not rule["success"]]
        yield dg.AssetCheckResult(
            asset_key=AUDIT,
            check_name=name,
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN if name == "policy" else dg.AssetCheckSeverity.ERROR,
            metadata={"rules": len(members), "not met": len(failed)}
            | {rule["rule_id"]: f"{rule['message_vi']} | {rule['message_en']}" for rule in failed[:20]},
        )
