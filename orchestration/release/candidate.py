"""The candidate: the public marts as files, with the manifest that says what they are.

Belongs here: exporting the marts of a build database, and `manifest.json`. Does not belong here: judging
the files (`expectations`), publishing them (`publish.py`).
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.errors import CchcError
from orchestration.release.contents import content_hash, literal, quoted
from orchestration.release.documents import (
    MANIFEST,
    SCHEMA_VERSION,
    number,
    parse_document,
    read_bytes,
    rendered,
    sha256_file,
    sha256_of,
    sync_folder,
)
from orchestration.release.marts import Mart, model_lineage, public_marts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from orchestration.lake import Lake
    from orchestration.release.identity import ReleaseFacts

ROW_GROUP = 122_880
COMPRESSION = "compression zstd, compression_level 1"
FIGURES_TABLE = "headline_figures"
CATALOGUE_TABLE = "dim_indicator"
_FIGURE_NUMBERS = ("value", "numerator", "denominator", "target")
_FIGURE_COLUMNS = ("indicator_code", "variant", "is_headline", *_FIGURE_NUMBERS, "unit", "operator", "status")


@dataclass(frozen=True)
class Candidate:
    """A written candidate.

    Attributes:
        release_id: its name.
        folder: `candidate/<release_id>`.
        manifest: the document.
        manifest_sha256: hash of the file.
    """

    release_id: str
    folder: Path
    manifest: dict[str, Any]
    manifest_sha256: str

    def to_json(self) -> dict[str, Any]:
        """The candidate for `--json`."""
        return {
            "release_id": self.release_id,
            "folder": str(self.folder),
            "manifest_sha256": self.manifest_sha256,
            "manifest": self.manifest,
        }


def write_candidate(lake: Lake, build_database: Path, facts: ReleaseFacts, dbt_manifest: Path) -> Candidate:
    """Export every public mart and the manifest to `candidate/<release_id>/`, replacing an older one.

    The same facts over the same rows gives the same bytes: rows stand in a total order, row groups have a
    fixed size, and nothing of the moment or the machine is written.

    Raises:
        CchcError: a public mart is missing in the database, or its columns are not those of its contract.
    """
    marts = public_marts(dbt_manifest)
    release_id = facts.release_id
    final, temporary = lake.candidate_of(release_id), lake.candidate / f".tmp-{release_id}"
    clean_candidates(lake)
    (temporary / "marts").mkdir(parents=True)
    tables, figures = _export(build_database, marts, temporary / "marts")
    manifest = facts.to_manifest() | {
        "schema_version": SCHEMA_VERSION,
        "release_id": release_id,
        "tables": tables,
        "figures": figures,
        "lineage": model_lineage(dbt_manifest, [mart.name for mart in marts]),
    }
    content = rendered(manifest)
    (temporary / MANIFEST).write_bytes(content)
    _replace_folder(temporary, final)
    return Candidate(release_id, final, manifest, sha256_of(content))


def clean_candidates(lake: Lake) -> None:
    """Remove what a killed run left half-written."""
    for pattern in (".tmp-*", ".old-*"):
        for left in lake.candidate.glob(pattern):
            shutil.rmtree(left)


def read_candidate(lake: Lake, release_id: str) -> Candidate:
    """Return a candidate from the lake.

    Raises:
        UsageError: there is none of that id.
        RefusedError: its manifest is damaged.
    """
    folder = lake.candidate_of(release_id)
    content = read_bytes(folder / MANIFEST)
    return Candidate(release_id, folder, parse_document(folder / MANIFEST, content), sha256_of(content))


def _replace_folder(new: Path, final: Path) -> None:
    old = final.with_name(f".old-{final.name}")
    if final.exists():
        final.replace(old)
    new.replace(final)
    sync_folder(final.parent)
    if old.exists():
        shutil.rmtree(old)


def _export(
    build_database: Path, marts: Sequence[Mart], folder: Path
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Write every mart; return the manifest's tables and figures."""
    import duckdb  # noqa: PLC0415

    if not build_database.is_file():
        raise CchcError(f"{build_database} does not exist: nothing was built.", "Start `cchc run`.")
    if FIGURES_TABLE not in {mart.name for mart in marts}:
        raise CchcError(f"{FIGURES_TABLE} is no public mart.", "A release without figures says nothing.")
    with duckdb.connect(str(build_database), read_only=True) as connection:
        tables = [_export_mart(connection, mart, folder / f"{mart.name}.parquet") for mart in marts]
        return tables, _figures(connection, folder)


def _export_mart(connection: duckdb.DuckDBPyConnection, mart: Mart, path: Path) -> dict[str, Any]:
    _check_columns(connection, mart)
    columns = ", ".join(quoted(column.name) for column in mart.columns)
    order = ", ".join(quoted(name) for name in mart.order())
    connection.execute(
        f"copy (select {columns} from marts.{quoted(mart.name)} order by {order}) to {literal(str(path))} "
        f"(format parquet, {COMPRESSION}, row_group_size {ROW_GROUP}, kv_metadata {_metadata(mart)})"
    )
    described = parquet_columns(connection, path)
    digest, rows = content_hash(connection, f"read_parquet({literal(str(path))})", described)
    return {
        "name": mart.name,
        "version": mart.version,
        "rows": rows,
        "content_hash": digest,
        "sha256": sha256_file(path),
        "bytes": path.stat().st_size,
        "primary_key": list(mart.primary_key),
        "columns": [{"name": name, "type": sql_type} for name, sql_type in described],
    }


def _check_columns(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    found = {
        row[0]
        for row in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ?",
            [mart.name],
        ).fetchall()
    }
    declared = {column.name for column in mart.columns}
    if found != declared:
        raise CchcError(
            f"marts.{mart.name} has other columns than its contract: "
            f"missing {sorted(declared - found)}, undeclared {sorted(found - declared)}.",
            "Build the marts again, or mend the contract.",
        )


def parquet_columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    """Return (name, SQL type) of a Parquet file's columns, in order."""
    rows = connection.execute(f"describe select * from read_parquet({literal(str(path))})").fetchall()
    return [(row[0], row[1]) for row in rows]


def _metadata(mart: Mart) -> str:
    """Descriptions for the Parquet footer: the released file explains itself."""
    columns = {column.name: column.description for column in mart.columns}
    texts = {
        "description": mart.description,
        "columns": json.dumps(columns, ensure_ascii=False),
        "primary_key": json.dumps(list(mart.primary_key)),
    }
    return "{" + ", ".join(f"{key}: {literal(text)}" for key, text in texts.items()) + "}"


def _figures(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[dict[str, Any]]:
    """Figures in the order of the catalogue of indicators: what is printed first, then the other variants."""
    names = ", ".join(_FIGURE_COLUMNS)
    source = f"read_parquet({literal(str(folder / f'{FIGURES_TABLE}.parquet'))})"
    catalogue = folder / f"{CATALOGUE_TABLE}.parquet"
    order = "indicator_code"
    if catalogue.is_file():
        order = (
            f"(select min(sort_order) from read_parquet({literal(str(catalogue))}) as known "
            "where known.indicator_code = figures.indicator_code and known.variant = figures.variant)"
        )
    rows = connection.execute(
        f"select {names} from {source} as figures order by is_headline desc, {order}, indicator_code, variant"
    ).fetchall()
    figures = [dict(zip(_FIGURE_COLUMNS, row, strict=True)) for row in rows]
    return [figure | {name: number(figure[name]) for name in _FIGURE_NUMBERS} for figure in figures]
