"""The audit certificate of a candidate: `audit.json`, and what makes it valid.

Belongs here: writing the audit document beside the candidate, and the test whether an audit allows
publication. Does not belong here: the judgement itself (`expectations/audit.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.errors import CchcError, RefusedError
from orchestration.release.candidate import read_candidate
from orchestration.release.documents import (
    AUDIT,
    parse_document,
    rendered,
    sha256_of,
    write_atomically,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestration.lake import Lake

PASSED = "passed"
VERDICTS = (PASSED, "refused")


@dataclass(frozen=True)
class Certificate:
    """A written audit.

    Attributes:
        release_id: the candidate it judges.
        path: `candidate/<release_id>/audit.json`.
        verdict: `passed` or `refused`.
        sha256: hash of the file.
    """

    release_id: str
    path: Path
    verdict: str
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """The certificate for `--json`."""
        return {
            "release_id": self.release_id,
            "path": str(self.path),
            "verdict": self.verdict,
            "sha256": self.sha256,
        }


def write_certificate(lake: Lake, release_id: str, audit: Mapping[str, Any]) -> Certificate:
    """Write the audit of a candidate, a refusal too, replacing an older audit.

    Raises:
        UsageError: there is no such candidate.
        CchcError: the audit is of another manifest, leaves a public mart out, or knows another verdict.
    """
    candidate = read_candidate(lake, release_id)
    problems = list(_mismatches(audit, candidate.manifest, candidate.manifest_sha256))
    if problems:
        raise CchcError(
            f"The audit does not fit the candidate {release_id}: {'; '.join(problems)}.",
            "Audit the candidate again: cchc run.",
        )
    content = rendered(audit)
    path = candidate.folder / AUDIT
    write_atomically(path, content)
    return Certificate(release_id, path, str(audit["verdict"]), sha256_of(content))


def require_passed(
    folder: Path, manifest: Mapping[str, Any], manifest_sha256: str
) -> tuple[dict[str, Any], bytes]:
    """Return the audit in a folder, and its bytes, where it allows publication.

    Args:
        folder: where `audit.json` lies.
        manifest: the candidate's manifest.
        manifest_sha256: hash of the manifest's file.

    Raises:
        RefusedError: no audit, an audit of other bytes, one that refused, one that leaves a public mart
            out, or one whose verdict contradicts its own rules.
    """
    path = folder / AUDIT
    if not path.is_file():
        raise RefusedError(
            f"{folder.name} was not audited.", "Start `cchc run`: it audits before it publishes."
        )
    content = path.read_bytes()
    audit = parse_document(path, content)
    problems = [
        *_mismatches(audit, manifest, manifest_sha256),
        *_objections(audit, manifest["period"]["code"]),
    ]
    if problems:
        raise RefusedError(f"{folder.name} is not published: {'; '.join(problems)}.", f"Read {path}.")
    return audit, content


def covered_tables(audit: Mapping[str, Any]) -> set[str]:
    """Tables that at least one rule of the audit judged."""
    return {str(suite["table"]) for suite in audit.get("suites", []) if suite.get("rules")}


def failed_rules(audit: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every rule that did not succeed, with the table of its suite."""
    return [
        {**rule, "table": suite.get("table")}
        for suite in audit.get("suites", [])
        for rule in suite.get("rules", [])
        if not rule.get("success")
    ]


def _mismatches(audit: Mapping[str, Any], manifest: Mapping[str, Any], manifest_sha256: str) -> Iterator[str]:
    if audit.get("verdict") not in VERDICTS:
        yield f"the verdict is {audit.get('verdict')!r}, not one of {', '.join(VERDICTS)}"
    if audit.get("manifest_sha256") != manifest_sha256:
        yield "the audit is of other bytes (manifest_sha256 differs)"
    missing = {table["name"] for table in manifest["tables"]} - covered_tables(audit)
    if missing:
        yield f"no suite judged {', '.join(sorted(missing))}"


def _objections(audit: Mapping[str, Any], period_code: str) -> Iterator[str]:
    """Why an audit that fits the candidate still does not allow publication."""
    from expectations.verdict import REFUSES, effect  # noqa: PLC0415

    failed = failed_rules(audit)
    if audit.get("verdict") != PASSED:
        names = sorted({str(rule["rule_id"]) for rule in failed if rule.get("class") != "policy"})
        yield f"the audit refused it ({', '.join(names) or 'no rule named'})"
        return
    waived = {item["rule_id"] for item in audit.get("waivers", []) if item.get("period") == period_code}
    for rule in failed:
        if effect(rule["class"], success=False, waived=rule["rule_id"] in waived) == REFUSES:
            yield f"the verdict is passed although {rule['rule_id']} failed"
