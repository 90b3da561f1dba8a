"""What holds a release in place: pointers, the pin, claims.

Belongs here: why a release may not be removed. Does not belong here: removing (`prune.py`), moving pointers
(`pointers.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.release.documents import read_document
from orchestration.release.pointers import pinned, pointers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.lake import Lake

CLAIMS = "claims"
"""Folder below `releases/`: ledgers of printed claims, JSON documents that name releases as `release_id`."""


def holders(lake: Lake) -> dict[str, list[str]]:
    """Return, by release id, what names it: pointers, `pin`, `claims/<file>`.

    Raises:
        RefusedError: a claims ledger is damaged; what it names is then unknown, so nothing may be removed.
    """
    found: dict[str, list[str]] = {}
    for label, release_id in pointers(lake).items():
        found.setdefault(release_id, []).append(label)
    held = pinned(lake)
    if held:
        found.setdefault(held, []).append("pin")
    for path in sorted((lake.releases / CLAIMS).rglob("*.json")):
        for release_id in sorted(set(_named(read_document(path)))):
            found.setdefault(release_id, []).append(f"{CLAIMS}/{path.name}")
    return found


def _named(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "release_id" and isinstance(value, str):
                yield value
            else:
                yield from _named(value)
    elif isinstance(document, list):
        for item in document:
            yield from _named(item)
