"""`published_figures.parquet`: every figure ever released, kept beside the releases.

Belongs here: that one table. Does not belong here: figures of one release (`manifest.json`).

It stands outside every manifest and hash, holds no more than the manifests say, and survives `prune`: rows of
removed releases stay. It is written anew from rows and releases at each publication, so a killed run costs
nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from orchestration.release.certificate import failed_rules
from orchestration.release.documents import AUDIT, MANIFEST, read_document, sync_file, sync_folder
from orchestration.release.released import all_releases
from orchestration.release.restated import restatements_by_figure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestration.lake import Lake
    from orchestration.release.released import Release

PUBLISHED = "published_figures.parquet"
_KEPT = ("indicator_code", "variant", "is_headline", "value", "numerator", "denominator", "unit", "operator")
_TEXTS = ("period_code", "calendar", "release_id", "indicator_code", "variant", "unit", "operator", "status")
_NUMBERS = ("value", "numerator", "denominator", "target")
_FLAGS = ("is_headline", "provisional", "historic", "simulated")
_COLUMNS = (
    *_TEXTS,
    *_NUMBERS,
    *_FLAGS,
    "period_end",
    "known_at",
    "released_at",
    "superseded_by",
    "waiver",
    "restatement",
)


def published_path(lake: Lake) -> Path:
    """Where the table lies."""
    return lake.releases / PUBLISHED


def read_published(lake: Lake) -> list[dict[str, Any]]:
    """Return the rows; none before the first release."""
    path = published_path(lake)
    if not path.is_file():
        return []
    import pyarrow.parquet as pq  # noqa: PLC0415

    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def write_published(lake: Lake) -> Path:
    """Write the table anew: kept rows of removed releases, and the rows of all that are there."""
    releases = all_releases(lake)
    present = {release.release_id for release in releases}
    kept = [row for row in read_published(lake) if row["release_id"] not in present]
    rows = kept + [row for release in releases for row in _rows_of(release)]
    _supersede(rows)
    rows.sort(
        key=lambda row: [row[name] for name in ("period_end", "period_code", "released_at", "release_id")]
    )
    return _write(lake, rows)


def _rows_of(release: Release) -> list[dict[str, Any]]:
    manifest = read_document(release.folder / MANIFEST)
    audit = read_document(release.folder / AUDIT)
    waivers, restated = waivers_by_figure(audit), restatements_by_figure(audit)
    facts = {
        "period_code": release.period_code,
        "calendar": manifest["period"]["calendar"],
        "release_id": release.release_id,
        "provisional": manifest["period"]["provisional"],
        "historic": release.document["historic"],
        "simulated": manifest["simulated"],
        "period_end": manifest["period"]["end"],
        "known_at": manifest["known_at"],
        "released_at": release.document["created_at"],
        "superseded_by": None,
    }
    return [
        facts
        | {name: figure[name] for name in (*_KEPT, "target", "status")}
        | {"waiver": waivers.get(figure["indicator_code"])}
        | {"restatement": restated.get((figure["indicator_code"], figure["variant"]))}
        for figure in manifest["figures"]
    ]


def waivers_by_figure(audit: Mapping[str, Any]) -> dict[str, str]:
    """Return, by indicator code, the waivers under which its figure was released: `rule: reason (person)`."""
    figure_of = {rule["rule_id"]: rule.get("indicator_code") for rule in failed_rules(audit)}
    found: dict[str, list[str]] = {}
    for waiver in audit.get("waivers", []):
        code = figure_of.get(waiver["rule_id"])
        if code:
            text = f"{waiver['rule_id']}: {waiver['reason']} ({waiver['person']})"
            found.setdefault(code, []).append(text)
    return {code: "; ".join(texts) for code, texts in found.items()}


def _supersede(rows: list[dict[str, Any]]) -> None:
    """Name, for each release that takes pointers, the one that followed it for the same period."""
    line: dict[str, set[tuple[str, str, str]]] = {}
    for row in rows:
        if not row["provisional"] and not row["historic"]:
            key = (row["known_at"], row["released_at"], row["release_id"])
            line.setdefault(row["period_code"], set()).add(key)
    after: dict[str, str] = {}
    for keys in line.values():
        ordered = sorted(keys)
        after |= {older[2]: newer[2] for older, newer in pairwise(ordered)}
    for row in rows:
        row["superseded_by"] = after.get(row["release_id"])


def _write(lake: Lake, rows: list[dict[str, Any]]) -> Path:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = dict.fromkeys(_COLUMNS, pa.string())
    types |= dict.fromkeys(_NUMBERS, pa.float64()) | dict.fromkeys(_FLAGS, pa.bool_())
    floats = [row | {name: _double(row[name]) for name in _NUMBERS} for row in rows]
    table = pa.Table.from_pylist(floats, schema=pa.schema(list(types.items())))
    path = published_path(lake)
    temporary = path.with_name(f".tmp-{path.name}")
    pq.write_table(table, temporary, compression="zstd")
    sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)
    return path


def _double(value: float | None) -> float | None:
    return None if value is None else float(value)
