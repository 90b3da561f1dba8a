"""The ingest: what pulled sources have that is new, and every new file of the landing zone, into raw.

Belongs here: which files are new, seen or to be replayed, the order, the report. Does not belong here: how
a source is pulled (`connectors/`), how one file is taken (`take.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.extracts.broken import BrokenFile, BrokenFileError
from orchestration.extracts.connectors.pulling import Delivery, pull_sources
from orchestration.extracts.connectors.staging import pulled_delivery, settle
from orchestration.extracts.contract import feeds as contract_feeds
from orchestration.extracts.engine import WORKERS, engine, session
from orchestration.extracts.landing import Landed, Scan, extract_date_of, scan, sha256_of, simulated_hashes
from orchestration.extracts.ledger import (
    LedgerEntry,
    active_entries,
    read_ledger,
    remove_orphans,
)
from orchestration.extracts.news import EarlierReads
from orchestration.extracts.profile import CANONICAL, PROFILES, Profile, profile_called, profile_of_source
from orchestration.extracts.pseudonyms import Secret, load_secret
from orchestration.extracts.report import FileResult, IngestReport
from orchestration.extracts.take import suffix_of, take, take_nothing
from orchestration.extracts.yaml_marks import ProfileError

if TYPE_CHECKING:
    import duckdb

    from orchestration.extracts.connectors.configuration import PulledSource
    from orchestration.lake import Lake
    from orchestration.settings import Settings

PARSER_VERSION = "4"
"""Grows when the rules of reading change what an equal file gives."""
_EMPTY = hashlib.sha256(b"").hexdigest()
Progress = Callable[[str], None]


@dataclass(frozen=True)
class _Task:
    landed: Landed
    profile: Profile
    entry: LedgerEntry
    pulled: PulledSource | None = None


class _Ingest:
    """One run of the ingest over a lake."""

    def __init__(
        self, lake: Lake, settings: Settings, clock: Callable[[], datetime] | None, profiles: Path
    ) -> None:
        self.lake = lake
        self.settings = settings
        self.profiles = profiles
        self.clock = "system" if clock is None else "injected"
        self.entries = read_ledger(lake)
        self.earlier = EarlierReads(self.entries)
        self.secret = self._secret()
        self.simulated = simulated_hashes(lake)
        self.report = IngestReport(datetime.min)  # noqa: DTZ901 - until `begin`
        self.report.orphans_removed = remove_orphans(lake, self.entries)

    def pull(
        self, feeds: Sequence[str] | None, full: Sequence[str], progress: Progress | None
    ) -> list[Delivery]:
        """Pull what is new; it is recorded when all pulls are done, so that nothing in it is later than that."""
        outcome = pull_sources(
            self.lake, self.settings, self.entries,
            profiles=self.profiles, feeds=feeds, full=full, progress=progress,
        )  # fmt: skip
        self.report.unreached.extend(outcome.unreached)
        self.report.broken.extend(outcome.broken)
        self.report.warnings.extend(outcome.warnings)
        self.report.orphans_removed += outcome.left_over
        return outcome.deliveries

    def begin(self, clock: Callable[[], datetime] | None) -> None:
        """Fix the recorded moment."""
        self.report.recorded_at = self._moment(clock)

    def pulled_task(self, delivery: Delivery) -> _Task | None:
        """What is to be done with a pulled delivery: None where only the fact that nothing is new is committed."""
        landed, profile = delivery.landed, delivery.source.head.profile
        digest = _EMPTY if delivery.nothing_new else sha256_of(landed.path)
        entry = replace(
            self._entry(landed, profile, digest, [], str(delivery.pull["number"])),
            extract_date=delivery.snapshot_at.date(),
            pull=delivery.pull,
        )
        if not delivery.nothing_new:
            return _Task(landed, profile, entry, delivery.source)
        with engine(self.lake) as connection:
            done = take_nothing(connection, self.lake, entry, self.secret)
        settle(self.lake, done, delivery.source.head.keep_days)
        self.report.files.append(FileResult(landed.file, landed.feed, done.source_name, "new", done))
        return None

    def _secret(self) -> Secret:
        secret = load_secret(self.lake, self.settings)
        others = {entry.secret_id for entry in self.entries} - {secret.secret_id}
        if others:
            raise UsageError(
                f"The lake's pseudonyms were made with the secret {', '.join(sorted(others))}, "
                f"the present one is {secret.secret_id}.",
                "Set CCHC_PSEUDONYM_SECRET to the lake's own secret, or restore restricted/secret.",
            )
        return secret

    def _moment(self, clock: Callable[[], datetime] | None) -> datetime:
        """The recorded moment; the system's never goes back, also when clocks are set back."""
        now = datetime.now(self.settings.zone) if clock is None else clock()
        if now.tzinfo is not None:
            now = now.astimezone(self.settings.zone).replace(tzinfo=None)
        if clock is None and self.entries:
            return max(now, self.entries[-1].recorded_at + timedelta(microseconds=1))
        return now

    def again(self, found: LedgerEntry) -> dict[str, _Task]:
        """The task of a pulled delivery that is read again."""
        profile = profile_called(found.profile if found.profile != CANONICAL else found.feed, self.profiles)
        same = [entry for entry in self.entries if entry.file == found.file]
        path = self.lake.restricted / found.file
        landed = Landed(found.feed, found.source_name, path, found.file)
        entry = self._entry(landed, profile, sha256_of(path), same, str((found.pull or {})["number"]))
        entry = replace(entry, extract_date=found.extract_date, pull=found.pull)
        return {entry.file_id: _Task(landed, profile, entry)}

    def scan(self, wanted: Sequence[str] | None, replay: Path | None) -> list[Landed]:
        """The files to look at.

        Raises:
            UsageError: an unknown feed, or a file to replay that is not in the landing zone.
        """
        known = contract_feeds()
        for name in wanted or ():
            if name not in known:
                raise UsageError(f"There is no feed {name!r}.", f"Known feeds: {', '.join(known)}.")
        found: Scan = scan(self.lake)
        if replay is not None:
            places = {(base / replay).resolve() for base in (self.lake.landing, Path.cwd(), self.lake.root)}
            chosen = [landed for landed in found.files if landed.path.resolve() in places]
            if not chosen:
                raise UsageError(
                    f"{replay} is no file of a feed in {self.lake.landing}.", "Name a landed file."
                )
            return chosen
        self.report.warnings.extend(found.warnings)
        return [landed for landed in found.files if wanted is None or landed.feed in wanted]

    def tasks(
        self, deliveries: Sequence[Delivery], landed_files: Sequence[Landed], *, replay: bool
    ) -> dict[str, _Task]:
        """What is to be taken, by file id: pulled deliveries, then landed files."""
        pulled = [task for delivery in deliveries if (task := self.pulled_task(delivery))]
        tasks = {task.entry.file_id: task for task in pulled}
        for landed in landed_files:
            task = self.task(landed, replay=replay)
            if task is not None and task.entry.file_id in tasks:
                self.report.warnings.append(
                    f"{landed.file}: holds the same bytes as {tasks[task.entry.file_id].landed.file}"
                )
            elif task is not None:
                tasks[task.entry.file_id] = task
        return tasks

    def broken(self, landed: Landed, error: BrokenFile) -> None:
        """Remember a file that cannot be taken."""
        self.report.broken.append(error)
        self.report.files.append(FileResult(landed.file, landed.feed, landed.source or CANONICAL, "broken"))

    def task(self, landed: Landed, *, replay: bool) -> _Task | None:
        """What is to be done with a file: None where it was seen before or is broken."""
        if landed.leads_outside:
            found = "a link that leads out of the landing zone"
            self.broken(
                landed, BrokenFile(landed.feed, landed.file, None, found, "a file", "Copy the file itself.")
            )
            return None
        try:
            profile = profile_of_source(landed.feed, landed.source, self.profiles)
        except ProfileError as error:
            hint = error.hint or "Mend the profile."
            self.broken(
                landed, BrokenFile(landed.feed, landed.file, None, error.message, "a valid profile", hint)
            )
            return None
        digest = sha256_of(landed.path)
        same = self.earlier.of(landed, digest, profile)
        if same and not replay:
            self._seen(landed, same[-1], profile)
            return None
        return _Task(landed, profile, self._entry(landed, profile, digest, same))

    def _seen(self, landed: Landed, entry: LedgerEntry, profile: Profile) -> None:
        self.report.files.append(FileResult(landed.file, landed.feed, entry.source_name, "seen", entry))
        if (entry.profile_hash, entry.parser_version) != (profile.digest, PARSER_VERSION):
            self.report.warnings.append(
                f"{landed.file}: was read by an earlier version of its profile; "
                f"cchc ingest --replay {landed.file} reads it again"
            )

    def _entry(
        self, landed: Landed, profile: Profile, digest: str, same: list[LedgerEntry], pull: str = ""
    ) -> LedgerEntry:
        recorded_at, name = self.report.recorded_at, landed.source or CANONICAL
        identity = (
            landed.feed, name, digest, profile.digest, PARSER_VERSION, str(len(same)),
            landed.file if profile.mode == "snapshot" else "", *([pull] if pull else []),
        )  # fmt: skip
        return LedgerEntry(
            file_id=hashlib.sha256("\n".join(identity).encode()).hexdigest()[:16],
            feed=landed.feed,
            source_name=name,
            profile=profile.name,
            profile_hash=profile.digest,
            parser_version=PARSER_VERSION,
            file=landed.file,
            sha256=digest,
            bytes=landed.path.stat().st_size if digest != _EMPTY else 0,
            extract_date=extract_date_of(landed.path.name) or recorded_at.date(),
            recorded_at=recorded_at,
            clock=self.clock,
            timezone=self.settings.timezone,
            mode=profile.mode,
            covers=profile.covers,
            simulated=digest in self.simulated,
            supersedes=tuple(entry.file_id for entry in active_entries(same)),
            secret_id=self.secret.secret_id,
            outputs=(),
            expects=profile.expects,
            national_copy=profile.national_copy,
        )


def ingest(  # noqa: PLR0913
    lake: Lake,
    settings: Settings,
    *,
    feeds: Sequence[str] | None = None,
    replay: Path | None = None,
    clock: Callable[[], datetime] | None = None,
    progress: Progress | None = None,
    profiles: Path = PROFILES,
    full: Sequence[str] = (),
    pull: bool = True,
) -> IngestReport:
    """Pull what is new, and take it and every new file of the landing zone into raw.

    Args:
        lake: the lake; the caller holds its lock.
        settings: time zone and secret.
        feeds: only these feeds.
        replay: read this landed or pulled file again; its new rows supersede the earlier ones.
        full: pulled sources whose cursor is ignored: everything they hold is pulled again.
        pull: whether sources are pulled at all.
        clock: gives the recorded moment in simulation and tests.
        progress: called with one line per file taken.
        profiles: folder of the profiles.

    Returns:
        What was taken, seen, broken and not to be had. What is broken or missing leaves nothing and is tried again
        next time.

    Raises:
        UsageError: unknown feed, no such file to replay, another secret than the lake's.
    """
    run = _Ingest(lake, settings, clock, profiles)
    report = run.report
    kept = pulled_delivery(lake, run.entries, replay) if replay else None
    landed_files = [] if kept else run.scan(feeds, replay)
    deliveries = run.pull(feeds, full, progress) if pull and replay is None else []
    run.begin(clock)
    tasks = run.again(kept) if kept else run.tasks(deliveries, landed_files, replay=replay is not None)
    with engine(lake) as connection, ThreadPoolExecutor(WORKERS) as pool:
        # Large files first, so that no worker is left with the largest at the end.
        ordered = sorted(tasks.values(), key=lambda task: -task.entry.bytes)
        for task, outcome in zip(
            ordered, pool.map(lambda task: _outcome(run, connection, task), ordered), strict=True
        ):
            if isinstance(outcome, BrokenFile):
                run.broken(task.landed, outcome)
                if task.pulled is not None:
                    task.landed.path.unlink(missing_ok=True)
                continue
            if task.pulled is not None:
                settle(lake, outcome, task.pulled.head.keep_days)
            report.files.append(
                FileResult(task.landed.file, task.landed.feed, outcome.source_name, "new", outcome)
            )
            if progress:
                progress(_line(outcome))
    for result in report.of_status("new"):
        report.warnings.extend(
            f"{result.file}: {warning}" for output in result.entry.outputs for warning in output.warnings
        ) if result.entry else None
    report.files.sort(key=lambda result: result.file)
    report.broken.sort(key=lambda broken: broken.file)
    return report


def _outcome(run: _Ingest, connection: duckdb.DuckDBPyConnection, task: _Task) -> LedgerEntry | BrokenFile:
    with session(connection) as cursor:
        try:
            return take(
                cursor,
                run.lake,
                task.landed.path,
                task.profile,
                task.entry,
                run.secret,
                suffix_of(task.landed.source),
            )
        except BrokenFileError as error:
            broken = error.of(task.landed.feed, task.landed.file)
            return replace(broken, national_copy=task.entry.national_copy)


def _line(entry: LedgerEntry) -> str:
    counts = ", ".join(
        f"{output.feed} {output.accepted} accepted"
        + (f" {output.quarantined} quarantined" if output.quarantined else "")
        for output in entry.outputs
    )
    return f"{entry.file}: {counts}"
