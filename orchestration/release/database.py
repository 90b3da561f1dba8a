"""The database of a release for BI: the rows of the Parquet files again, in one DuckDB file.

Belongs here: making `cchc.duckdb` from released Parquet, comparing the two. Does not belong here: anything
that the Parquet files do not hold: the database is derived.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from orchestration.release.contents import content_hash, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb

DATABASE = "cchc.duckdb"
SCHEMA = "marts"
_STORAGE_VERSION = "v1.4.0"
"""Readable by every client from 1.4 on, whichever version writes it."""


def write_database(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Write `folder/cchc.duckdb` from `folder/marts/*.parquet`, rows in the files' order, with comments."""
    import duckdb  # noqa: PLC0415

    path = folder / DATABASE
    with duckdb.connect() as connection:
        connection.execute(
            f"attach {literal(str(path))} as released (storage_version {literal(_STORAGE_VERSION)})"
        )
        connection.execute(f"create schema released.{SCHEMA}")
        for table in manifest["tables"]:
            _copy_table(connection, folder / "marts" / f"{table['name']}.parquet", table["name"])
        connection.execute("detach released")
    return path


def _copy_table(connection: duckdb.DuckDBPyConnection, source: Path, name: str) -> None:
    target = f"released.{SCHEMA}.{quoted(name)}"
    connection.execute(f"create table {target} as select * from read_parquet({literal(str(source))})")
    described = parquet_texts(connection, source)
    connection.execute(f"comment on table {target} is {literal(described['description'])}")
    for column, text in json.loads(described["columns"]).items():
        if text:
            connection.execute(f"comment on column {target}.{quoted(column)} is {literal(text)}")


def parquet_texts(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the texts in a mart's Parquet footer: `description`, `columns` (JSON), `primary_key` (JSON)."""
    rows = connection.execute(
        f"select decode(key), decode(value) from parquet_kv_metadata({literal(str(path))})"
    ).fetchall()
    return {key: value for key, value in rows if key in {"description", "columns", "primary_key"}}


def database_findings(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs between the database of a release and its manifest."""
    import duckdb  # noqa: PLC0415

    try:
        connection = duckdb.connect(str(folder / DATABASE), read_only=True)
    except duckdb.Error as error:
        yield f"{DATABASE} cannot be opened: {error}"
        return
    with connection:
        try:
            yield from _table_findings(connection, manifest)
        except duckdb.Error as error:
            yield f"{DATABASE} cannot be read: {error}"


def _table_findings(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
    found = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_tables() where schema_name = ?", [SCHEMA]
        ).fetchall()
    }
    for table in manifest["tables"]:
        if table["name"] not in found:
            yield f"{DATABASE} lacks {SCHEMA}.{table['name']}"
            continue
        columns = [(column["name"], column["type"]) for column in table["columns"]]
        digest, rows = content_hash(connection, f"{SCHEMA}.{quoted(table['name'])}", columns)
        if (digest, rows) != (table["content_hash"], table["rows"]):
            yield f"{DATABASE}: {SCHEMA}.{table['name']} holds other rows than the manifest says"
    for name in sorted(found - {table["name"] for table in manifest["tables"]}):
        yield f"{DATABASE} holds {SCHEMA}.{name}, which the manifest does not name"
