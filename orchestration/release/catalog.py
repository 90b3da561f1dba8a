"""What is released, for people and programs: the list, and one release in full.

Belongs here: reading documents into answers. Does not belong here: tables (`trace.py`, `diff.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.release.certificate import failed_rules
from orchestration.release.documents import AUDIT, MANIFEST, read_document
from orchestration.release.page import PAGE
from orchestration.release.pointers import pinned, pointers, resolve_release
from orchestration.release.released import all_releases

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.lake import Lake

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class ListedRelease:
    """One line of `cchc release list`.

    Attributes:
        release_id: its name.
        period: code of its period.
        known_at: what had arrived by then was seen.
        created_at: moment of publication.
        pointers: names of the pointers that lead to it (`current`, `by-period/2022-9M`).
        pinned: a rollback holds it.
        provisional: its period was not over.
        historic: of an older known-at than the lake's latest arrival when it was released.
        simulated: some input was written by the simulator.
    """

    release_id: str
    period: str
    known_at: str
    created_at: str
    pointers: tuple[str, ...]
    pinned: bool
    provisional: bool
    historic: bool
    simulated: bool

    def to_json(self) -> dict[str, Any]:
        """The line for `--json`."""
        return self.__dict__ | {"pointers": list(self.pointers)}


@dataclass(frozen=True)
class Catalog:
    """Every release of a lake, the one of the highest rank first."""

    releases: tuple[ListedRelease, ...]

    def to_json(self) -> dict[str, Any]:
        """The list for `--json`."""
        return {"schema_version": SCHEMA_VERSION, "releases": [item.to_json() for item in self.releases]}


@dataclass(frozen=True)
class ShownRelease:
    """One release with its documents."""

    listed: ListedRelease
    folder: Path
    manifest: dict[str, Any]
    audit: dict[str, Any]
    release: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The release for `--json`; of the audit only what failed and what was waived."""
        return {
            "schema_version": SCHEMA_VERSION,
            **self.listed.to_json(),
            "folder": str(self.folder),
            "page": str(self.folder / PAGE),
            "manifest": self.manifest,
            "verdict": self.audit["verdict"],
            "waivers": self.audit.get("waivers", []),
            "moves": self.audit.get("moves", []),
            "rules_judged": sum(len(suite["rules"]) for suite in self.audit["suites"]),
            "rules_not_held": failed_rules(self.audit),
            "release": self.release,
        }


def list_releases(lake: Lake) -> Catalog:
    """Return what is released."""
    named: dict[str, list[str]] = {}
    for label, release_id in pointers(lake).items():
        named.setdefault(release_id, []).append(label)
    held = pinned(lake)
    return Catalog(
        tuple(
            ListedRelease(
                release_id=release.release_id,
                period=release.period_code,
                known_at=release.document["known_at"],
                created_at=release.document["created_at"],
                pointers=tuple(named.get(release.release_id, ())),
                pinned=release.release_id == held,
                provisional=release.document["period"]["provisional"],
                historic=release.document["historic"],
                simulated=release.document["simulated"],
            )
            for release in all_releases(lake)
        )
    )


def show_release(lake: Lake, name: str = "current") -> ShownRelease:
    """Return one release with its documents.

    Args:
        lake: the lake.
        name: a release id, `current`, or a period code.

    Raises:
        UsageError: there is none.
    """
    release = resolve_release(lake, name)
    listed = next(item for item in list_releases(lake).releases if item.release_id == release.release_id)
    return ShownRelease(
        listed=listed,
        folder=release.folder,
        manifest=read_document(release.folder / MANIFEST),
        audit=read_document(release.folder / AUDIT),
        release=dict(release.document),
    )
