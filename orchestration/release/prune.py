"""Removing old releases and candidates. What a pointer, the pin or a claims ledger names stays.

Belongs here: choosing and removing. Does not belong here: why something is held (`pins.py`). Figures of
removed releases stay in `published_figures.parquet`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.errors import UsageError
from orchestration.release.pins import holders
from orchestration.release.pointers import settle
from orchestration.release.published import write_published
from orchestration.release.released import all_releases

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.lake import Lake

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Pruned:
    """What prune did.

    Attributes:
        removed: ids of removed releases.
        held: ids that were over the number but are named by something, with what names them.
        kept: ids that stay because they are among the newest.
        candidates: ids of removed candidates.
        bytes: disk space given back.
    """

    removed: tuple[str, ...]
    held: dict[str, list[str]]
    kept: tuple[str, ...]
    candidates: tuple[str, ...]
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """The result for `--json`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "removed": list(self.removed),
            "held": self.held,
            "kept": list(self.kept),
            "candidates": list(self.candidates),
            "bytes": self.bytes,
        }


def prune(lake: Lake, keep: int) -> Pruned:
    """Keep the last `keep` releases by moment of release, and whatever is held; remove the others.

    Candidates go too, except the newest of those that were never released: it may be audited again.

    Raises:
        UsageError: `keep` is not at least 1.
    """
    if keep < 1:
        raise UsageError(f"--keep {keep} would keep nothing.", "Keep at least 1.")
    releases = sorted(all_releases(lake), key=lambda release: release.document["created_at"], reverse=True)
    names = holders(lake)
    kept, others = releases[:keep], releases[keep:]
    doomed = [release for release in others if release.release_id not in names]
    if releases:
        write_published(lake)
    freed = sum(_remove(release.folder) for release in doomed)
    candidates = _old_candidates(lake, {release.release_id for release in releases})
    freed += sum(_remove(path) for path in candidates)
    settle(lake)
    return Pruned(
        removed=tuple(release.release_id for release in doomed),
        held={name.release_id: names[name.release_id] for name in others if name.release_id in names},
        kept=tuple(release.release_id for release in kept),
        candidates=tuple(path.name for path in candidates),
        bytes=freed,
    )


def _old_candidates(lake: Lake, released: set[str]) -> list[Path]:
    if not lake.candidate.is_dir():
        return []
    folders = sorted(
        (path for path in lake.candidate.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    waiting = [path for path in folders if path.name not in released and not path.name.startswith(".")]
    return [path for path in folders if path not in waiting[-1:]]


def _remove(folder: Path) -> int:
    """Remove a folder in a way that never shows half of it; return its size in bytes."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    hidden = folder.with_name(f".tmp-removed-{folder.name}")
    folder.rename(hidden)
    shutil.rmtree(hidden)
    return size
