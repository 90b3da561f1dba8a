"""Other databases through a SQLAlchemy URL: a server-side cursor, values as exact text.

Belongs here: what SQLAlchemy's dialects have in common, how each begins a read-only snapshot. Does not belong here:
PostgreSQL (`postgres.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from orchestration.extracts.connectors.interface import SourceUnavailableError
from orchestration.extracts.connectors.sql.reader import NotNowError, Totals

if TYPE_CHECKING:
    from types import TracebackType

    from orchestration.extracts.connectors.interface import PullRequest
    from orchestration.extracts.connectors.sql.reader import Lower, SqlSpec

BATCH_ROWS = 20_000
_BEGIN = {
    "sqlite": ("pragma query_only = on", "begin"),
    "duckdb": (),
    "mysql": ("set session transaction isolation level repeatable read", "start transaction read only"),
    "mariadb": ("set session transaction isolation level repeatable read", "start transaction read only"),
    "oracle": ("set transaction read only",),
    "mssql": ("set transaction isolation level snapshot",),
}
"""How a dialect begins a read-only snapshot; SQLite and DuckDB are tested, the others are by their manuals."""
_SQL_TYPES = {"datetime": "timestamptz", "date": "date", "int": "bigint", "text": "varchar"}
"""Kind of a watermark to the type in which pulled texts of it are compared."""


class GenericReader:
    """One transaction of a database that SQLAlchemy reaches."""

    def __init__(self, spec: SqlSpec, url: str, request: PullRequest) -> None:
        self.spec = spec
        self.request = request
        self._url = url
        self._engine: Any = None
        self._connection: Any = None
        self._names: list[str] = []

    def __enter__(self) -> Self:
        """Connect, begin, fix the snapshot."""
        import sqlalchemy as sa  # noqa: PLC0415

        try:
            address = sa.make_url(self._url)
            dialect = address.get_backend_name()
            if dialect == "duckdb":
                options: dict[str, Any] = {"connect_args": {"read_only": True}}
            elif dialect == "sqlite":
                # A file that is not there would be made; a transaction of ours begins when we say so.
                options = {"connect_args": {"timeout": self.spec.connect_timeout, "isolation_level": None}}
                self._sqlite_file(address.database)
            else:
                options = {}
            self._engine = sa.create_engine(
                address, poolclass=sa.pool.NullPool, hide_parameters=True, **options
            )
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError):
            raise SourceUnavailableError(
                "the address cannot be read, or no driver for it is installed",
                "Write it as SQLAlchemy does: dialect+driver://user:password@host/database.",
            ) from None
        try:
            self._connection = self._engine.connect().execution_options(
                stream_results=True, max_row_buffer=BATCH_ROWS
            )
        except Exception as error:  # noqa: BLE001 - drivers raise what they like, and their words may hold the address
            raise NotNowError(
                f"the database cannot be opened ({type(error).__name__})",
                "See whether it runs, and the address.",
            ) from None
        for statement in _BEGIN.get(dialect, ()):
            with self._asked():
                self._connection.exec_driver_sql(statement)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the transaction; it wrote nothing."""
        self._connection.close()
        self._engine.dispose()

    @staticmethod
    def _sqlite_file(name: str | None) -> None:
        from pathlib import Path  # noqa: PLC0415

        if not name or not Path(name).is_file():
            raise NotNowError("there is no database file at its address", "See whether the share is mounted.")

    @contextmanager
    def _asked(self, *, about_statement: bool = False) -> Iterator[None]:
        """The driver's errors in our words; quoted only where no record has been looked at yet: they may hold one."""
        import sqlalchemy as sa  # noqa: PLC0415

        try:
            yield
        except (sa.exc.ProgrammingError, sa.exc.OperationalError) as error:
            words = str(error.orig).splitlines()[0] if about_statement else type(error.orig).__name__
            if self._engine.url.password and self._engine.url.password in words:
                words = type(error.orig).__name__
            raise SourceUnavailableError(
                f"the database refused the statement: {words}", "Mend the source's document."
            ) from None
        except sa.exc.SQLAlchemyError as error:
            raise SourceUnavailableError(
                f"the database failed ({type(error).__name__})", "Look it up in the database's log."
            ) from None

    def _relation(self) -> Any:
        import sqlalchemy as sa  # noqa: PLC0415

        columns: list[Any] = [sa.column(self.spec.watermark.column)] if self.spec.watermark else []
        if self.spec.query is not None:
            return sa.text(self.spec.query).columns(*columns).subquery("pulled")
        *schema, name = self.spec.table
        return sa.table(name, *columns, schema=".".join(schema) or None)

    def _query(self, lower: Lower | None) -> Any:
        """Everything, or what is new: the value of the cursor is bound."""
        import sqlalchemy as sa  # noqa: PLC0415

        chosen = self.spec.columns
        selected: list[Any] = [sa.column(name) for name in chosen] if chosen else [sa.literal_column("*")]
        statement = sa.select(*selected).select_from(self._relation())
        mark = self.spec.watermark
        if self.request.limit is not None:
            return statement.limit(self.request.limit)
        if mark is None:
            return statement
        column = self._mark
        if lower is not None:
            new = column >= self._before(lower.value)
            return statement.where(sa.or_(new, column.is_(None)) if mark.nulls else new)
        return statement if mark.nulls else statement.where(column.is_not(None))

    def _before(self, value: str) -> Any:
        """The cursor less the overlap, of the kind that the cursor says: `datetime 2026-…`."""
        mark = self.spec.watermark
        assert mark is not None
        kind, _, text = value.partition(" ")
        if (kind == "int") != (mark.number is not None):
            raise SourceUnavailableError(
                f"the overlap does not fit the watermark {mark.column}, which is a {kind}",
                "Write a length of time for times and dates, a number for numbers.",
            )
        if kind == "int":
            return int(text) - (mark.number or 0)
        overlap = timedelta(seconds=mark.seconds or 0)
        if kind == "text" and not overlap:
            return text
        if len(text) == len("2026-01-05"):
            day = date.fromisoformat(text) - timedelta(days=-(-overlap.total_seconds() // 86400))
            return day if kind == "date" else day.isoformat()
        moment = datetime.fromisoformat(text) - overlap
        return moment if kind == "datetime" else moment.isoformat(sep="T" if "T" in text else " ")

    def describe(self) -> dict[str, str]:
        """Columns, with types where a table has them."""
        import sqlalchemy as sa  # noqa: PLC0415

        with self._asked(about_statement=True):
            probe = self._connection.execute(
                sa.select(sa.literal_column("*")).select_from(self._relation()).limit(0)
            )
            names = [str(name) for name in probe.keys()]  # noqa: SIM118 - a result, no mapping
            probe.close()
        types = {}
        if self.spec.table:
            *schema, name = self.spec.table
            with self._asked(about_statement=True):
                types = {
                    column["name"]: str(column["type"])
                    for column in sa.inspect(self._connection).get_columns(
                        name, schema=".".join(schema) or None
                    )
                }
        self._names = [name for name in names if not self.spec.columns or name in self.spec.columns]
        return {name: types.get(name, "") for name in self._names}

    def now(self) -> datetime:
        """The database's clock; where it says no zone, SQLite's is UTC and others' is taken as local."""
        import sqlalchemy as sa  # noqa: PLC0415

        with self._asked():
            told = self._connection.execute(sa.select(sa.func.current_timestamp())).scalar_one()
        moment = datetime.fromisoformat(told) if isinstance(told, str) else told
        if self._engine.dialect.name == "sqlite":
            moment = moment.replace(tzinfo=UTC)
        if moment.tzinfo is not None:
            moment = moment.astimezone(self.request.zone)
        local: datetime = moment.replace(tzinfo=None)
        return local

    def totals(self, lower: Lower | None) -> Totals:
        """Count and highest watermark, in the same transaction."""
        import sqlalchemy as sa  # noqa: PLC0415

        mark = self.spec.watermark
        asked: list[Any] = [sa.func.count()]
        if mark:
            asked += [sa.func.count(self._mark), sa.func.max(self._mark)]
        with self._asked():
            row = self._connection.execute(sa.select(*asked).select_from(self._relation())).one()
        counted = int(row[0]) if self.spec.count else None
        if not mark:
            return Totals(counted)
        highest, future = self._not_later_than_now(row[2])
        top = max(cursor_text(highest) if highest is not None else "", lower.value if lower else "")
        nulls = int(row[0]) - int(row[1])
        if not top:
            return Totals(counted, nulls=nulls, future=future)
        before = self._before(top)
        since = before.isoformat(sep=" ") if isinstance(before, datetime) else str(before)
        return Totals(
            counted, top, since, nulls=nulls, future=future, mark_type=_SQL_TYPES[top.partition(" ")[0]]
        )

    @property
    def _mark(self) -> Any:
        import sqlalchemy as sa  # noqa: PLC0415

        assert self.spec.watermark is not None
        column: Any = sa.column(self.spec.watermark.column)
        return column

    def _not_later_than_now(self, highest: Any) -> tuple[Any, int]:
        """The highest watermark that the database's clock has reached, and the number beyond it."""
        import sqlalchemy as sa  # noqa: PLC0415

        moment = highest
        if isinstance(highest, str):
            moment = datetime.fromisoformat(highest)
        if not isinstance(moment, date):
            return highest, 0
        limit: Any = self.now()
        if not isinstance(moment, datetime):
            limit = limit.date()
        elif moment.tzinfo is not None:
            limit = limit.replace(tzinfo=self.request.zone)
        if moment <= limit:
            return highest, 0
        bound = limit.isoformat(sep="T" if "T" in highest else " ") if isinstance(highest, str) else limit
        with self._asked():
            statement = sa.select(sa.func.max(self._mark)).select_from(self._relation())
            capped = self._connection.execute(statement.where(self._mark <= bound)).scalar()
            counted = sa.select(sa.func.count()).select_from(self._relation()).where(self._mark > bound)
            return capped, int(self._connection.execute(counted).scalar_one())

    def batches(self, lower: Lower | None) -> tuple[Any, Iterator[Any]]:
        """What is new, every value as the text that says it exactly."""
        import pyarrow as pa  # noqa: PLC0415

        schema = pa.schema([(name, pa.string()) for name in self._names])
        return schema, self._stream(schema, lower)

    def _stream(self, schema: Any, lower: Lower | None) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415

        with self._asked():
            result = self._connection.execute(self._query(lower))
            for rows in result.partitions(BATCH_ROWS):
                columns = zip(*rows, strict=True)
                yield pa.record_batch(
                    [[_text(value) for value in column] for column in columns], schema=schema
                )


def _text(value: Any) -> str | None:
    """A value as exact text: times in ISO form, numbers without exponent, bytes in hex."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.hex() if isinstance(value, bytes | bytearray | memoryview) else str(value)


def cursor_text(value: Any) -> str:
    """A watermark with its kind, so that the next pull compares like with like."""
    if isinstance(value, datetime):
        return f"datetime {value.isoformat(sep=' ')}"
    if isinstance(value, date):
        return f"date {value.isoformat()}"
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise SourceUnavailableError(
                "the watermark is a text that is no ISO time", "Use a query that makes it one."
            ) from None
        return f"text {value}"
    if isinstance(value, int):
        return f"int {value:030d}"
    raise SourceUnavailableError(
        f"the watermark is a {type(value).__name__}",
        "It must be a time, a date, a whole number or an ISO text.",
    )
