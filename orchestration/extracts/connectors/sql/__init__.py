"""SQL databases: PostgreSQL through ADBC, others through a SQLAlchemy URL, read-only, in one snapshot.

Belongs here: the YAML of the connector, one pull from opening the database to the finished file, tries. Does not belong
here: how a database is asked (`postgres.py`, `generic.py`), what was seen before (`window.py`).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import Pulled, SourceUnavailableError
from orchestration.extracts.connectors.sql.reader import (
    Lower,
    NotNowError,
    Reader,
    SqlSpec,
    Totals,
    Watermark,
)

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.extracts.connectors.configuration import Head
    from orchestration.extracts.connectors.interface import PullRequest
    from orchestration.extracts.yaml_marks import Keys
    from orchestration.extracts.yaml_values import YamlValues

_KEYS = (
    "kind", "url_from", "table", "columns", "query", "watermark", "count", "allow_empty",
    "connect_timeout", "statement_timeout", "attempts", "wait",
)  # fmt: skip
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_POSTGRESQL = re.compile(r"(postgresql|postgres)://")
SKEW_SECONDS = 300


def checked(values: YamlValues, keys: Keys, head: Head) -> SqlConnector:
    """The connector of a source's document.

    Raises:
        ProfileError: naming file, line and key of what is wrong.
    """
    values.mapping(keys, _KEYS)
    error = values.document.error
    url_from = values.required((*keys, "url_from"), "Name the environment variable that holds the address.")
    if not _VARIABLE.fullmatch(url_from):
        raise error(
            (*keys, "url_from"), "this is no name of an environment variable.", "Never the address itself."
        )
    table, query = values.text((*keys, "table")), values.text((*keys, "query"))
    if (table is None) == (query is None):
        raise error(keys, "needs a table or a query.", "Write: table: schema.name")
    if query is not None and values.value((*keys, "columns")) is not None:
        raise error((*keys, "columns"), "goes with table; a query names its own.")
    watermark = _watermark(values, (*keys, "watermark"))
    if watermark and head.profile.mode == "snapshot":
        raise error(
            (*keys, "watermark"), "the profile says mode: snapshot, and a snapshot is always the whole."
        )
    attempts = values.number((*keys, "attempts"), 3)
    if attempts < 1:
        raise error((*keys, "attempts"), "at least one.")
    return SqlConnector(
        SqlSpec(
            url_from=url_from,
            table=tuple(table.split(".")) if table else (),
            query=query.strip().rstrip(";") if query else None,
            columns=values.texts((*keys, "columns")),
            watermark=watermark,
            count=values.one_of((*keys, "count"), ("true", "false"), "true") == "true",
            connect_timeout=values.seconds((*keys, "connect_timeout"), 15),
            statement_timeout=values.seconds((*keys, "statement_timeout"), 1800),
        ),
        attempts=attempts,
        wait=values.seconds((*keys, "wait"), 10),
        allow_empty=values.flag((*keys, "allow_empty")),
    )


def _watermark(values: YamlValues, keys: Keys) -> Watermark | None:
    if values.value(keys) is None:
        return None
    values.mapping(keys, ("column", "overlap", "nulls"))
    column = values.required((*keys, "column"), "Name the column that grows with every change.")
    overlap = values.required(
        (*keys, "overlap"),
        "Longer than the longest transaction that writes the table: 2 hours; of a number: 1000.",
    )
    nulls = values.one_of((*keys, "nulls"), ("always", "never"), "always") == "always"
    if overlap.isdecimal():
        return Watermark(column, nulls, number=int(overlap))
    return Watermark(column, nulls, seconds=values.seconds((*keys, "overlap"), 0))


@dataclass(frozen=True)
class SqlConnector:
    """One table or query of a database."""

    spec: SqlSpec
    attempts: int
    wait: float
    allow_empty: bool

    @property
    def ending(self) -> str:
        """Parquet."""
        return "parquet"

    def variables(self) -> tuple[str, ...]:
        """The one that holds the address."""
        return (self.spec.url_from,)

    def pull(self, request: PullRequest) -> Pulled:
        """Read what is new in one read-only snapshot.

        Raises:
            SourceUnavailableError: the database cannot be reached, refuses us or takes too long.
            BrokenFileError: a column that the document names is gone.
        """
        url = request.secret(self.spec.url_from)
        for attempt in range(1, self.attempts + 1):
            try:
                with self._reader(url, request) as reader:
                    return _Pull(self.spec, request, reader, allow_empty=self.allow_empty).run()
            except NotNowError as error:
                if attempt == self.attempts:
                    raise SourceUnavailableError(
                        f"{error.found} ({attempt} tries)" if attempt > 1 else error.found, error.hint
                    ) from None
                request.progress(f"{request.source}: {error.found}; trying again in {self.wait:g} s")
                time.sleep(self.wait)
        raise AssertionError

    def _reader(self, url: str, request: PullRequest) -> Reader:
        if _POSTGRESQL.match(url):
            from orchestration.extracts.connectors.sql.postgres import PostgresReader  # noqa: PLC0415

            return PostgresReader(self.spec, url, request)
        from orchestration.extracts.connectors.sql.generic import GenericReader  # noqa: PLC0415

        return GenericReader(self.spec, url, request)


class _Pull:
    """One pull through an open reader."""

    def __init__(self, spec: SqlSpec, request: PullRequest, reader: Reader, *, allow_empty: bool) -> None:
        self.spec = spec
        self.request = request
        self.reader = reader
        self.allow_empty = allow_empty
        self.notes: list[str] = []

    def run(self) -> Pulled:
        """Describe, count, read, compare with what was seen."""
        columns = self.reader.describe()
        self._check_columns(columns)
        at = self.reader.now()
        self._skew(at)
        lower = self._lower()
        totals = self.reader.totals(lower) if self.request.limit is None else Totals()
        self._notes_of(totals)
        read = self._write(lower)
        if self.request.limit is not None:
            return Pulled(at, None, read, counted=None, columns=columns, notes=tuple(self.notes))
        return self._compared(at, columns, totals, fits=lower is not None or self.spec.watermark is None)

    def _check_columns(self, columns: dict[str, str]) -> None:
        twice = sorted(
            {name for name in columns if sum(name.lower() == other.lower() for other in columns) > 1}
        )
        if twice:
            raise BrokenFileError(
                f"columns that differ in case alone: {', '.join(twice)}",
                "one name, one column",
                "Use a query.",
            )
        needed = [*self.request.key, *([self.spec.watermark.column] if self.spec.watermark else [])]
        for name in needed:
            if name not in columns:
                raise BrokenFileError(
                    f"no column {name}", "the key and the watermark that the source's document names",
                    "Ask the source what became of it, or mend the document.", name,
                )  # fmt: skip

    def _skew(self, at: datetime) -> None:
        ours = self.request.now().replace(tzinfo=None)
        seconds = abs((at - ours).total_seconds())
        if seconds > SKEW_SECONDS:
            self.notes.append(f"the source's clock and ours differ by {seconds / 60:,.0f} minutes")

    def _lower(self) -> Lower | None:
        cursor, mark = self.request.cursor, self.spec.watermark
        if cursor is None or mark is None or "value" not in cursor:
            return None
        if cursor.get("watermark") != mark.column:
            self.notes.append(
                f"the watermark was {cursor.get('watermark')} and is {mark.column}: pulled as a whole"
            )
            return None
        return Lower(str(cursor["value"]))

    def _notes_of(self, totals: Totals) -> None:
        if totals.nulls:
            told = (
                "pulled every time" if self.spec.watermark and self.spec.watermark.nulls else "never pulled"
            )
            self.notes.append(f"{totals.nulls:,} records have no watermark: {told}")
        if totals.future:
            self.notes.append(
                f"{totals.future:,} records have a watermark later than the source's clock: pulled every time till then"
            )
        if totals.infinite:
            self.notes.append(f"{totals.infinite:,} records hold the time `infinity`: taken as empty")

    def _write(self, lower: Lower | None) -> int:
        from pyarrow import parquet  # noqa: PLC0415

        from orchestration.extracts.restricted import FILE_MODE  # noqa: PLC0415

        request, rows, told = self.request, 0, 0
        request.part.touch(mode=FILE_MODE)
        schema, batches = self.reader.batches(lower)
        with parquet.ParquetWriter(request.part, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
                if rows - told >= 500_000:
                    told = rows
                    request.progress(f"{request.source}: {rows:,} records read")
        return rows

    def _compared(self, at: datetime, columns: dict[str, str], totals: Totals, *, fits: bool) -> Pulled:
        from orchestration.extracts.connectors.sql.window import compare  # noqa: PLC0415

        request, mark = self.request, self.spec.watermark
        snapshot = request.mode == "snapshot"
        found = compare(
            request,
            watermark=mark.column if mark else None,
            totals=totals,
            drop_known=fits and not snapshot,
            keep_window=not snapshot,
        )
        before = request.cursor or {}
        cursor: dict[str, Any] | None = None
        nothing_new = found.rows == 0
        if snapshot:
            cursor = {"content": found.content, "rows": found.rows}
            nothing_new = before.get("content") == found.content
            if found.rows == 0 and before.get("rows") and not self.allow_empty:
                raise BrokenFileError(
                    f"no record, where the last pull gave {before['rows']:,}", "at least one record",
                    "Where everything is meant to be withdrawn, write allow_empty: true in the source's document.",
                )  # fmt: skip
        elif mark and totals.top is not None:
            cursor = {"watermark": mark.column, "value": totals.top}
        if found.superseded:
            self.notes.append(f"{found.superseded:,} older versions of records of the same key were left out")
        return Pulled(
            snapshot_at=at,
            cursor=cursor,
            rows=found.rows,
            nothing_new=nothing_new,
            repeated=found.repeated,
            counted=totals.counted,
            columns=columns,
            facts={"superseded": found.superseded} if found.superseded else {},
            notes=tuple(self.notes),
        )
