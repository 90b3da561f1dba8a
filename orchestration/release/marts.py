"""The public marts as dbt's manifest describes them.

Belongs here: names, columns, keys, descriptions and lineage, read from `target/manifest.json`. Does not
belong here: their rows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from orchestration.errors import CchcError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class MartColumn:
    """One column of a contract; the description is `Tiếng Việt. | English.`."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Mart:
    """One public mart.

    Attributes:
        name: table name in schema `marts`.
        columns: in contract order.
        primary_key: columns that identify a row.
        sort: columns the file is ordered by before the key, for readers that filter on them.
        description: `Tiếng Việt. | English.`
        version: grows when a column is renamed, retyped or removed.
    """

    name: str
    columns: tuple[MartColumn, ...]
    primary_key: tuple[str, ...]
    description: str
    sort: tuple[str, ...] = ()
    version: int = 1

    def order(self) -> tuple[str, ...]:
        """Return every column once, sort columns and key first: a total order of the rows."""
        names = [*self.sort, *self.primary_key, *(column.name for column in self.columns)]
        return tuple(dict.fromkeys(names))


@lru_cache(maxsize=1)
def _parsed(path: Path, modified: int) -> dict[str, Any]:  # noqa: ARG001 - a file written again is read again
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def read_dbt_manifest(path: Path) -> dict[str, Any]:
    """Read dbt's manifest; the callers do not write into it.

    Raises:
        CchcError: dbt has not written it.
    """
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise CchcError(
            f"{path} does not exist: dbt has not parsed the project.", "Start `cchc run`."
        ) from error


def public_marts(dbt_manifest: Path) -> list[Mart]:
    """Return the models with `access: public` in schema `marts`, by name.

    Raises:
        CchcError: the manifest is missing, or a public mart has no columns or no `meta.primary_key`.
    """
    nodes = read_dbt_manifest(dbt_manifest)["nodes"].values()
    found = [_mart(node) for node in nodes if _is_public_mart(node)]
    return sorted(found, key=lambda mart: mart.name)


def model_lineage(dbt_manifest: Path, tables: list[str]) -> dict[str, list[str]]:
    """Return the parents of every model upstream of these tables.

    Names are those of the models; a feed stands as `raw.<feed>`, a seed as `reference.<seed>`.
    """
    document = read_dbt_manifest(dbt_manifest)
    nodes = document["nodes"] | document.get("sources", {})
    ids = {_short_name(node): key for key, node in nodes.items() if node.get("resource_type") == "model"}
    lineage: dict[str, list[str]] = {}
    open_ids = [ids[table] for table in tables if table in ids]
    while open_ids:
        node = nodes[open_ids.pop()]
        name = _short_name(node)
        if name in lineage:
            continue
        parents = [key for key in node.get("depends_on", {}).get("nodes", []) if key in nodes]
        lineage[name] = sorted({_short_name(nodes[key]) for key in parents})
        open_ids += [key for key in parents if nodes[key].get("resource_type") == "model"]
    return lineage


def _short_name(node: dict[str, Any]) -> str:
    kind = node.get("resource_type")
    if kind == "source":
        return f"{node['source_name']}.{node['name']}"
    return f"reference.{node['name']}" if kind == "seed" else str(node.get("alias") or node["name"])


def _is_public_mart(node: dict[str, Any]) -> bool:
    access = node.get("access") or node.get("config", {}).get("access")
    return bool(node.get("resource_type") == "model" and node.get("schema") == "marts" and access == "public")


def _mart(node: dict[str, Any]) -> Mart:
    name = node.get("alias") or node["name"]
    meta = node.get("config", {}).get("meta") or node.get("meta") or {}
    columns = tuple(
        MartColumn(column["name"], column.get("data_type") or "", column.get("description") or "")
        for column in node.get("columns", {}).values()
    )
    key = tuple(meta.get("primary_key") or ())
    unknown = {*key, *(meta.get("sort") or ())} - {column.name for column in columns}
    if not columns or not key or unknown:
        raise CchcError(
            f"The public mart {name} lacks columns or `config.meta.primary_key`, or names unknown ones: "
            f"{sorted(unknown)}.",
            f"Mend models/marts/…/{name}.yml.",
        )
    return Mart(
        name,
        columns,
        key,
        node.get("description") or "",
        tuple(meta.get("sort") or ()),
        int(meta.get("version") or 1),
    )
