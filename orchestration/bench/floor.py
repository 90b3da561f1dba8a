"""The floor: reading the landing files and executing dbt's compiled SQL in bare DuckDB, in this one process.

No checks, no quarantine, no ledger, no dbt, no Dagster, no audit, no release: what the same engine needs for the
same reading and the same queries. Run as a process of its own: `python -m orchestration.bench.floor LAKE`, after a
run of that lake; prints one JSON document.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lake import Lake
from orchestration.warehouse.compiled_sql import in_order, statement
from orchestration.warehouse.dbt_build import target_of

Node = dict[str, Any]
SKIPPED_FILES = {"SIMULATED.json"}


def _quoted(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def landing_files(landing: Path) -> list[Path]:
    """The files that an ingest reads, in order."""
    return sorted(path for path in landing.rglob("*") if path.is_file() and path.name not in SKIPPED_FILES)


def _kind(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".zst").rsplit(".", 1)[-1].lower()


def read_file(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    """Read one landing file into a table, with the engine's own guess of the types.

    Raises:
        ValueError: the file is of no kind that the floor reads.
    """
    kind = _kind(path)
    if kind in {"csv", "tsv"}:
        reader = f"read_csv({_quoted(path)})"
    elif kind in {"jsonl", "ndjson", "json"}:
        reader = f"read_json({_quoted(path)}, maximum_object_size = 67108864)"
    elif kind == "parquet":
        reader = f"read_parquet({_quoted(path)})"
    elif kind == "xlsx":
        _read_excel(connection, path, table)
        return
    else:
        raise ValueError(f"{path.name}: the floor reads no .{kind}")
    connection.execute(f"create table {table} as select * from {reader}")


def _read_excel(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    import pyarrow as pa  # noqa: PLC0415
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    width = max(len(row) for row in rows)
    columns = [[str(row[index]) if index < len(row) else None for row in rows] for index in range(width)]
    relation = pa.table({f"column{index}": column for index, column in enumerate(columns)})
    connection.register("sheet", relation)
    connection.execute(f"create table {table} as select * from sheet")
    connection.unregister("sheet")


def read_landing(landing: Path, database: Path) -> int:
    """Read every landing file into a database of its own and return the number of files."""
    files = landing_files(landing)
    with duckdb.connect(str(database)) as connection:
        for number, path in enumerate(files):
            read_file(connection, path, f"file_{number}")
    return len(files)


def copy_raw(built: Path, database: Path) -> None:
    """Make a fresh database with the schema `raw` of a finished run: its views and its small tables."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema raw")
        connection.execute(f"attach {_quoted(built)} as built (read_only)")
        views = connection.execute(
            "select sql from duckdb_views() where database_name = 'built' and schema_name = 'raw'"
        ).fetchall()
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'raw'"
        ).fetchall()
        for (name,) in tables:
            connection.execute(f'create table raw."{name}" as from built.raw."{name}"')
        connection.execute("detach built")
        for (sql,) in views:
            connection.execute(sql)


def execute_sql(nodes: Iterable[Node], target: Path, database: Path) -> Iterator[tuple[str, float]]:
    """Execute the SQL of the nodes in order; yield each name with its seconds."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set threads = 2")
        made: set[str] = set()
        for node in nodes:
            schema = node["schema"]
            if node["resource_type"] != "test" and schema not in made:
                connection.execute(f'create schema if not exists "{schema}"')
                made.add(schema)
            begin = time.perf_counter()
            connection.execute(statement(node, target)).fetchall()
            yield node["name"], time.perf_counter() - begin


def floor(lake: Lake) -> dict[str, Any]:
    """Read and execute what the last run of a lake read and executed; seconds of each part.

    Args:
        lake: a lake whose last run built its marts.
    """
    manifest = json.loads((target_of(lake) / "manifest.json").read_text("utf-8"))
    lake.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=lake.build) as folder:
        begin = time.perf_counter()
        files = read_landing(lake.landing, Path(folder) / "landing_files.duckdb")
        reading = time.perf_counter() - begin
        # The stem is the catalogue's name in the compiled SQL.
        database = Path(folder) / lake.build_database.name
        copy_raw(lake.build_database, database)
        begin = time.perf_counter()
        seconds = dict(execute_sql(in_order(manifest), target_of(lake), database))
        executing = time.perf_counter() - begin
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:10]
    return {
        "files": files,
        "statements": len(seconds),
        "reading_seconds": reading,
        "executing_seconds": executing,
        "slowest": [{"name": name, "seconds": value} for name, value in slowest],
    }


if __name__ == "__main__":
    print(json.dumps(floor(Lake(Path(sys.argv[1]).resolve()))))
