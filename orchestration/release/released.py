"""What is released: the folders below `releases/`, read from their `release.json` alone.

Belongs here: finding releases and their one-line facts, quickly. Does not belong here: their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.release.documents import RELEASE, read_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestration.lake import Lake

CURRENT = "current"
BY_PERIOD = "by-period"


@dataclass(frozen=True)
class Release:
    """One release.

    Attributes:
        release_id: its name.
        folder: `releases/<release_id>`.
        document: `release.json`.
        was_there: it was released before; nothing was written.
    """

    release_id: str
    folder: Path
    document: Mapping[str, Any]
    was_there: bool = False

    @property
    def period_code(self) -> str:
        """Code of the released period."""
        return str(self.document["period"]["code"])

    @property
    def takes_pointers(self) -> bool:
        """Whether pointers may come to it by themselves: not provisional, not of an older known-at."""
        return not self.document["period"]["provisional"] and not self.document["historic"]

    @property
    def rank(self) -> tuple[str, str, str, str]:
        """The order in which releases become current: period end, known-at, moment of release."""
        document = self.document
        return (document["period"]["end"], document["known_at"], document["created_at"], self.release_id)

    def to_json(self) -> dict[str, Any]:
        """The release for `--json`."""
        return {
            "release_id": self.release_id,
            "folder": str(self.folder),
            "already_released": self.was_there,
            "release": dict(self.document),
        }


def find_release(lake: Lake, release_id: str) -> Release | None:
    """Return a release, or None where there is none of that id.

    Raises:
        RefusedError: its `release.json` is damaged. Nothing goes on over it: which release is current, and
            what may be removed, would be a guess.
    """
    folder = lake.release_of(release_id)
    path = folder / RELEASE
    if folder.is_symlink() or not path.is_file():
        return None
    return Release(release_id, folder, read_document(path))


def all_releases(lake: Lake) -> list[Release]:
    """Return every release, the one of the highest rank first."""
    if not lake.releases.is_dir():
        return []
    names = sorted(path.name for path in lake.releases.iterdir() if not path.name.startswith("."))
    found = [find_release(lake, name) for name in names if name not in {CURRENT, BY_PERIOD}]
    return sorted((release for release in found if release), key=lambda release: release.rank, reverse=True)
