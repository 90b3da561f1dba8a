"""What a pull has received so far, kept page by page, so that it goes on after a crash.

Belongs here: the database in the scratch folder, duplicates, what is delivered and what the next pull leaves out. Does
not belong here: requests, paging.

A page, its records and the step that follows it are one transaction: what a killed pull leaves is whole pages. The
folder is the owner's alone, for records may be personal.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.extracts.connectors.rest.paging import at_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.extracts.connectors.rest.paging import Step

BATCH = 10_000
_TABLES = """
create table about (name text primary key, value text) without rowid;
create table pages (page integer primary key, digest text, records integer, next text);
create table records (
    page integer, place integer, key text, digest text, moment text, body text, primary key (page, place)
) without rowid;
create index by_key on records (key, moment, page, place);
create table seen (key text, digest text, primary key (key, digest)) without rowid;
"""
# Of several versions of a record the latest by its own moment, then by arrival.
_LATEST = """
    select key, digest, moment, body, page, place from records as one
    where not exists (
        select 1 from records as other where other.key = one.key and (
            coalesce(other.moment, '') > coalesce(one.moment, '')
            or coalesce(other.moment, '') = coalesce(one.moment, '')
            and (other.page, other.place) > (one.page, one.place)
        )
    )
"""


@dataclass(frozen=True)
class Received:
    """A record as it came.

    Attributes:
        key, digest: of its key and of its whole content.
        moment: of its change, ISO, or None.
        body: its JSON in one line.
    """

    key: str
    digest: str
    moment: str | None
    body: str


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def received(record: dict[str, Any], key: tuple[str, ...], moment: str | None) -> Received:
    """A record with its key; without key columns the whole record is its own."""
    digest = _hash(record)
    values = [value if isinstance(value := at_path(record, name), str | int | float | bool | list | dict) else None
              for name in key]  # fmt: skip
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
    return Received(_hash(values) if key else digest, digest, moment, body)


class Store:
    """The database of one pull; in memory for a trial."""

    def __init__(self, path: Path | None, fingerprint: str) -> None:
        self.path = path
        if path is not None and self._foreign(path, fingerprint):
            self.forget(path)
        fresh = path is None or not path.exists()
        if path is not None and fresh:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self.connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        # A killed process leaves whole pages; what a machine that lost its power leaves is checked, and read anew.
        self.connection.execute("pragma synchronous = off")
        if fresh:
            self.connection.execute("begin")
            for statement in _TABLES.split(";"):
                self.connection.execute(statement)
            self.connection.execute("commit")
            self.say("fingerprint", fingerprint)

    @staticmethod
    def _foreign(path: Path, fingerprint: str) -> bool:
        """Whether what lies there is of another request, or damaged."""
        if not path.exists():
            return False
        try:
            connection = sqlite3.connect(path)
            try:
                whole = connection.execute("pragma quick_check(1)").fetchone() == ("ok",)
                row = connection.execute("select value from about where name = 'fingerprint'").fetchone()
            finally:
                connection.close()
        except sqlite3.Error:
            return True
        return not whole or row is None or row[0] != fingerprint

    @staticmethod
    def forget(path: Path) -> None:
        """Remove a database with what stands beside it."""
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def say(self, name: str, value: str) -> None:
        """Remember a fact of the pull."""
        self.connection.execute("insert or replace into about values (?, ?)", [name, value])

    def said(self, name: str) -> str | None:
        """A fact remembered, or None."""
        row = self.connection.execute("select value from about where name = ?", [name]).fetchone()
        return row[0] if row else None

    def pages(self) -> int:
        """Number of pages kept."""
        return int(self._one("select count(*) from pages"))

    def next_step(self, first: Step) -> Step | None:
        """Where to go on: the first step before any page, None behind the last."""
        row = self.connection.execute("select next from pages order by page desc limit 1").fetchone()
        return json.loads(row[0]) if row else first

    def same_page(self, digest: str) -> int | None:
        """The page that held just these records, or None."""
        row = self.connection.execute(
            "select page from pages where digest = ? and records > 0", [digest]
        ).fetchone()
        return int(row[0]) if row else None

    def has_step(self, step: Step) -> bool:
        """Whether a page led to this step already."""
        return bool(self._one("select count(*) from pages where next = ?", [json.dumps(step)]))

    def keep(self, digest: str, records: list[Received], following: Step | None) -> None:
        """Keep a page, in one transaction."""
        page = self.pages() + 1
        self.connection.execute("begin immediate")
        self.connection.executemany(
            "insert into records values (?, ?, ?, ?, ?, ?)",
            [(page, place, r.key, r.digest, r.moment, r.body) for place, r in enumerate(records)],
        )
        self.connection.execute(
            "insert into pages values (?, ?, ?, ?)", [page, digest, len(records), json.dumps(following)]
        )
        self.connection.execute("commit")

    def _one(self, statement: str, values: list[Any] | None = None) -> Any:
        return self.connection.execute(statement, values or []).fetchone()[0]

    def longest_page(self) -> int:
        """Records of the longest page."""
        return int(self._one("select coalesce(max(records), 0) from pages"))

    def last_page(self) -> int:
        """Records of the newest page."""
        row = self.connection.execute("select records from pages order by page desc limit 1").fetchone()
        return int(row[0]) if row else 0

    def received(self) -> int:
        """Records received, with those that came twice."""
        return int(self._one("select coalesce(sum(records), 0) from pages"))

    def distinct(self) -> int:
        """Records received, each once."""
        return int(self._one("select count(*) from (select 1 from records group by key)"))

    def newest(self, until: str) -> str | None:
        """The latest moment of change received that is not after a moment."""
        found: str | None = self._one("select max(moment) from records where moment <= ?", [until])
        return found

    def changed_between(self, start: str, end: str) -> int:
        """Records that changed after a moment, and not after another."""
        return int(self._one("select count(*) from records where moment > ? and moment <= ?", [start, end]))

    def content(self) -> str:
        """Hash of all records, whatever their order."""
        found = hashlib.sha256()
        for key, digest in self.connection.execute(f"select key, digest from ({_LATEST}) order by 1"):
            found.update(f"{key}{digest}\n".encode())
        return found.hexdigest()

    def load_seen(self, path: Path) -> None:
        """Take in what the pull before delivered within the overlap."""
        import pyarrow.parquet as pq  # noqa: PLC0415 - only where there is an overlap

        self.connection.execute("begin")
        for batch in pq.ParquetFile(path).iter_batches(BATCH, columns=["key", "digest"]):
            columns = batch.to_pydict()
            self.connection.executemany(
                "insert or ignore into seen values (?, ?)",
                zip(columns["key"], columns["digest"], strict=True),
            )
        self.connection.execute("commit")

    def write_new(self, path: Path, limit: int | None) -> tuple[int, int]:
        """Write the latest version of every record that was not delivered before, as JSON lines.

        Returns:
            Records written, and records left out because they stand as they did. Without any the file is not made.
        """
        written = left_out = 0
        stream = None
        try:
            for body, known in self.connection.execute(
                f"select one.body, seen.key is not null from ({_LATEST}) as one "
                "left join seen on seen.key = one.key and seen.digest = one.digest order by one.page, one.place"
            ):
                if known:
                    left_out += 1
                    continue
                if limit is not None and written >= limit:
                    break
                if stream is None:
                    stream = os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb")
                stream.write(body.encode() + b"\n")
                written += 1
        finally:
            if stream is not None:
                stream.close()
        return written, left_out

    def write_seen(self, path: Path, since: str | None) -> None:
        """Write what the next pull meets again: latest versions changed at or after a moment, or without one."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415

        schema = pa.schema([("key", pa.string()), ("digest", pa.string())])
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        rows = self.connection.execute(
            f"select key, digest from ({_LATEST}) where moment is null or ? is null or moment >= ? order by 1",
            [since, since],
        )
        with pq.ParquetWriter(path, schema) as writer:
            for batch in _batches(rows):
                writer.write_batch(
                    pa.record_batch([[row[0] for row in batch], [row[1] for row in batch]], schema=schema)
                )


def _batches(rows: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    while batch := rows.fetchmany(BATCH):
        yield batch
