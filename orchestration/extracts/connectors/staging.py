"""Where pulled files lie until they are taken, and what is cleared there.

Belongs here: the folder of a source in the restricted zone, names of files in it, leftovers, retention. Does not belong
here: what is in the files.

    restricted/pulled/<feed>/<source>/<extract date>_<moment>.<ending>   a delivery; `.part` while it is written
    restricted/pulled/<feed>/<source>/seen/<the same name>.parquet      the overlap window that it leaves behind
    restricted/pulled/<feed>/<source>/scratch/                          the connector's own, to resume a pull
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.extracts.restricted import FILE_MODE, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestration.extracts.connectors.configuration import PulledSource
    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.lake import Lake

PREFIX = "pulled/"


@dataclass(frozen=True)
class Staging:
    """The folder of one source."""

    folder: Path

    @property
    def part(self) -> Path:
        """The delivery while it is written."""
        return self.folder / "delivery.part"

    @property
    def seen_part(self) -> Path:
        """The overlap window while it is written."""
        return self.folder / "seen.part"

    @property
    def seen(self) -> Path:
        """Folder of the overlap windows."""
        return self.folder / "seen"

    @property
    def scratch(self) -> Path:
        """The connector's own folder."""
        return self.folder / "scratch"

    def prepare(self) -> None:
        """Make the folders, for the owner alone."""
        for folder in (self.seen, self.scratch):
            private_folder(folder)
        self.discard()

    def discard(self) -> None:
        """Remove what is unfinished."""
        for part in (self.part, self.seen_part):
            part.unlink(missing_ok=True)


def staging_of(lake: Lake, feed: str, source: str) -> Staging:
    """The folder of a source."""
    return Staging(lake.pulled / feed / source)


def name_of(snapshot_at: datetime) -> str:
    """Name of a delivery without its ending: its extract date leads, as in landed files."""
    return f"{snapshot_at:%Y-%m-%d_%H%M%S%f}"


def finish(unfinished: Path, final: Path) -> None:
    """Bring a file to disk, for the owner alone, and give it its name."""
    unfinished.chmod(FILE_MODE)
    descriptor = os.open(unfinished, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(final)


def is_pulled(entry: LedgerEntry) -> bool:
    """Whether a delivery was pulled rather than dropped."""
    return entry.pull is not None


def newest_pull(entries: Iterable[LedgerEntry], feed: str, source: str) -> LedgerEntry | None:
    """The committed entry with the highest number: a replay keeps the number of its delivery, and moves nothing."""
    pulled = [entry for entry in entries if entry.pull and (entry.feed, entry.source_name) == (feed, source)]
    return max(pulled, key=lambda entry: (entry.pull or {})["number"], default=None)


def pulled_delivery(lake: Lake, entries: Iterable[LedgerEntry], given: Path) -> LedgerEntry | None:
    """The newest entry of a pulled file that a person names, or None where the name is none of a pulled file.

    Raises:
        UsageError: the file is not kept any more.
    """
    places = {(base / given).resolve() for base in (lake.restricted, Path.cwd(), lake.root)}
    named = [
        entry for entry in entries if is_pulled(entry) and (lake.restricted / entry.file).resolve() in places
    ]
    if not named:
        return None
    newest = named[-1]
    if not (lake.restricted / newest.file).is_file():
        raise UsageError(
            f"{newest.file} was pulled on {newest.recorded_at:%d/%m/%Y} and is not kept any more.",
            f"Pull the source anew: cchc ingest --full {newest.source_name}; to keep pulled files, set `keep:`.",
        )
    return newest


def clear(lake: Lake, entries: Sequence[LedgerEntry], sources: Sequence[PulledSource], today: date) -> int:
    """Remove deliveries that no entry commits, those past their retention, and what no pull will use any more.

    The retention is what the document of the source says now; where there is no valid one, what it said at the pull.

    Returns:
        Number of files removed that an interrupted pull had left.
    """
    keep = {source.head.delivers: source.head.keep_days for source in sources}
    pulling = {source.head.delivers for source in sources if source.head.enabled}
    # Reversed, so that of a delivery that was read again the pull counts: a replay prolongs nothing.
    committed = {entry.file: entry for entry in reversed(entries) if is_pulled(entry)}
    left = 0
    for folder in lake.pulled.glob("*/*"):
        feed, source = folder.parent.name, folder.name
        for path in folder.iterdir():
            entry = committed.get(f"{PREFIX}{feed}/{source}/{path.name}")
            if path.is_dir():
                continue
            if entry is None:
                path.unlink()
                left += 1
            elif _past(entry, keep.get((feed, source), (entry.pull or {}).get("keep_days")), today):
                path.unlink()
        if (feed, source) not in pulling:
            shutil.rmtree(folder / "scratch", ignore_errors=True)  # nobody goes on with that pull
        newest = newest_pull(entries, feed, source)
        window = (newest.pull or {}).get("seen") if newest else None
        for path in (folder / "seen").glob("*"):
            if path.name != window:
                path.unlink()
    return left


def _past(entry: LedgerEntry, keep_days: int | None, today: date) -> bool:
    return keep_days is not None and entry.recorded_at.date() + timedelta(days=keep_days) <= today


def settle(lake: Lake, entry: LedgerEntry, keep_days: int | None) -> None:
    """After the commit: empty the connector's folder, and remove the delivery where nothing is kept."""
    staging = staging_of(lake, entry.feed, entry.source_name)
    shutil.rmtree(staging.scratch, ignore_errors=True)
    if keep_days == 0:
        (lake.restricted / entry.file).unlink(missing_ok=True)
