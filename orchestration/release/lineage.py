"""From a model back to the feeds it reads, by the lineage that a manifest carries.

Belongs here: walking that graph. Does not belong here: dbt, or the lineage of another build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEED = "raw."


def upstream(manifest: Mapping[str, Any], model: str) -> dict[str, list[str]]:
    """Return the model and every model upstream of it with their parents, nearest first."""
    lineage: Mapping[str, list[str]] = manifest.get("lineage", {})
    found: dict[str, list[str]] = {}
    waiting = [model]
    while waiting:
        name = waiting.pop(0)
        if name in lineage and name not in found:
            found[name] = list(lineage[name])
            waiting += lineage[name]
    return found


def feeds_of(manifest: Mapping[str, Any], model: str) -> list[str]:
    """Return the feeds that a model reads, through whatever lies between."""
    delivered = {item["feed"] for item in manifest["inputs"]}
    parents = {parent for names in upstream(manifest, model).values() for parent in names}
    named = {parent.removeprefix(_FEED) for parent in parents if parent.startswith(_FEED)}
    return sorted(named & delivered)
