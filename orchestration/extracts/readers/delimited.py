"""CSV and TSV: numbered lines to fields.

Belongs here: finding the delimiter and the header, joining lines of quoted fields, splitting. Does not
belong here: what a field means.

Why not the engine's own CSV reader: it passes over blank lines without counting them and loses text around
mixed line ends; here every line must be accounted for under its own number.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.readers.clean_delimited import HELD, Clean, read_clean
from orchestration.extracts.readers.lines import first_lines, load_lines
from orchestration.extracts.readers.source import Source, folded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from orchestration.extracts.profile import FileFormat

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 30
LONGEST_RECORD = 1000
"""Lines a quoted field may span before its opening quotation mark is taken for a mistake."""


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _header(
    first: Sequence[tuple[int, str]], wanted: Sequence[Sequence[str]], delimiter: str | None
) -> tuple[int, str, list[str]]:
    """Line, delimiter and headings: the first line that has all that is wanted, else the first line."""
    candidates = (delimiter,) if delimiter else DELIMITERS
    for line, text in first:
        for mark in candidates:
            names = _split(text, mark)
            known = {folded(name) for name in names}
            if wanted and all(any(folded(name) in known for name in names_of) for names_of in wanted):
                return line, mark, names
    line, text = first[0]
    best = max(candidates, key=lambda mark: len(_split(text, mark)))
    return line, best, _split(text, best)


def _unclosed(text: str, delimiter: str) -> str:
    """SQL: read from the start of a field, the text ends inside a quoted field."""
    d = "\\t" if delimiter == "\t" else f"\\{delimiter}"
    field = rf'"(?:[^"]|"")*"(?:[^"{d}][^{d}]*)?|[^"{d}][^{d}]*|'
    return f"not regexp_full_match({text}, {sql.literal(f'(?s)(?:{field})(?:{d}(?:{field}))*')})"


def _join_quoted(connection: duckdb.DuckDBPyConnection, delimiter: str, header: int) -> None:
    """Join lines that a quoted field spans.

    Each line maps the state before it (inside a quoted field or not) to the state after it; a line sets the
    state, turns it, or leaves it. So the state before any line follows from the last line that set it and
    the number of turns since: window functions, no loop.
    """
    opened = _unclosed("'\"' || text", delimiter)
    connection.execute(
        f"""
        create or replace temp table lines as
        with effects as (
            select line, text,
                case when contains(text, '"') then {_unclosed("text", delimiter)} else false end as after_out,
                case when contains(text, '"') then {opened} else true end as after_in
            from lines
            where line > {header}
        ), steps as (
            select *,
                case when after_out = after_in then after_out end as sets,
                (after_out and not after_in)::int as turns
            from effects
        ), summed as (
            select *,
                coalesce(max(case when sets is not null then line end) over before, -1) as set_line,
                coalesce(sum(turns) over before, 0) as turned
            from steps
            window before as (order by line rows between unbounded preceding and 1 preceding)
        ), states as (
            select summed.line, summed.text, summed.after_out, summed.after_in,
                (coalesce(setter.sets, false)::int + summed.turned - coalesce(setter.turned, 0)) % 2 = 1 as inside
            from summed left join summed as setter on setter.line = summed.set_line
        ), numbered as (
            select *, sum((not inside)::int) over (order by line rows unbounded preceding) as record
            from states
        )
        select min(line) as line, string_agg(text, chr(10) order by line) as text, count(*) as spans,
            arg_max(case when inside then after_in else after_out end, line) as open_end
        from numbered group by record order by 1
        """
    )
    odd = connection.execute(
        f"select min(line) from lines where open_end or spans > {LONGEST_RECORD}"
    ).fetchone()
    if odd and odd[0] is not None:
        raise BrokenFileError(
            f"a quotation mark opened in line {odd[0]} that is never closed",
            "quoted fields that end",
            "Mend the line in the source, or export without quotation marks.",
        )


def _fields(delimiter: str, *, quoted: bool) -> str:
    split = f"string_split(text, {sql.literal(delimiter)})"
    if not quoted:
        return split
    d = "\\t" if delimiter == "\t" else f"\\{delimiter}"
    pattern = rf'(?s)("(?:[^"]|"")*"(?:[^"{d}][^{d}]*)?|[^"{d}][^{d}]*|){d}'
    found = f"regexp_extract_all(text || {sql.literal(delimiter)}, {sql.literal(pattern)}, 1)"
    unquoted = (
        "case when starts_with(item, '\"') and ends_with(item, '\"') and length(item) > 1 "
        "then replace(item[2:-2], '\"\"', '\"') else item end"
    )
    return f"case when contains(text, '\"') then list_transform({found}, lambda item: {unquoted}) else {split} end"


def read_delimited(
    connection: duckdb.DuckDBPyConnection, path: Path, form: FileFormat, wanted: Sequence[Sequence[str]]
) -> Source:
    """Read a CSV file.

    Args:
        connection: gets the temp table `lines` and the view `source`.
        path: file, compressed or not.
        form: what the profile says of it.
        wanted: for each required column its possible headings.

    Raises:
        BrokenFileError: undecodable, no header, a quotation mark without end, a heading that stands twice.
    """

    def header_of(first: list[tuple[int, str]]) -> tuple[int, str, list[str]]:
        return _header(first, wanted, form.delimiter)

    clean = read_clean(connection, path, form.encoding, header_of, HEADER_WITHIN)
    if clean is not None:
        return _clean_source(connection, clean, wanted)
    total, plain = load_lines(connection, path, form.encoding)
    first = first_lines(connection, HEADER_WITHIN)
    if not first:
        raise BrokenFileError("an empty file", "a header line", "Deliver it again, with its header line.")
    header, delimiter, headings = header_of(first)
    quoted = bool(
        connection.execute(
            "select bool_or(contains(text, '\"')) from lines where line > ?", [header]
        ).fetchone()[0]  # type: ignore[index]
    )
    if quoted:
        _join_quoted(connection, delimiter, header)
    blank = sql.blank("text", delimiter)
    width = len(headings)
    connection.execute(
        f"""
        create or replace temp view source as
        select line, text, cells, case when len(cells) <> {width} then 'wrong_width' end as broken
        from (select line, text, {_fields(delimiter, quoted=quoted)} as cells from lines
              where line > {header} and not {blank})
        """
    )
    records = connection.execute(
        f"select count(*) from lines where line > {header} and not {blank}"
    ).fetchone()
    return Source(
        relation="source",
        lines=total,
        skipped=total - int(records[0]),  # type: ignore[index]
        names=tuple(name.strip() for name in headings),
        expressions=_expressions(headings, wanted, "cells[{}]"),
        raw="text",
        plain=plain,
    )


def _clean_source(
    connection: duckdb.DuckDBPyConnection, clean: Clean, wanted: Sequence[Sequence[str]]
) -> Source:
    connection.execute(f"create or replace temp view source as select *, null::varchar as broken from {HELD}")
    cells = ", ".join(f"c{place}" for place in range(1, len(clean.headings) + 1))
    return Source(
        relation="source",
        lines=clean.lines,
        skipped=1,
        names=tuple(name.strip() for name in clean.headings),
        expressions=_expressions(clean.headings, wanted, "c{}"),
        raw=f"concat_ws({sql.literal(clean.delimiter)}, {cells})",
        plain=clean.seen.plain,
        ascii_only=clean.seen.ascii_only,
    )


def _expressions(headings: Sequence[str], wanted: Sequence[Sequence[str]], cell: str) -> dict[str, str]:
    found: dict[str, str] = {}
    needed = {folded(name) for names in wanted for name in names}
    for position, heading in enumerate(headings, start=1):
        key = folded(heading)
        if key in found and key in needed:
            raise BrokenFileError(
                f"the heading {heading.strip()} twice",
                "each heading once",
                "Take the wrong column out of the export.",
            )
        found.setdefault(key, cell.format(position))
    return found
