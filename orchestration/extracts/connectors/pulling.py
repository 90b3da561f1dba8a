"""The running of pulls: every configured source asked for what is new, into delivery files that wait to be taken.

Belongs here: which sources there are, the cursor of the newest committed pull, drift of columns, what cannot be had.
Does not belong here: how a kind of source is read, taking a delivery and committing it (`ingest.py`).
"""

from __future__ import annotations

import traceback
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.errors import UsageError
from orchestration.extracts.broken import BrokenFile, BrokenFileError
from orchestration.extracts.connectors import staging
from orchestration.extracts.connectors.configuration import PulledSource, load_source, source_documents
from orchestration.extracts.connectors.interface import (
    CLOCKS_APART,
    Pulled,
    PullRequest,
    SourceUnavailableError,
)
from orchestration.extracts.landing import Landed
from orchestration.extracts.yaml_marks import ProfileError
from orchestration.settings import named_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.lake import Lake
    from orchestration.settings import Settings

NOTHING_NEW = "nothing_new"


@dataclass(frozen=True)
class Unreached:
    """A source that could not be had; the next pull starts where the newest committed one ended.

    Attributes:
        feed, source: whose delivery is missing.
        found: what happened.
        owner: who acts.
        hint: what to do.
    """

    feed: str
    source: str
    found: str
    owner: str
    hint: str

    def to_dict(self) -> dict[str, str]:
        """The missing delivery as a JSON object."""
        return asdict(self)

    def message(self) -> str:
        """One line for people."""
        return (
            f"{self.feed}: the source {self.source} could not be pulled: {self.found}. {self.owner} acts: {self.hint} "
            "Nothing is lost: the next pull starts where the last committed one ended."
        )


@dataclass(frozen=True)
class Delivery:
    """What a pull brought, not yet committed.

    Attributes:
        source: who delivered it.
        landed: its file; of a pull that found nothing new one that does not exist.
        nothing_new: there is no file, only the fact that nothing is new.
        snapshot_at: naive local moment that it is of.
        pull: what the ledger says of the pull.
        notes: warnings for people.
    """

    source: PulledSource
    landed: Landed
    nothing_new: bool
    snapshot_at: datetime
    pull: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass
class PullOutcome:
    """What all pulls brought and what they did not."""

    deliveries: list[Delivery] = field(default_factory=list)
    unreached: list[Unreached] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    left_over: int = 0


def configured_sources(folder: Path, profiles: Path) -> tuple[list[PulledSource], list[BrokenFile]]:
    """The sources of a folder, and the documents that are wrong."""
    sources: list[PulledSource] = []
    broken = []
    for path in source_documents(folder):
        try:
            source = load_source(path, profiles)
            _only_one(source, sources)
            sources.append(source)
        except ProfileError as error:
            hint = error.hint or "Mend the document of the source."
            broken.append(BrokenFile("sources", path.name, None, error.message, "a valid source", hint))
    return sources, broken


def _only_one(source: PulledSource, others: Sequence[PulledSource]) -> None:
    head = source.head
    twice = [other.head.file for other in others if other.head.delivers == head.delivers]
    if twice:
        raise ProfileError(
            f"{head.file}: {twice[0]} pulls the feed {head.feed} of {head.source} already.",
            "Keep one of them.",
        )


def pull_sources(
    lake: Lake,
    settings: Settings,
    entries: Sequence[LedgerEntry],
    *,
    profiles: Path,
    feeds: Sequence[str] | None = None,
    full: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> PullOutcome:
    """Ask every enabled source for what is new.

    Args:
        lake: the lake; the caller holds its lock.
        settings: folder of the sources, time zone.
        entries: the ledger.
        profiles: folder of the profiles.
        feeds: only sources of these feeds.
        full: names of sources whose cursor is ignored.
        progress: called with one line per step.

    Raises:
        UsageError: `full` names no source.
    """
    sources, broken = configured_sources(settings.sources, profiles)
    names = {source.head.source for source in sources}
    for name in full:
        if name not in names:
            raise UsageError(
                f"There is no pulled source {name!r}.", f"Known: {', '.join(sorted(names)) or 'none'}."
            )
    today = datetime.now(settings.zone).date()
    outcome = PullOutcome(broken=broken, left_over=staging.clear(lake, entries, sources, today))
    for source in sources:
        if source.head.enabled and (feeds is None or source.head.feed in feeds):
            pull = _Pull(
                lake, settings, source, staging.newest_pull(entries, source.head.feed, source.head.source)
            )
            pull.run(outcome, full=source.head.source in full, progress=progress or (lambda _line: None))
    return outcome


def secret_of(name: str) -> str:
    """The value of a variable that a source names.

    Raises:
        SourceUnavailableError: it is not set.
    """
    value = named_variable(name)
    if value is None:
        raise SourceUnavailableError(
            f"the environment variable {name} is not set", f"Set {name} where cchc runs (docs/sources.md)."
        )
    return value


class _Pull:
    """One pull of one source."""

    def __init__(
        self, lake: Lake, settings: Settings, source: PulledSource, newest: LedgerEntry | None
    ) -> None:
        self.lake = lake
        self.settings = settings
        self.source = source
        self.newest = newest
        self.before: dict[str, Any] = (newest.pull or {}) if newest else {}
        self.staging = staging.staging_of(lake, source.head.feed, source.head.source)

    def run(self, outcome: PullOutcome, *, full: bool, progress: Callable[[str], None]) -> None:
        """Pull and remember what came of it."""
        head = self.source.head
        label = f"{head.feed}/{head.source}"
        changed = self.changed()
        outcome.warnings += [f"{label}: {note}" for note in changed]
        progress(f"Pulling {label}")
        self.staging.prepare()
        pulled = self.pulled(outcome, self.request(full=full, changed=bool(changed), progress=progress))
        if pulled is None:
            self.staging.discard()
            return
        drift = drift_of(self.before.get("columns") or {}, pulled.columns)
        outcome.warnings += [f"{label}: {note}" for note in (*pulled.notes, *_drift_notes(drift))]
        if pulled.nothing_new and not drift and self.known(pulled):
            progress(f"{label}: nothing new")
            self.staging.discard()
            return
        outcome.deliveries.append(self.delivery(pulled, drift, full=full or bool(changed)))
        new = "nothing new" if pulled.nothing_new else f"{pulled.rows:,} records"
        progress(
            f"{label}: {new}" + (f", {pulled.repeated:,} known ones left out" if pulled.repeated else "")
        )

    def changed(self) -> list[str]:
        """Why the cursor of the newest committed pull says nothing any more, if it does not."""
        if self.newest is None:
            return []
        head = self.source.head
        if self.before.get("digest") != head.digest:
            return [f"{head.file} was changed since the last pull: pulled as a whole"]
        if self.newest.profile_hash != head.profile.digest:
            return [f"the profile {head.profile.name} was changed since the last pull: pulled as a whole"]
        return []

    def known(self, pulled: Pulled) -> bool:
        """Whether the ledger says already that nothing is new: of the same day, and of as many records."""
        counted = self.source.head.total_from is not None and pulled.counted != self.before.get("counted")
        return (
            self.newest is not None and self.newest.extract_date == pulled.snapshot_at.date() and not counted
        )

    def pulled(self, outcome: PullOutcome, request: PullRequest) -> Pulled | None:
        """What the connector brought, or None after remembering why it did not."""
        head = self.source.head
        try:
            return self.dated(outcome, self.source.connector.pull(request), request.now())
        except SourceUnavailableError as error:
            found, hint = error.found, error.hint
        except BrokenFileError as error:
            outcome.broken.append(error.of(head.feed, f"{staging.PREFIX}{head.feed}/{head.source}"))
            return None
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - must not stop the other sources; its words may hold secrets
            frame = traceback.extract_tb(error.__traceback__)[-1]
            found = f"unexpected {type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
            hint = "Report this fault."
        outcome.unreached.append(Unreached(head.feed, head.source, found, head.owner, hint))
        return None

    def dated(self, outcome: PullOutcome, pulled: Pulled, ours: datetime) -> Pulled:
        """The day of a source whose clock is out of its mind would decide for ever which snapshot is the latest."""
        head, now = self.source.head, ours.replace(tzinfo=None)
        if abs(pulled.snapshot_at - now) <= CLOCKS_APART:
            return pulled
        told = f"its clock says {pulled.snapshot_at:%d/%m/%Y}: ours is used"
        outcome.warnings.append(f"{head.feed}/{head.source}: {told}")
        return replace(pulled, snapshot_at=now)

    def request(self, *, full: bool, changed: bool, progress: Callable[[str], None]) -> PullRequest:
        """What the connector is asked for; a changed snapshot still knows how many records it had."""
        head = self.source.head
        cursor: dict[str, Any] | None = self.before.get("cursor_after")
        if full:
            cursor = None
        elif changed and cursor is not None:
            snapshot = head.profile.mode == "snapshot"
            cursor = {"rows": cursor["rows"]} if snapshot and "rows" in cursor else None
        window = None if full or changed else self.before.get("seen")
        seen = self.staging.seen / window if window else None
        return PullRequest(
            source=head.source,
            feed=head.feed,
            mode=head.profile.mode,
            key=head.key,
            cursor=cursor,
            seen=seen if seen and seen.is_file() else None,
            part=self.staging.part,
            seen_part=self.staging.seen_part,
            scratch=self.staging.scratch,
            secret=secret_of,
            zone=self.settings.zone,
            now=lambda: datetime.now(self.settings.zone),
            progress=progress,
        )

    def delivery(self, pulled: Pulled, drift: dict[str, list[str]], *, full: bool) -> Delivery:
        """The delivery under its final name, which is new even where the source's clock stands still."""
        head, at = self.source.head, pulled.snapshot_at
        name = staging.name_of(at)
        number = self.before.get("number", 0) + 1
        name = f"{name}_{number}"
        window = None
        if self.staging.seen_part.exists():
            window = f"{name}.parquet"
            staging.finish(self.staging.seen_part, self.staging.seen / window)
        elif pulled.nothing_new:
            window = self.before.get("seen")
        file = f"{name}.{NOTHING_NEW if pulled.nothing_new else self.source.connector.ending}"
        path = self.staging.folder / file
        if pulled.nothing_new:
            self.staging.part.unlink(missing_ok=True)
        else:
            staging.finish(self.staging.part, path)
        landed = Landed(head.feed, head.source, path, f"{staging.PREFIX}{head.feed}/{head.source}/{file}")
        pull = {
            "kind": self.source.kind,
            "digest": head.digest,
            "keep_days": head.keep_days,
            "number": number,
            "full": full,
            "snapshot_at": at.isoformat(sep=" ", timespec="microseconds"),
            "cursor_before": self.before.get("cursor_after"),
            "cursor_after": pulled.cursor,
            "seen": window,
            "rows": 0 if pulled.nothing_new else pulled.rows,
            "repeated": pulled.repeated,
            "counted": pulled.counted,
            "columns": dict(pulled.columns) or self.before.get("columns") or {},
            "drift": drift,
            "facts": dict(pulled.facts),
        }
        if head.total_from is not None and pulled.counted is not None:
            pull["control_total"] = {"covers_from": head.total_from.isoformat(), "value": pulled.counted}
        return Delivery(self.source, landed, pulled.nothing_new, at, pull, pulled.notes)


def drift_of(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, list[str]]:
    """What changed in the columns since the newest committed pull; empty where nothing did or nothing is known."""
    if not before or not now:
        return {}
    same = sorted(set(before) & set(now))
    found = {
        "new": sorted(set(now) - set(before)),
        "gone": sorted(set(before) - set(now)),
        "retyped": [f"{name}: {before[name]} -> {now[name]}" for name in same if now[name] != before[name]],
    }
    return {kind: names for kind, names in found.items() if names}


def _drift_notes(drift: dict[str, list[str]]) -> list[str]:
    words = {"new": "new columns", "gone": "columns that are gone", "retyped": "columns of another type"}
    return [f"{words[kind]} since the last pull: {', '.join(names)}" for kind, names in drift.items()]
