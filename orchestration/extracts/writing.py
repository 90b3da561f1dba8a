"""From the table `records` to Parquet: accepted, quarantined, restricted.

Belongs here: what goes into which file, under which name, and moving finished files into place. Does not
belong here: deciding which record is accepted (`records.py`), the ledger.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.extracts import sql_text as sql
from orchestration.extracts.pseudonyms import Secret, entity_of
from orchestration.extracts.restricted import FILE_MODE, private_folder

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    import duckdb

    from orchestration.extracts.contract import Feed
    from orchestration.extracts.readers.source import Source
    from orchestration.lake import Lake

PARQUET = "parquet_version v2, compression snappy, dictionary_size_limit 1000"
"""Written and read in less time than it takes to make the files smaller; keys and hashes need no dictionary."""


@dataclass
class Writer:
    """Writes the files of one landed file under unfinished names; `finish` moves them into place.

    Attributes:
        lake, file_id, source_name, extract_date, recorded_at: lineage of every row.
        secret: its version stands in the pseudonym map.
    """

    lake: Lake
    file_id: str
    source_name: str
    extract_date: date
    recorded_at: datetime
    secret: Secret
    written: list[tuple[Path, Path]] = field(default_factory=list)

    def lineage(self) -> dict[str, str]:
        """SQL of the lineage columns that are equal for all rows of the file."""
        return {
            "source_name": sql.literal(self.source_name),
            "file_id": sql.literal(self.file_id),
            "extract_date": f"date '{self.extract_date.isoformat()}'",
            "recorded_at": f"timestamp '{self.recorded_at:%Y-%m-%d %H:%M:%S.%f}'",
        }

    def copy(self, connection: duckdb.DuckDBPyConnection, folder: Path, query: str) -> str:
        """Write a query's rows to `folder/<file_id>.parquet`; gives the path relative to the lake."""
        private = folder.is_relative_to(self.lake.restricted)
        if private:
            private_folder(folder)
        else:
            folder.mkdir(parents=True, exist_ok=True)
        final = folder / f"{self.file_id}.parquet"
        unfinished = folder / f"{self.file_id}.parquet.tmp"
        self.written.append((unfinished, final))
        if private:
            unfinished.touch(mode=FILE_MODE)
        connection.execute(
            f"copy ({query}) to {sql.literal(str(unfinished))} "
            f"(format parquet, {PARQUET}, overwrite_or_ignore true, use_tmp_file false)"
        )
        if private:
            unfinished.chmod(FILE_MODE)
        return str(final.relative_to(self.lake.root))

    def finish(self) -> None:
        """Bring the files to disk and give them their names."""
        for unfinished, final in self.written:
            descriptor = os.open(unfinished, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            unfinished.replace(final)

    def discard(self) -> None:
        """Remove what was written."""
        for paths in self.written:
            for path in paths:
                path.unlink(missing_ok=True)

    def day(self) -> str:
        """Name of the folder of the extract's day."""
        return f"extract_date={self.extract_date.isoformat()}"


def write_accepted(connection: duckdb.DuckDBPyConnection, writer: Writer, feed: Feed) -> str:
    """Accepted rows without personal columns; gives the path relative to the lake."""
    lineage = writer.lineage()
    columns = [
        f"{lineage[name]} as {name}" if name in lineage else sql.name(name) for name in feed.raw_columns()
    ]
    # The table has the order of the lines; sorting it again would cost more than writing it.
    query = f"select {', '.join(columns)} from records where problem is null"
    return writer.copy(connection, writer.lake.raw / feed.name / writer.day(), query)


def write_quarantine(
    connection: duckdb.DuckDBPyConnection, writer: Writer, feed: Feed, source: Source
) -> str:
    """Rejected rows: the reason in quarantine, the text in the restricted zone."""
    lineage = writer.lineage()
    shared = {"feed": sql.literal(feed.name)} | lineage
    place = ", ".join(f"{shared[name]} as {name}" for name in ("feed", "source_name", "file_id"))
    when = f"{lineage['extract_date']} as extract_date, {lineage['recorded_at']} as recorded_at"
    reason = "split_part(problem, ':', 1) as reason, nullif(split_part(problem, ':', 2), '') as field"
    path = writer.copy(
        connection,
        writer.lake.quarantine / feed.name / writer.day(),
        f"select {place}, file_line, {reason}, {when} from records where problem is not null order by file_line",
    )
    writer.copy(
        connection,
        writer.lake.restricted / "quarantine" / feed.name / writer.day(),
        f"select {place}, file_line, {reason}, raw_text, {when} from records join "
        f"(select line, {source.raw} as raw_text from {source.relation} "
        "where line in (select file_line from records where problem is not null)) as texts "
        "on texts.line = records.file_line where problem is not null order by file_line",
    )
    return path


def write_personal(
    connection: duckdb.DuckDBPyConnection, writer: Writer, feed: Feed, present: set[str]
) -> None:
    """Personal columns and the map of pseudonyms of the accepted rows, in the restricted zone."""
    lineage = writer.lineage()
    named = [column for column in feed.columns if column.pseudonym and column.name in present]
    for column in named:
        folder = writer.lake.restricted / "pseudonyms" / entity_of(str(column.pseudonym))
        query = (
            f"select distinct {sql.name(str(column.pseudonym))} as key, {sql.name(column.name)} as code, "
            f"{writer.secret.version} as secret_version from records where problem is null"
        )
        writer.copy(connection, folder, query)
    personal = [
        sql.name(column.name) for column in feed.columns if column.personal and column.name in present
    ]
    if personal:
        keys = [sql.name(str(column.pseudonym)) for column in named]
        shared = [
            f"{lineage[name]} as {name}" for name in ("source_name", "file_id", "extract_date", "recorded_at")
        ]
        writer.copy(
            connection,
            writer.lake.restricted / "personal" / feed.name / writer.day(),
            f"select {', '.join([*keys, *personal, 'file_line', *shared])} "
            "from records where problem is null",
        )
