"""PostgreSQL through ADBC: rows come as Arrow batches by COPY, so memory does not grow with the table.

Belongs here: its SQL, types and errors. Does not belong here: the file that is written.

Values never become SQL: the cursor and the overlap travel as bound settings of the transaction (`set_config`), which
the statements read, because a COPY takes no parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import SourceUnavailableError
from orchestration.extracts.connectors.sql.reader import NotNowError, Totals

if TYPE_CHECKING:
    from types import TracebackType

    from orchestration.extracts.connectors.interface import PullRequest
    from orchestration.extracts.connectors.sql.reader import Lower, SqlSpec

_NATIVE = frozenset({"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "bpchar", "name"})
"""Types that Arrow holds as they are; every other one is written out by the server: exact, and readable."""
_TIMES = {"timestamptz": "now()", "timestamp": "localtimestamp", "date": "current_date"}
"""Types that may be `infinity`, which Arrow cannot hold, and the clock that caps a watermark of theirs."""
_NUMBERS = ("int2", "int4", "int8")
_LOWER, _OVERLAP = "cchc.lower", "cchc.overlap"
_SAID = re.compile(r"ERROR:\s+(.*)")


def quoted(identifier: str) -> str:
    """An identifier that can be nothing else."""
    return '"' + identifier.replace('"', '""') + '"'


class PostgresReader:
    """One repeatable-read, read-only transaction."""

    def __init__(self, spec: SqlSpec, url: str, request: PullRequest) -> None:
        self.spec = spec
        self.request = request
        self._url = url
        self._connection: Any = None
        self._types: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Connect, begin, fix the snapshot."""
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415

        wait = max(1, round(self.spec.connect_timeout))
        address = f"{self._url}{'&' if '?' in self._url else '?'}connect_timeout={wait}"
        try:
            self._connection = dbapi.connect(address)
        except dbapi.Error as error:
            raise _no_connection(str(error)) from None
        try:
            self._begin()
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the transaction; it wrote nothing."""
        self._connection.close()

    def _begin(self) -> None:
        mark = self.spec.watermark
        overlap = mark.number if mark and mark.number is not None else (mark.seconds if mark else 0)
        with self._asked("set transaction isolation level repeatable read, read only"):
            pass
        settings = {
            "timezone": str(self.request.zone),
            "statement_timeout": str(round(self.spec.statement_timeout * 1000)),
            "application_name": "cchc",
            _OVERLAP: str(overlap),
        }
        for name, value in settings.items():
            self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        with self._asked("select set_config($1, $2, true)", (name, value)) as cursor:
            cursor.fetchall()

    @contextmanager
    def _asked(self, statement: str, values: tuple[str, ...] | None = None) -> Iterator[Any]:
        """A cursor with a statement's result, and the driver's errors in our words."""
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415

        cursor = self._connection.cursor()
        try:
            cursor.execute(statement, values)
            yield cursor
        except dbapi.Error as error:
            raise _failed(error, self.spec.statement_timeout) from None
        finally:
            cursor.close()

    @property
    def _relation(self) -> str:
        if self.spec.query is not None:
            return f"(\n{self.spec.query}\n) as pulled"
        return ".".join(quoted(part) for part in self.spec.table)

    def describe(self) -> dict[str, str]:
        """Columns with PostgreSQL's own names of their types."""
        with self._asked(f"select * from {self._relation} limit 0") as cursor:
            schema = cursor.fetch_arrow_table().schema
        if len(set(schema.names)) != len(schema.names):
            raise BrokenFileError(
                "a column name that stands twice", "one name, one column", "Mend the query."
            )
        types = {
            field.name: (field.metadata or {}).get(b"POSTGRESQL:type", b"unknown").decode()
            for field in schema
        }
        wanted = self.spec.columns
        self._types = {name: kind for name, kind in types.items() if not wanted or name in wanted}
        return dict(self._types)

    def now(self) -> datetime:
        """The server's clock when the transaction began."""
        with self._asked("select localtimestamp::text") as cursor:
            return datetime.fromisoformat(cursor.fetchone()[0])

    def totals(self, lower: Lower | None) -> Totals:
        """Count, highest watermark, and what is odd, in one statement of the same snapshot."""
        if lower is not None:
            self._set(_LOWER, lower.value)
        mark = self.spec.watermark
        parts = ["count(*)"]
        times = [quoted(name) for name, kind in self._types.items() if kind in _TIMES]
        endless = " or ".join(f"not isfinite({name})" for name in times) or "false"
        parts.append(f"count(*) filter (where {endless})")
        if mark:
            column, kind = quoted(mark.column), self._watermark_type()
            capped = f"max({column})"
            future = "0::bigint"
            if kind in _TIMES:
                capped += f" filter (where {column} <= {_TIMES[kind]})"
                future = f"count(*) filter (where {column} > {_TIMES[kind]})"
            top = capped if lower is None else f"greatest({capped}, current_setting('{_LOWER}')::{kind})"
            parts += [
                f"count(*) filter (where {column} is null)", future,
                f"({top})::text", f"(({top}) - {self._overlap(kind)})::text",
            ]  # fmt: skip
        where = "" if self.spec.count else self._where(lower)
        with self._asked(f"select {', '.join(parts)} from {self._relation}{where}") as cursor:
            row = cursor.fetchone()
        counted = int(row[0]) if self.spec.count else None
        if not mark:
            return Totals(counted, infinite=int(row[1]))
        return Totals(
            counted, top=row[4], since=row[5], nulls=int(row[2]), future=int(row[3]), infinite=int(row[1])
        )

    def _watermark_type(self) -> str:
        mark = self.spec.watermark
        assert mark is not None
        kind = self._types[mark.column]
        if kind not in _TIMES and kind not in _NUMBERS:
            known = ", ".join((*_TIMES, *_NUMBERS))
            raise SourceUnavailableError(
                f"the watermark {mark.column} is of type {kind}",
                f"It must be one of {known}: use a query that casts it.",
            )
        if (kind in _NUMBERS) != (mark.number is not None):
            raise SourceUnavailableError(
                f"the overlap does not fit the watermark {mark.column} of type {kind}",
                "Write a length of time for times and dates, a number for numbers.",
            )
        return kind

    @staticmethod
    def _overlap(kind: str) -> str:
        setting = f"current_setting('{_OVERLAP}')"
        if kind in _NUMBERS:
            return f"{setting}::bigint"
        if kind == "date":
            return f"ceil({setting}::float8 / 86400)::int"
        return f"make_interval(secs => {setting}::float8)"

    def _where(self, lower: Lower | None) -> str:
        mark = self.spec.watermark
        if mark is None or self.request.limit is not None:
            return ""
        column = quoted(mark.column)
        if lower is None:
            return "" if mark.nulls else f" where {column} is not null"
        kind = self._watermark_type()
        new = f"{column} >= current_setting('{_LOWER}')::{kind} - {self._overlap(kind)}"
        return f" where {new} or {column} is null" if mark.nulls else f" where {new}"

    def _selected(self, name: str, kind: str) -> str:
        column = quoted(name)
        if kind in _TIMES:
            return f"case when isfinite({column}) then {column} end as {column}"
        return column if kind in _NATIVE else f"{column}::text as {column}"

    def batches(self, lower: Lower | None) -> tuple[Any, Iterator[Any]]:
        """What is new, as it comes."""
        selected = ", ".join(self._selected(name, kind) for name, kind in self._types.items())
        limit = f" limit {int(self.request.limit)}" if self.request.limit is not None else ""
        statement = f"select {selected} from {self._relation}{self._where(lower)}{limit}"
        stream = self._stream(statement)
        return next(stream), stream

    def _stream(self, statement: str) -> Iterator[Any]:
        with self._asked(statement) as cursor:
            reader = cursor.fetch_record_batch()
            yield reader.schema.remove_metadata()
            while (batch := self._next(reader)) is not None:
                yield batch.replace_schema_metadata(None)

    def _next(self, reader: Any) -> Any:
        """The next batch, or None after the last; an error between batches comes without its SQLSTATE."""
        import pyarrow as pa  # noqa: PLC0415

        try:
            return reader.read_next_batch()
        except StopIteration:
            return None
        except (OSError, pa.ArrowException) as error:
            raise _broken_off(str(error), self.spec.statement_timeout) from None


def _no_connection(said: str) -> NotNowError | SourceUnavailableError:
    """A failed connection; the driver's words may hold the address and are never repeated."""
    if "authentication failed" in said or "no password supplied" in said:
        return SourceUnavailableError(
            "the database refused the user or the password", "Set the address anew."
        )
    if "does not exist" in said and "FATAL" in said:
        return SourceUnavailableError("the database or the user does not exist", "Correct the address.")
    if "invalid" in said or "missing" in said:
        return SourceUnavailableError(
            "the address cannot be read", "Write postgresql://user:password@host/database."
        )
    found = "no answer in time" if "timeout" in said else "no server answers at its address"
    if "too many" in said or "remaining connection slots" in said:
        found = "the database has no connection left"
    return NotNowError(found, "See whether the database runs and the network lets us through.")


def _too_long(statement_timeout: float) -> SourceUnavailableError:
    return SourceUnavailableError(
        f"a statement took longer than {statement_timeout:g} s and was stopped",
        "Index the watermark, narrow the query, or raise statement_timeout.",
    )


def _broken_off(said: str, statement_timeout: float) -> Exception:
    """A failure while records came; the server's words may hold values of records and are never repeated."""
    if "statement timeout" in said:
        return _too_long(statement_timeout)
    if "terminating connection" in said or "connection" in said or "recovery" in said:
        return NotNowError(
            "the connection broke off", "See whether the database runs and the network is stable."
        )
    return SourceUnavailableError(
        "the database failed while it sent records", "Look it up in the database's log."
    )


def _failed(error: Any, statement_timeout: float) -> Exception:
    """A failed statement; only errors about the statement itself are quoted: others may hold values of records."""
    state = error.sqlstate or ""
    if state == "57014":
        return _too_long(statement_timeout)
    if state == "25006":
        return SourceUnavailableError(
            "the query tried to write; the transaction is read-only", "Mend the query."
        )
    if state == "42501":
        return SourceUnavailableError("the user may not read it", "Grant select on the table to the user.")
    if state.startswith("42") or state in ("0A000", "3F000"):
        found = _SAID.search(str(error))
        words = found[1].strip() if found else f"SQLSTATE {state}"
        return SourceUnavailableError(
            f"the database refused the statement: {words}", "Mend the source's document."
        )
    if state == "" or state[:2] in ("08", "53", "57") or state == "40001":
        return NotNowError(
            "the connection broke off", "See whether the database runs and the network is stable."
        )
    return SourceUnavailableError(
        f"the database failed with SQLSTATE {state}", "Look it up in the database's log."
    )
