"""Facts about the tables of the build database, for metadata."""

from __future__ import annotations

from pathlib import Path

import duckdb


def row_counts(database: Path) -> dict[str, int]:
    """Rows of every table by `schema.table`."""
    with duckdb.connect(str(database)) as connection:
        rows = connection.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    return {f"{schema}.{table}": count for schema, table, count in rows}
