"""The report of an ingest: what was taken, seen, broken.

Belongs here: the objects and their JSON form. Does not belong here: doing it (`ingest.py`), printing it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.extracts.broken import BrokenFile
    from orchestration.extracts.connectors.pulling import Unreached
    from orchestration.extracts.ledger import LedgerEntry


_TOLD_OF_A_PULL = ("number", "full", "snapshot_at", "rows", "repeated", "counted", "drift")


def pull_told(pull: dict[str, Any]) -> dict[str, Any]:
    """What people are told of a pull: records, what the source counts, drift of its columns."""
    return {name: pull[name] for name in _TOLD_OF_A_PULL}


@dataclass(frozen=True)
class FileResult:
    """What became of one landed file.

    Attributes:
        file, feed, source_name: where it lies.
        status: `new`, `seen` or `broken`.
        entry: its ledger entry, None for a broken one.
    """

    file: str
    feed: str
    source_name: str
    status: str
    entry: LedgerEntry | None = None


@dataclass
class IngestReport:
    """What an ingest did.

    Attributes:
        recorded_at: naive local moment under which new files are known.
        files: every file of the landing zone that was looked at.
        broken: the files that could not be taken, with the reason.
        unreached: the sources that could not be pulled, with the reason and who acts.
        warnings: what people should know, file by file.
        orphans_removed: files an interrupted ingest had left.
    """

    recorded_at: datetime
    files: list[FileResult] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)
    unreached: list[Unreached] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    orphans_removed: int = 0

    def of_status(self, status: str) -> list[FileResult]:
        """The files that are `new`, `seen` or `broken`."""
        return [result for result in self.files if result.status == status]

    def feeds(self) -> dict[str, dict[str, int]]:
        """Counts of the new files by feed: files, lines, rows, accepted, quarantined, skipped."""
        totals: dict[str, dict[str, int]] = {}
        for result in self.of_status("new"):
            for output in result.entry.outputs if result.entry else ():
                counts = totals.setdefault(
                    output.feed,
                    dict.fromkeys(("files", "lines", "rows", "accepted", "quarantined", "skipped"), 0),
                )
                counts["files"] += 1
                for name in ("lines", "rows", "accepted", "quarantined", "skipped"):
                    counts[name] += getattr(output, name)
        return dict(sorted(totals.items()))

    def pulls(self) -> list[dict[str, Any]]:
        """What was pulled, source by source: records, what the source counts, drift of its columns."""
        return [
            {"feed": result.feed, "source": result.source_name} | pull_told(result.entry.pull)
            for result in self.of_status("new")
            if result.entry and result.entry.pull
        ]

    def to_dict(self) -> dict[str, Any]:
        """The report as a JSON document."""
        return {
            "schema_version": 1,
            "recorded_at": self.recorded_at.isoformat(sep=" ", timespec="microseconds"),
            "files": [
                {
                    "file": result.file,
                    "feed": result.feed,
                    "source": result.source_name,
                    "status": result.status,
                    "file_id": result.entry.file_id if result.entry else None,
                }
                for result in self.files
            ],
            "feeds": self.feeds(),
            "broken": [broken.to_dict() for broken in self.broken],
            "pulled": self.pulls(),
            "unreached": [missing.to_dict() for missing in self.unreached],
            "warnings": self.warnings,
            "orphans_removed": self.orphans_removed,
        }
