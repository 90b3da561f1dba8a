"""One statement per feed and file: source text to typed records, each with the reason why it is rejected.

Belongs here: the SQL of the temp table `records`, duplicates, findings. Does not belong here: reading files,
writing Parquet (`writing.py`).

The table `records` has `file_line`, `problem` (null, or `reason:column`), every contract column typed and
under its name (personal ones as text), `<ts>_has_time`, pseudonymous keys, comparing keys, `row_hash`,
`out_of_list:<col>`, `unreadable:<col>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.extracts import sql_text as sql
from orchestration.extracts.casting import Cast, cast, moment
from orchestration.extracts.comparison import comparison_sql
from orchestration.extracts.mapping import UNREADABLE
from orchestration.extracts.pseudonyms import Secret, hmac_sql

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary
    from datetime import datetime

    import duckdb

    from orchestration.extracts.contract import Column, Feed
    from orchestration.extracts.mapping import Text
    from orchestration.extracts.profile import Mapping, Profile
    from orchestration.extracts.readers.source import Source

NULL_SIGN = "chr(9216)"
FIELD_SIGN = "chr(31)"


@dataclass(frozen=True)
class Recipe:
    """What makes the records of one feed of a file.

    Attributes:
        feed: the feed.
        profile: for written forms of times and numbers.
        columns: contract column to its mapping.
        texts: contract column to the SQL of its text.
        origin: SQL of the `from` clause and what follows it (folding).
        line, broken: SQL of the line and of the reader's reason.
        typed_cells: texts may be ISO dates written by the reader.
        zone: IANA name of local time.
        secret: of the pseudonyms.
    """

    feed: Feed
    profile: Profile
    columns: Dictionary[str, Mapping]
    texts: Dictionary[str, Text]
    origin: str
    line: str
    broken: str
    typed_cells: bool
    zone: str
    secret: Secret


def _formats(recipe: Recipe, column: Column) -> tuple[str, ...]:
    mapping = recipe.columns.get(column.name)
    default = recipe.profile.timestamp if column.type == "ts" else recipe.profile.date
    formats = (mapping.formats if mapping else ()) or default
    if column.type == "d" and not (mapping and mapping.formats):
        formats = (*formats, *recipe.profile.timestamp)
    if recipe.typed_cells:
        formats = (*formats, "iso")
    return tuple(dict.fromkeys(formats))


def _casts(recipe: Recipe) -> dict[str, Cast]:
    found = {}
    for column in recipe.feed.columns:
        if column.name not in recipe.texts:
            continue
        mapping = recipe.columns.get(column.name)
        number = (mapping.number if mapping else None) or recipe.profile.number
        made = cast(column, _text_name(column.name), _formats(recipe, column), number, recipe.zone)
        text = recipe.texts[column.name]
        # A text of ASCII signs cannot be decoded wrongly.
        found[column.name] = made.decoded() if text.ascii_only and text.coded is None else made
    return found


def _words(recipe: Recipe, column: str) -> bool:
    """Whether a source may write Vietnamese in a column."""
    mapping, of = recipe.columns.get(column), recipe.feed.column(column)
    return bool(mapping and mapping.values) or (of.type == "t" and of.values is None)


def _text_name(column: str) -> str:
    return sql.name(f"text:{column}")


def _sums(texts: Dictionary[str, Text]) -> list[str]:
    return [name for name, text in texts.items() if text.may_be_unreadable]


def _unreadable_name(column: str) -> str:
    return sql.name(f"unreadable:{column}")


def records_sql(recipe: Recipe) -> str:
    """The statement that makes the temp table `records`."""
    feed, texts = recipe.feed, recipe.texts
    casts = _casts(recipe)
    read = [f"{text.read} as {sql.name(name)}" for name, text in texts.items()]
    normal = [
        f"{sql.normal(sql.name(name), ascii_only=text.ascii_only, words=_words(recipe, name))} as {sql.name(name)}"
        for name, text in texts.items()
    ]
    coded = [f"{text.coded or sql.name(name)} as {_text_name(name)}" for name, text in texts.items()]
    coded += [
        f"{sql.name(name)} = {sql.literal(UNREADABLE)} as {_unreadable_name(name)}" for name in _sums(texts)
    ]
    typed = [f"{casts[name].value} as {sql.name(name)}" for name in texts]
    final = _final_columns(recipe, casts)
    return f"""
        create or replace temp table records as
        with cells as (
            select {", ".join([f"{recipe.line} as file_line", f"{recipe.broken} as broken", *read])}
            from {recipe.origin}
        ), normal as (
            select {", ".join(["file_line", "broken", *normal])} from cells
        ), coded as (
            select {", ".join(["file_line", "broken", *coded])} from normal
        ), typed as (
            select {", ".join(["*", *typed])} from coded
        ), defaulted as (
            select {_defaulted(feed, texts)} from typed
        ), keyed as (
            select {", ".join(["*", *_pseudonyms(recipe), *_comparisons(recipe)])} from defaulted
        )
        select {", ".join(final)} from keyed
    """


def _defaulted(feed: Feed, texts: Dictionary[str, Text]) -> str:
    """Select list: a column with a default takes the other column's value where it is null or not delivered."""
    replaced, added = [], []
    for column in feed.columns:
        if column.default and column.default in texts:
            name, default = sql.name(column.name), sql.name(column.default)
            if column.name in texts:
                replaced.append(f"coalesce({name}, {default}) as {name}")
            else:
                added.append(f"{default} as {name}")
    star = f"* replace ({', '.join(replaced)})" if replaced else "*"
    return ", ".join([star, *added])


def _pseudonyms(recipe: Recipe) -> list[str]:
    return [
        f"{hmac_sql(sql.name(column.name), recipe.secret)} as {sql.name(column.pseudonym)}"
        for column in recipe.feed.columns
        if column.pseudonym and column.name in recipe.texts
    ]


def _comparisons(recipe: Recipe) -> list[str]:
    return [
        made
        for column in recipe.feed.columns
        if column.name in recipe.texts
        for made in comparison_sql(column, recipe.texts, recipe.secret)
    ]


def _final_columns(recipe: Recipe, casts: Dictionary[str, Cast]) -> list[str]:
    final = ["file_line", f"{_problem(recipe, casts)} as problem"]
    hashed = []
    for column in recipe.feed.columns:
        name, quoted = column.name, sql.name(column.name)
        present = name in recipe.texts or (column.default in recipe.texts if column.default else False)
        value = quoted if present else f"null::{column.sql_type}"
        if column.pseudonym:
            final.append(
                sql.name(column.pseudonym) if present else f"null::varchar as {sql.name(column.pseudonym)}"
            )
        if column.compared:
            final += [
                sql.name(key) if present else f"null::{kind} as {sql.name(key)}"
                for key, kind in column.compared.raw_columns().items()
            ]
        final.append(f"{value}::{column.sql_type} as {quoted}")
        if column.type == "ts":
            told = casts[name].has_time if name in casts else None
            flag = f"case when {quoted} is not null then {told} end" if told else "null::boolean"
            final.append(f"{flag} as {sql.name(name + '_has_time')}")
        if name in casts and column.values is not None and not column.required:
            final.append(
                f"({_text_name(name)} is not null and {quoted} is null) as {sql.name('out_of_list:' + name)}"
            )
        if name in _sums(recipe.texts):
            final.append(_unreadable_name(name))
        hashed.append(_hash_part(column, casts) if present else NULL_SIGN)
    final.append(f"md5(concat_ws({FIELD_SIGN}, {', '.join(hashed)})) as row_hash")
    return final


def _hash_part(column: Column, casts: Dictionary[str, Cast]) -> str:
    """Canonical text of a value; a personal value stands as its pseudonym or not at all."""
    if column.personal:
        return sql.name(column.pseudonym) if column.pseudonym else NULL_SIGN
    value = sql.name(column.name)
    if column.type == "ts" and column.name in casts:
        told = casts[column.name].has_time
        return (
            f"coalesce(case when {told} then {value}::varchar else {value}::date::varchar end, {NULL_SIGN})"
        )
    return f"coalesce({value}::varchar, {NULL_SIGN})"


def _problem(recipe: Recipe, casts: Dictionary[str, Cast]) -> str:
    """The first thing wrong with a record: the reader's reason, then column by column in contract order."""
    whens = ["when broken is not null then broken || ':'"]
    for column in recipe.feed.columns:
        if column.name not in casts:
            continue
        text, value = _text_name(column.name), sql.name(column.name)
        if column.required:
            whens.append(f"when {text} is null then 'missing_required:{column.name}'")
        whens += [
            f"when {condition.replace('{value}', value)} then '{reason}:{column.name}'"
            for condition, reason in casts[column.name].problems
        ]
    return f"case {' '.join(whens)} end"


def mark_duplicates(connection: duckdb.DuckDBPyConnection, feed: Feed) -> int:
    """Reject the later ones of records that are the same version of the same key.

    The same key with another `updated_at` is another version of the record, and no duplicate.

    Returns:
        Number of records rejected.
    """
    keys = [sql.name(column.pseudonym or column.name) if column.personal else sql.name(column.name)
            for column in feed.columns if column.key]  # fmt: skip
    if any(column.name == "updated_at" for column in feed.columns):
        keys.append("updated_at")
    by = ", ".join(keys)
    twice = f"select {by} from records where problem is null group by {by} having count(*) > 1"
    found = connection.execute(f"select count(*) from ({twice})").fetchone()
    if not found or not found[0]:
        return 0
    first_key = next(column.name for column in feed.columns if column.key)
    same = " and ".join(f"records.{key} is not distinct from twice.{key}" for key in keys)
    connection.execute(
        f"""
        update records set problem = 'duplicate_in_file:{first_key}'
        from (
            select rowid as id, row_number() over (partition by {by} order by file_line) as place
            from records where problem is null and exists (select 1 from ({twice}) as twice where {same})
        ) as placed
        where records.rowid = placed.id and placed.place > 1
        """
    )
    counted = connection.execute(
        "select count(*) from records where problem like 'duplicate_in_file:%'"
    ).fetchone()
    return int(counted[0]) if counted else 0


def findings(
    connection: duckdb.DuckDBPyConnection, recipe: Recipe, source: Source, recorded_at: datetime
) -> dict[str, int]:
    """Counts of accepted records (or lines) by finding; findings that never occur are left out."""
    feed, profile = recipe.feed, recipe.profile
    counts = {}
    happened = [column.name for column in feed.columns if column.happened and column.name in recipe.texts]
    if happened:
        latest = f"timestamp '{recorded_at:%Y-%m-%d %H:%M:%S.%f}'"
        counts["future_dated"] = " or ".join(f"{sql.name(name)} > {latest}" for name in happened)
    for column in feed.columns:
        if column.values is not None and not column.required and column.name in recipe.texts:
            counts[f"out_of_list:{column.name}"] = sql.name(f"out_of_list:{column.name}")
    for name in _sums(recipe.texts):
        counts[f"unreadable_amount:{name}"] = _unreadable_name(name)
    if feed.name == profile.feed:
        for name, rule in profile.findings.items():
            if rule.over == "records" and rule.left in recipe.texts and rule.right in recipe.texts:
                counts[name] = f"{sql.name(rule.left)} {rule.operator} {sql.name(rule.right)}"
    found = _counted(connection, "records where problem is null", counts)
    if feed.name == profile.feed:
        found |= _line_findings(connection, profile, source, recipe.zone)
    return {name: count for name, count in found.items() if count}


def _counted(connection: duckdb.DuckDBPyConnection, origin: str, counts: dict[str, str]) -> dict[str, int]:
    if not counts:
        return {}
    selected = ", ".join(f"count(*) filter ({condition})" for condition in counts.values())
    row = connection.execute(f"select {selected} from {origin}").fetchone()
    return dict(zip(counts, row or (), strict=True))


def _line_findings(
    connection: duckdb.DuckDBPyConnection, profile: Profile, source: Source, zone: str
) -> dict[str, int]:
    counts = {}
    for name, rule in profile.findings.items():
        left, right = source.expression(rule.left), source.expression(rule.right)
        if rule.over == "lines" and left and right:
            sides = [moment(f"({sql.clean(side)})", profile.timestamp, zone) for side in (left, right)]
            counts[name] = f"{sides[0]} {rule.operator} {sides[1]}"
    return _counted(connection, source.relation, counts)
