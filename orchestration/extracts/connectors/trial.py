"""A pulled source tried: a few records read, judged by its profile, and nothing kept.

Belongs here: choosing the source of a name, the pull into a folder that vanishes. Does not belong here: judging records
(`sources.py`), real pulls (`pulling.py`).
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.errors import BrokenExtractError, UsageError
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.configuration import PulledSource, load_source, source_documents
from orchestration.extracts.connectors.interface import PullRequest, SourceUnavailableError
from orchestration.extracts.connectors.pulling import drift_of, secret_of
from orchestration.extracts.connectors.staging import Staging, newest_pull
from orchestration.extracts.ledger import read_ledger
from orchestration.extracts.profile import CANONICAL, PROFILES
from orchestration.extracts.sources import CheckReport, check_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.lake import Lake
    from orchestration.settings import Settings

RECORDS = 20


def source_called(name: str, settings: Settings, profiles: Path = PROFILES) -> PulledSource:
    """The pulled source of a name, or of the name of its document.

    Raises:
        ProfileError: its document is wrong.
        UsageError: there is none, or several feeds have this source.
    """
    documents = list(source_documents(settings.sources))
    exact = [path for path in documents if path.stem == name]
    found = exact or [path for path in documents if path.stem.split(".")[0] == name]
    if not found:
        known = ", ".join(path.stem for path in documents) or f"none in {settings.sources}"
        raise UsageError(
            f"There is no pulled source {name!r}.", f"Known: {known}. A profile is tried on a sample file."
        )
    if len(found) > 1:
        raise UsageError(
            f"{name} delivers several feeds.", f"Name one: {', '.join(path.stem for path in found)}."
        )
    return load_source(found[0], profiles)


def check_pulled(
    name: str, lake: Lake, settings: Settings, progress: Callable[[str], None], profiles: Path = PROFILES
) -> CheckReport:
    """Connect, read a few records, judge them, tell what changed in the columns; nothing is written to the lake.

    Raises:
        BrokenExtractError: the source cannot be had.
        UsageError: there is no such source, or its document is wrong.
    """
    source = source_called(name, settings, profiles)
    head = source.head
    label = f"{head.source}.{source.connector.ending}"
    profile = head.profile.name if head.profile.name != CANONICAL else head.feed
    with tempfile.TemporaryDirectory(prefix="cchc-check-") as folder:
        staging = Staging(Path(folder) / head.source)
        staging.prepare()
        request = PullRequest(
            source=head.source, feed=head.feed, mode=head.profile.mode, key=head.key, cursor=None, seen=None,
            part=staging.part, seen_part=staging.seen_part, scratch=staging.scratch, secret=secret_of,
            zone=settings.zone, now=lambda: datetime.now(settings.zone), progress=progress, limit=RECORDS,
        )  # fmt: skip
        try:
            pulled = source.connector.pull(request)
        except SourceUnavailableError as error:
            raise BrokenExtractError(
                f"{head.feed}: the source {head.source} could not be pulled: {error.found}.",
                f"{head.owner} acts: {error.hint}",
            ) from None
        except BrokenFileError as error:
            report = CheckReport(head.profile.name, head.feed, label)
            report.broken = error.of(head.feed, label)
            return report
        newest = newest_pull(read_ledger(lake), head.feed, head.source)
        if staging.part.exists():
            sample = staging.part.replace(staging.folder / label)
            report = check_source(profile, sample, settings, profiles)
        else:
            report = CheckReport(head.profile.name, head.feed, label)
    report.warnings = [*pulled.notes, *report.warnings]
    report.connector = {
        "source": head.source,
        "kind": source.kind,
        "columns": dict(pulled.columns),
        "drift": drift_of(((newest.pull or {}).get("columns") if newest else None) or {}, pulled.columns),
        "last_pull": (newest.pull or {}).get("snapshot_at") if newest else None,
    }
    return report
