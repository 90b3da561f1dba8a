"""One file from landing to its ledger entry.

Belongs here: reading, checking and writing one file, its child feeds included, and committing it. Does not
belong here: which files are to be taken (`ingest.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.casting import moment
from orchestration.extracts.connectors.totals import write_total
from orchestration.extracts.contract import feeds
from orchestration.extracts.ledger import LedgerEntry, Output, commit
from orchestration.extracts.mapping import PARENT, Resolve, extra_columns, fit, json_paths, mappings
from orchestration.extracts.readers.json_lines import item_access
from orchestration.extracts.readers.read import kind_of, read
from orchestration.extracts.records import Recipe, findings, mark_duplicates, records_sql
from orchestration.extracts.writing import Writer, write_accepted, write_personal, write_quarantine

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from orchestration.extracts.profile import Child, Fold, Profile
    from orchestration.extracts.pseudonyms import Secret
    from orchestration.extracts.readers.source import Source
    from orchestration.lake import Lake

SUFFIX = "__"


@dataclass(frozen=True)
class Reading:
    """A file read, before anything is written.

    Attributes:
        source: the file as a relation of the connection.
        recipe: what makes its records.
        warnings: what people should know.
    """

    source: Source
    recipe: Recipe
    warnings: tuple[str, ...]


def suffix_of(source: str | None) -> str | None:
    """The part of a source folder's name after `__`."""
    return source.split(SUFFIX, 1)[1] if source and SUFFIX in source else None


def _plain(source: Source) -> Resolve:
    return lambda name, _take: source.expression(name)


def _folding(source: Source) -> Resolve:
    """Of the lines of a record, the first or last filled value in the fold's order."""

    def resolve(name: str, take: str) -> str | None:
        found = source.expression(name)
        if found is None:
            return None
        filled = f"trim({found}, {sql.literal(sql.WHITE)}) <> ''"
        order = "fold_order desc nulls last, line desc" if take == "last" else "fold_order nulls first, line"
        return f"first({found} order by {order}) filter ({filled})"

    return resolve


def _folded_origin(source: Source, profile: Profile, fold: Fold, zone: str) -> str:
    key, order = source.expression(fold.key), source.expression(fold.order_by or "")
    at = moment("fold_text", profile.timestamp, zone) if order else "null::timestamp"
    whole = "broken is null and fold_key is not null"
    return (
        f"(select *, {at} as fold_order from (select *, {sql.clean(str(key))} as fold_key, "
        f"{sql.clean(order) if order else 'null'} as fold_text from {source.relation})) as lines_of_records "
        f"group by case when {whole} then fold_key end, case when {whole} then null else line end "
        "order by min(line)"
    )


def open_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    profile: Profile,
    suffix: str | None,
    zone: str,
    secret: Secret,
) -> Reading:
    """Read a file and match it with its profile; nothing is written.

    Raises:
        BrokenFileError: the file as a whole breaks its contract.
    """
    feed = feeds()[profile.feed]
    try:
        source = read(connection, path, profile, feed)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
        raise BrokenFileError(
            "content that the engine cannot read",
            f"a {kind_of(path, profile)} file",
            "Open it by hand; deliver it again.",
        ) from error
    columns = mappings(profile, feed)
    fold = profile.fold
    if fold and source.expression(fold.key) is None:
        raise BrokenFileError(
            f"{len(source.names)} other columns",
            f"a column {fold.key}",
            "It tells which lines make one record.",
        )
    resolve = _folding(source) if fold else _plain(source)
    fitted = fit(profile, feed, columns, source, resolve, suffix)
    recipe = Recipe(
        feed=feed,
        profile=profile,
        columns=columns,
        texts=fitted.texts,
        origin=_folded_origin(source, profile, fold, zone) if fold else source.relation,
        line="min(line)" if fold else "line",
        broken="max(broken)" if fold else "broken",
        typed_cells=source.typed_cells,
        zone=zone,
        secret=secret,
    )
    paths = json_paths(profile, feed) if kind_of(path, profile) == "json" else None
    return Reading(
        source, recipe, (*source.notes, *extra_columns(profile, feed, source, paths), *fitted.warnings)
    )


def child_recipe(reading: Reading, child: Child) -> Recipe | None:
    """The recipe of a child feed, or None where the file has no such list."""
    source, feed = reading.source, feeds()[child.feed]
    listed = source.expression(child.each)
    if listed is None:
        return None

    def resolve(name: str, _take: str) -> str | None:
        if name.startswith(PARENT):
            return source.expression(name.removeprefix(PARENT))
        return item_access(name)

    texts = fit(reading.recipe.profile, feed, child.columns, source, resolve, None).texts
    origin = f"(select *, unnest({listed}) as item from {source.relation} where broken is null and len({listed}) > 0)"
    return replace(
        reading.recipe,
        feed=feed,
        columns=child.columns,
        texts=texts,
        origin=origin,
        line="line",
        broken="broken",
    )


def judge(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> tuple[int, int]:
    """Make the table `records`; gives the number accepted and rejected."""
    connection.execute(records_sql(recipe))
    mark_duplicates(connection, recipe.feed)
    row = connection.execute("select count(*), count(problem) from records").fetchone()
    rows, rejected = row or (0, 0)
    return rows - rejected, rejected


def _output(
    connection: duckdb.DuckDBPyConnection, writer: Writer, recipe: Recipe, reading: Reading, *, child: bool
) -> Output:
    accepted, rejected = judge(connection, recipe)
    rows, feed = accepted + rejected, recipe.feed
    lines = rows if child else reading.source.lines
    raw_path = quarantine_path = None
    if accepted:
        raw_path = write_accepted(connection, writer, feed)
        write_personal(connection, writer, feed, set(recipe.texts))
    if rejected:
        quarantine_path = write_quarantine(connection, writer, feed, reading.source)
    return Output(
        feed=feed.name,
        lines=lines,
        rows=rows,
        accepted=accepted,
        quarantined=rejected,
        skipped=lines - rows,
        raw_path=raw_path,
        quarantine_path=quarantine_path,
        warnings=() if child else reading.warnings,
        findings=findings(connection, recipe, reading.source, writer.recorded_at),
    )


def _unchanged(before: os.stat_result, after: os.stat_result) -> None:
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise BrokenFileError(
            "a file that changed while it was read",
            "a finished file",
            "Write it as *.part and rename it when it is complete.",
        )


def take(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    path: Path,
    profile: Profile,
    entry: LedgerEntry,
    secret: Secret,
    suffix: str | None,
) -> LedgerEntry:
    """Read, check, write and commit one file.

    Args:
        connection: an in-memory connection of its own.
        lake: the lake.
        path: the landed file.
        profile: reads it.
        entry: its ledger entry, still without outputs.
        secret: of the pseudonyms.
        suffix: part of the source folder's name after `__`.

    Returns:
        The committed entry.

    Raises:
        BrokenFileError: the file as a whole breaks its contract; nothing of it stays.
    """
    writer = Writer(lake, entry.file_id, entry.source_name, entry.extract_date, entry.recorded_at, secret)
    before = path.stat()
    try:
        reading = open_file(connection, path, profile, suffix, entry.timezone, secret)
        outputs = [_output(connection, writer, reading.recipe, reading, child=False)]
        for child in profile.children:
            recipe = child_recipe(reading, child)
            if recipe is not None:
                outputs.append(_output(connection, writer, recipe, reading, child=True))
        _unchanged(before, path.stat())
        outputs += write_total(connection, writer, entry)
        writer.finish()
        done = replace(entry, outputs=tuple(outputs))
        commit(lake, done)
    except BaseException:
        writer.discard()
        raise
    return done


def take_nothing(
    connection: duckdb.DuckDBPyConnection, lake: Lake, entry: LedgerEntry, secret: Secret
) -> LedgerEntry:
    """Commit that a pull found nothing new, and what its source counted.

    Nothing new is a delta of no rows, also of a source whose snapshots are whole: it withdraws nothing.
    """
    entry = replace(entry, mode="delta", covers=None)
    writer = Writer(lake, entry.file_id, entry.source_name, entry.extract_date, entry.recorded_at, secret)
    try:
        outputs = (Output(entry.feed, 0, 0, 0, 0, 0), *write_total(connection, writer, entry))
        writer.finish()
        done = replace(entry, outputs=outputs)
        commit(lake, done)
    except BaseException:
        writer.discard()
        raise
    return done
