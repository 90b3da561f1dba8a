"""Pointers to releases: `current`, `by-period/<code>`, the pin that holds them, each swapped in one step.

Belongs here: which release a pointer names, and moving it. Does not belong here: making a release.

Truth is what lies in `releases/` and in `pin.json`; links and `current.json` are derived by `settle`, which
may be repeated at any time: a run that was killed between two steps is finished by the next one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.errors import UsageError
from orchestration.release.documents import SCHEMA_VERSION, read_document, rendered, write_atomically
from orchestration.release.released import BY_PERIOD, CURRENT, all_releases, find_release

if TYPE_CHECKING:
    from orchestration.lake import Lake
    from orchestration.release.released import Release

CURRENT_JSON = "current.json"
PIN = "pin.json"


def pointed_at(lake: Lake, name: str) -> str | None:
    """Return the release id that `current` or a period code points to, or None."""
    link = lake.releases / CURRENT if name == CURRENT else lake.releases / BY_PERIOD / name
    if link.is_symlink():
        return link.readlink().name
    if name == CURRENT and (lake.releases / CURRENT_JSON).is_file():
        return read_document(lake.releases / CURRENT_JSON).get("release_id")
    return None


def pointers(lake: Lake) -> dict[str, str]:
    """Return every pointer by its name: `current`, `by-period/<code>`."""
    named = {f"{BY_PERIOD}/{path.name}": path.name for path in _period_links(lake)}
    found = {label: pointed_at(lake, name) for label, name in ({CURRENT: CURRENT} | named).items()}
    return {label: release_id for label, release_id in found.items() if release_id}


def pinned(lake: Lake) -> str | None:
    """Return the release that a rollback pinned, or None."""
    path = lake.releases / PIN
    return str(read_document(path)["release_id"]) if path.is_file() else None


def resolve_release(lake: Lake, name: str = CURRENT) -> Release:
    """Return the release of an id, of `current`, or the one a period code points to.

    Raises:
        UsageError: there is none.
    """
    release_id = pointed_at(lake, name) or (None if name == CURRENT else name)
    release = find_release(lake, release_id) if release_id else None
    if release is None and name == CURRENT:
        raise UsageError("Nothing has been released yet.", "Start `cchc run`.")
    if release is None:
        raise UsageError(f"There is no release {name!r}.", "See `cchc release list`.")
    return release


def wanted_pointers(lake: Lake) -> dict[str, Release]:
    """Return what every pointer should name, by its name.

    `current` is the release of the newest period end, then the newest known-at, then the last released; each
    period points to its own by the same order. Provisional releases and those of an older known-at take no
    pointer by themselves. A pinned release holds `current` and the pointer of its period.
    """
    held = pinned(lake)
    pin = find_release(lake, held) if held else None
    wanted: dict[str, Release] = {}
    for release in ([pin] if pin else []) + [one for one in all_releases(lake) if one.takes_pointers]:
        wanted.setdefault(CURRENT, release)
        wanted.setdefault(f"{BY_PERIOD}/{release.period_code}", release)
    return wanted


def settle(lake: Lake) -> dict[str, str]:
    """Make every pointer name what it should name (`wanted_pointers`); return the pointers."""
    wanted = wanted_pointers(lake)
    for label, release in wanted.items():
        target = Path(release.release_id) if label == CURRENT else Path("..") / release.release_id
        _point(lake.releases / label, target)
    for link in (lake.releases / BY_PERIOD).glob("*"):
        if f"{BY_PERIOD}/{link.name}" not in wanted:
            link.unlink()
    if CURRENT not in wanted:
        (lake.releases / CURRENT).unlink(missing_ok=True)
    _write_current(lake, wanted.get(CURRENT), is_pinned=pinned(lake) is not None)
    return pointers(lake)


def rollback(lake: Lake, release_id: str) -> dict[str, str]:
    """Pin a release: `current` and its period point to it until `unpin`; return the pointers.

    Raises:
        UsageError: there is no such release, or it is provisional.
    """
    release = find_release(lake, release_id)
    if release is None:
        raise UsageError(f"There is no release {release_id!r}.", "See `cchc release list`.")
    if release.document["period"]["provisional"]:
        raise UsageError(f"{release_id} is provisional; no pointer may name it.", "Choose a final release.")
    pin = {"schema_version": SCHEMA_VERSION, "release_id": release_id}
    write_atomically(lake.releases / PIN, rendered(pin))
    return settle(lake)


def unpin(lake: Lake) -> dict[str, str]:
    """Let the pointers follow the releases again; return the pointers."""
    (lake.releases / PIN).unlink(missing_ok=True)
    return settle(lake)


def _period_links(lake: Lake) -> list[Path]:
    return sorted(path for path in (lake.releases / BY_PERIOD).glob("*") if not path.name.startswith("."))


def _point(link: Path, target: Path) -> None:
    """Make a link name a target in one atomic step; where the system has no links, `current.json` speaks."""
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f".tmp-{link.name}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(target)
    except OSError:
        if os.name == "posix":
            raise
        return
    temporary.replace(link)


def _write_current(lake: Lake, release: Release | None, *, is_pinned: bool) -> None:
    path = lake.releases / CURRENT_JSON
    if release is None:
        path.unlink(missing_ok=True)
        return
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "release_id": release.release_id,
        "period": release.period_code,
        "known_at": release.document["known_at"],
        "pinned": is_pinned,
    }
    content = rendered(document)
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)
