"""SQLAlchemy's view of the evidence: DuckDB for reading only.

Belongs here: the dialect that Great Expectations is handed, and which connection it speaks to. Does not belong here:
Great Expectations itself. Import it late: it loads SQLAlchemy.

Our own subclass, because Great Expectations fetches after its connection went back to the pool, and the pool's
rollback would end DuckDB's pending result; and because reflecting a table through DuckDB's `pg_catalog` takes 45 ms.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy import types
from sqlalchemy.dialects import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

NAME = "evidence"
URL = f"duckdb+{NAME}://"
_current: list[duckdb.DuckDBPyConnection] = []


@contextmanager
def speaking_to(evidence: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Have every engine of `URL` made in the block speak to this connection."""
    _current.append(evidence)
    try:
        yield
    finally:
        _current.pop()


class EvidenceDialect(Dialect):
    """No transactions, cheap reflection, always the connection of the audit."""

    supports_statement_cache = False

    def connect(self, *_: Any, **__: Any) -> Any:
        """A cursor of the evidence; nothing is opened."""
        return ConnectionWrapper(_current[-1].cursor())

    def do_begin(self, connection: Any) -> None:
        """Nothing is written."""

    def do_commit(self, connection: Any) -> None:
        """Nothing is written."""

    def do_rollback(self, connection: Any) -> None:
        """A rollback would end the pending result."""

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:  # noqa: ARG002
        """Names are all that is asked for: types are judged in SQL."""
        rows = _current[-1].execute(f'describe "{table_name}"').fetchall()
        known = {"type": types.NullType(), "nullable": True, "default": None, "comment": None}
        return [{"name": row[0], **known} for row in rows]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:  # noqa: ARG002
        """Views have none."""
        return {"constrained_columns": [], "name": None}

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> bool:  # noqa: ARG002
        """Whether there is such a table or view."""
        query = "select 1 from duckdb_columns() where table_name = ? limit 1"
        return _current[-1].execute(query, [table_name]).fetchone() is not None


registry.register(f"duckdb.{NAME}", __name__, EvidenceDialect.__name__)
