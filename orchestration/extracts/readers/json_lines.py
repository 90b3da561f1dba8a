"""JSON lines and JSON documents: each object parsed once, into the paths that the profile reads.

Belongs here: finding the objects and parsing them. Does not belong here: what a field means.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.lines import first_lines, load_lines, whole_text
from orchestration.extracts.readers.source import Source, folded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestration.extracts.profile import FileFormat

SAMPLE = 1000


@dataclass
class Paths:
    """The paths a profile reads: single values, and lists of objects with the fields read of each."""

    values: set[str] = field(default_factory=set)
    lists: dict[str, set[str]] = field(default_factory=dict)


def _structure(paths: Paths, keys: dict[str, str]) -> dict[str, Any]:
    """The structure that the parser fills; top-level keys as the file writes them."""
    top: dict[str, Any] = {}

    def place(path: str, leaf: Any) -> None:
        first, _, rest = path.partition(".")
        _place(top, ".".join(filter(None, (keys.get(folded(first), first), rest))), leaf)

    for path, fields in sorted(paths.lists.items()):
        item: dict[str, Any] = {}
        for inner in sorted(fields) or ["_"]:
            _place(item, inner, "VARCHAR")
        place(path, [item])
    for path in sorted(paths.values):
        place(path, "VARCHAR")
    return top


def _place(top: dict[str, Any], path: str, leaf: Any) -> None:
    """Put a leaf where a path leads; what is read as an object is not read as text too."""
    parts = path.split(".")
    here = top
    for part in parts[:-1]:
        below = here.setdefault(part, {})
        if not isinstance(below, dict):
            below = here[part] = {}
        here = below
    here.setdefault(parts[-1], leaf)


def item_access(path: str) -> str:
    """SQL of a path of `item`, an element of a list."""
    return "item" + "".join(f"[{sql.literal(part)}]" for part in path.split("."))


def _access(path: str, keys: dict[str, str]) -> str:
    parts = path.split(".")
    parts[0] = keys.get(folded(parts[0]), parts[0])
    return "object" + "".join(f"[{sql.literal(part)}]" for part in parts)


def _document(connection: duckdb.DuckDBPyConnection, path: Path, form: FileFormat) -> int:
    """Make `lines` of a JSON document: one line per element of its list of records."""
    text = whole_text(path, form.encoding)
    steps = "".join(f'."{part}"' for part in (form.records or "").split(".") if part)
    try:
        kind = connection.execute("select json_type(?, ?)", [text, f"${steps}"]).fetchone()
    except duckdb.Error as error:
        raise _no_json() from error
    if kind is None or kind[0] not in ("ARRAY", "OBJECT"):
        raise BrokenFileError(
            "a JSON document without a list of records" + (f" at {form.records}" if form.records else ""),
            "a list of objects",
            "Name the path of the list in the profile (format: records).",
        )
    found = f"${steps}[*]" if kind[0] == "ARRAY" else f"${steps}"
    listed = "unnest(json_extract(?, ?))" if kind[0] == "ARRAY" else "json_extract(?, ?)"
    connection.execute(
        "create or replace temp table lines as select row_number() over () as line, text::varchar as text "
        f"from (select {listed} as text)",
        [text, found],
    )
    return int(connection.execute("select count(*) from lines").fetchone()[0])  # type: ignore[index]


def _no_json() -> BrokenFileError:
    return BrokenFileError(
        "no JSON",
        "JSON lines, or one JSON document",
        "Deliver it again; it may have been cut off on the way.",
    )


def _is_document(connection: duckdb.DuckDBPyConnection) -> bool:
    """The first filled line is not an object by itself."""
    first = first_lines(connection, 1)
    text = first[0][1].lstrip() if first else ""
    if text.startswith("["):
        return True
    if not text.startswith("{"):
        return False
    try:
        json.loads(text)
    except ValueError:
        second = connection.execute(
            "select count(*) filter (starts_with(ltrim(text), '{')), count(*) from lines where text <> ''"
        ).fetchone()
        return second is not None and second[0] * 2 < second[1] + 1
    return False


def _keys(connection: duckdb.DuckDBPyConnection, needed: Iterable[str]) -> dict[str, str]:
    """Folded top-level key to key, of a sample; of all lines where a needed key is not in the sample."""
    for limit in (f"limit {SAMPLE}", ""):
        rows = connection.execute(
            f"select distinct unnest(json_keys(text)) from (select text from lines "
            f"where case when json_valid(text) then json_type(text) = 'OBJECT' end {limit})"
        ).fetchall()
        keys = {folded(row[0]): row[0] for row in rows}
        if all(folded(path.split(".")[0]) in keys for path in needed):
            break
    return keys


def read_json(
    connection: duckdb.DuckDBPyConnection, path: Path, form: FileFormat, paths: Paths, required: Iterable[str]
) -> Source:
    """Read a JSON file.

    Args:
        connection: gets the temp tables `lines` and `source`.
        path: file, compressed or not.
        form: what the profile says of it.
        paths: what the profile reads.
        required: paths without which the file is broken.

    Raises:
        BrokenFileError: undecodable, or no JSON.
    """
    total, plain = (0, False) if form.records else load_lines(connection, path, form.encoding)
    if form.records or _is_document(connection):
        total, plain = _document(connection, path, form), False
    blank = sql.blank("text")
    needed = list(required)
    keys = _keys(connection, needed)
    structure = sql.literal(json.dumps(_structure(paths, keys), ensure_ascii=False))
    simple = (
        f"select line, null::varchar as broken, json_transform(text, {structure}) as object "
        f"from lines where not {blank}"
    )
    # An object is read once; only a file with a line that is none pays for the check of every line.
    guarded = (
        "select line, case when not is_object then 'wrong_width' end as broken, "
        f"json_transform(case when is_object then text else '{{}}' end, {structure}) as object from "
        "(select line, text, coalesce(case when json_valid(text) then json_type(text) = 'OBJECT' end, false) "
        f"as is_object from lines where not {blank})"
    )
    try:
        connection.execute(f"create or replace temp table source as {simple}")
        odd = connection.execute("select count(*) from source where object is null").fetchone()
        damaged = odd is not None and odd[0] > 0
    except duckdb.InvalidInputException:
        damaged = True
    if damaged:
        connection.execute(f"create or replace temp table source as {guarded}")
    counted = connection.execute("select count(*), count(broken) from source").fetchone()
    records, broken = counted or (0, 0)
    if records and records == broken:
        raise _no_json()
    absent = {path for path in needed if folded(path.split(".")[0]) not in keys}
    present = {path: _access(path, keys) for path in [*paths.values, *paths.lists] if path not in absent}
    return Source(
        relation="source",
        lines=total,
        skipped=total - int(records),
        names=tuple(keys.values()),
        expressions={folded(path): expression for path, expression in present.items()},
        raw="(select text from lines where lines.line = source.line)",
        plain=plain,
    )
