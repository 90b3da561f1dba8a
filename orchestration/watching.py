"""New files in `landing/`: which ones are complete and were not seen before, told by their names and stamps alone.

Belongs here: the cursor of the landing sensor. Does not belong here: reading a file, or the ledger's own memory of
content, which decides what an ingest takes.

A file is complete when two looks found the same size and stamp; a `.part` is never looked at. The stamp is the
kernel's (`ctime`), so that a file copied with its old date, or renamed, counts as new. The
cursor remembers single files only above `until`; below, everything was seen.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.extracts.landing import scan

if TYPE_CHECKING:
    from orchestration.lake import Lake

LIMIT = 2_000
"""Files that one look follows; more wait for the next look, so that the cursor stays small."""
MARGIN = 5_000_000_000
"""Nanoseconds below the newest stamp in which single files are still remembered: clocks of file systems are coarse."""


@dataclass
class Cursor:
    """What was seen.

    Attributes:
        until: every file with a stamp up to here was seen.
        waiting: files seen once, by short hash of the path: their state.
        taken: files above `until` that were complete: their state.
    """

    until: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> Cursor:
        """The cursor of a text; a text that is none starts anew, which costs one ingest that finds nothing new."""
        try:
            document = json.loads(text or "{}")
            return cls(
                int(document.get("until", 0)),
                dict(document.get("waiting", {})),
                dict(document.get("taken", {})),
            )
        except (ValueError, AttributeError, TypeError):
            return cls()

    def text(self) -> str:
        """The cursor as text."""
        return json.dumps({"until": self.until, "waiting": self.waiting, "taken": self.taken}, sort_keys=True)


def look(lake: Lake, cursor: Cursor) -> tuple[list[str], Cursor]:
    """Files that are complete and new, and the cursor of the next look."""
    seen: list[tuple[int, str, str, str]] = []
    for landed in scan(lake).files:
        try:
            found = landed.path.stat()
        except OSError:
            continue
        stamp = found.st_ctime_ns
        key = hashlib.sha256(landed.file.encode()).hexdigest()[:12]
        if stamp > cursor.until:
            seen.append((stamp, key, f"{found.st_size}:{stamp}", landed.file))
    followed = sorted(seen)[:LIMIT]
    ready, waiting, taken = [], {}, {}
    for _, key, state, file in followed:
        if cursor.taken.get(key) == state:
            taken[key] = state
        elif cursor.waiting.get(key) == state:
            ready.append(file)
            taken[key] = state
        else:
            waiting[key] = state
    stamps = {key: stamp for stamp, key, _, _ in followed}
    newest = min((stamps[key] - 1 for key in waiting), default=max(stamps.values(), default=cursor.until))
    until = max(cursor.until, min(newest, time.time_ns()) - MARGIN)
    return ready, Cursor(until, waiting, {key: state for key, state in taken.items() if stamps[key] > until})
