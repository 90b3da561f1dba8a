"""The ingest ledger: one JSON document per file read; its appearance commits the file.

Belongs here: the document, reading it, which entries count at a known-at moment, and the atomic commit.
Does not belong here: what is in the Parquet files an entry names, or how they were written.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from orchestration.errors import CchcError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestration.lake import Lake

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Output:
    """What one file gave to one feed; `rows = accepted + quarantined`, `lines = rows + skipped`.

    Attributes:
        feed: name of the feed.
        lines: everything the file holds for the feed: header, motto, blank and totals rows included.
        rows: records after the profile's header, footer and folding rules.
        accepted: rows in raw.
        quarantined: rows in quarantine.
        skipped: lines that are no records: headers, blank lines, totals, lines folded into a record.
        raw_path: Parquet of the accepted rows relative to the lake, or None without any.
        quarantine_path: Parquet of the rejected rows relative to the lake, or None without any.
        warnings: what a person should know (missing optional columns, extra columns).
        findings: number of records by name of a finding (`future_dated`, `out_of_list:channel`, …).
    """

    feed: str
    lines: int
    rows: int
    accepted: int
    quarantined: int
    skipped: int
    raw_path: str | None = None
    quarantine_path: str | None = None
    warnings: tuple[str, ...] = ()
    findings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LedgerEntry:
    """One file read: who delivered it, by which rules it was read, what it gave.

    Attributes:
        file_id: name of the document and of the Parquet files.
        feed: feed of the landing folder; `outputs` may name further ones.
        source_name: folder of the source below the feed, or `canonical`.
        profile: name of the profile that read it, or `canonical`.
        profile_hash: first 12 hex digits of the hash of the resolved profile.
        parser_version: version of the rules of reading.
        file: path relative to `landing/`, of a pulled one to `restricted/`.
        sha256: hash of the file's bytes.
        bytes: size of the file.
        extract_date: first date in the file's name, else the local day of recording.
        recorded_at: naive local moment of the commit.
        clock: `system` or `injected`.
        timezone: IANA name of the zone of every timestamp.
        mode: `delta` or `snapshot`.
        covers: canonical JSON of what a snapshot covers, or None.
        simulated: the file was made by `cchc simulate`.
        supersedes: file ids whose rows this entry replaces.
        secret_id: names the secret of the pseudonyms without telling it.
        outputs: what the file gave, by feed.
        expects: whom the source said it delivers for when the file was read, by kind (`agencies`).
        national_copy: what the national portal holds of the province's dossiers: compared, never counted.
        pull: for a pulled delivery: by which connector, from which cursor to which, what the source counted, drift.
    """

    file_id: str
    feed: str
    source_name: str
    profile: str
    profile_hash: str
    parser_version: str
    file: str
    sha256: str
    bytes: int
    extract_date: date
    recorded_at: datetime
    clock: str
    timezone: str
    mode: str
    covers: str | None
    simulated: bool
    supersedes: tuple[str, ...]
    secret_id: str
    outputs: tuple[Output, ...]
    schema_version: int = SCHEMA_VERSION
    expects: dict[str, list[str]] = field(default_factory=dict)
    national_copy: bool = False
    pull: dict[str, Any] | None = None

    @property
    def says_nothing_new(self) -> bool:
        """A pull that found nothing new, and whose source counted nothing either."""
        return (
            self.pull is not None
            and self.mode == "delta"
            and not any(output.lines for output in self.outputs)
        )

    def to_json(self) -> str:
        """The document, canonical: sorted keys, two spaces; that it was not pulled goes without saying."""
        document = asdict(self) | {
            "extract_date": self.extract_date.isoformat(),
            "recorded_at": self.recorded_at.isoformat(sep=" ", timespec="microseconds"),
        }
        if self.pull is None:
            del document["pull"]
        return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _output(document: dict[str, Any]) -> Output:
    return Output(**document | {"warnings": tuple(document["warnings"])})


def _entry(path: Path) -> LedgerEntry:
    try:
        document = json.loads(path.read_text("utf-8"))
        return LedgerEntry(
            **document
            | {
                "extract_date": date.fromisoformat(document["extract_date"]),
                "recorded_at": datetime.fromisoformat(document["recorded_at"]),
                "supersedes": tuple(document["supersedes"]),
                "outputs": tuple(_output(output) for output in document["outputs"]),
            }
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CchcError(
            f"The ledger document {path} cannot be read.",
            "Restore it from a backup; without it the rows of its file take no part in any figure.",
        ) from error


def read_ledger(lake: Lake) -> list[LedgerEntry]:
    """All committed entries, by recorded moment, then file.

    Raises:
        CchcError: a document is damaged.
    """
    entries = [_entry(path) for path in sorted(lake.ledger.glob("*.json"))]
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.file, entry.file_id))


def active_entries(entries: Iterable[LedgerEntry], known_at: datetime | None = None) -> list[LedgerEntry]:
    """The entries whose rows count at a moment.

    Args:
        entries: entries of the ledger.
        known_at: naive local moment; None means all that is recorded.

    Returns:
        Entries recorded at or before the moment and not superseded by one that is.
    """
    known = [entry for entry in entries if known_at is None or entry.recorded_at <= known_at]
    superseded = {file_id for entry in known for file_id in entry.supersedes}
    return [entry for entry in known if entry.file_id not in superseded]


def commit(lake: Lake, entry: LedgerEntry) -> Path:
    """Write the document of a file whose Parquet files stand in place, in one atomic step."""
    lake.ledger.mkdir(parents=True, exist_ok=True)
    path = lake.ledger / f"{entry.file_id}.json"
    unfinished = lake.ledger / f".{entry.file_id}.json.tmp"
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(entry.to_json())
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    return path


def remove_orphans(lake: Lake, entries: Sequence[LedgerEntry]) -> int:
    """Remove what an interrupted ingest left: unfinished files, and Parquet files no entry commits.

    What connectors pulled is theirs to clear (`connectors/staging.py`).

    Returns:
        Number of files removed.
    """
    committed = {entry.file_id for entry in entries}
    parquet = [
        path
        for folder in (lake.raw, lake.quarantine, lake.restricted)
        for path in folder.rglob("*.parquet")
        if path.stem not in committed and not path.is_relative_to(lake.pulled)
    ]
    unfinished = [
        path
        for folder in (lake.raw, lake.quarantine, lake.restricted)
        for path in folder.rglob("*.tmp")
        if not path.is_relative_to(lake.pulled)
    ]
    for path in [*parquet, *unfinished]:
        path.unlink(missing_ok=True)
    return len(parquet) + len(unfinished)
