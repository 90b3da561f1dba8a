"""From the columns of a source to the columns of the contract, as SQL over text.

Belongs here: what a profile's mapping means, which source columns it needs, and what a file lacks or has
beyond it. Does not belong here: types (`casting.py`), reading files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.profile import Mapping, Profile
from orchestration.extracts.readers.json_lines import Paths
from orchestration.extracts.readers.source import Source, folded

if TYPE_CHECKING:
    from orchestration.extracts.contract import Feed

Resolve = Callable[[str, str], "str | None"]
"""Name of a source column and `first` or `last` (for folded lines) to its SQL, or None where it is absent."""

PARENT = "^"
"""Marks the name of a source column as one of the parent object."""

UNREADABLE = "(unreadable)"
"""Stands for a sum of which an amount cannot be read, until the sum is null and the record counted."""

LISTED = 12
"""Headings listed in a message; a longer list says how many more there are."""


def mappings(profile: Profile, feed: Feed) -> dict[str, Mapping]:
    """Contract column to its origin; a canonical source has every column under its own name."""
    if profile.columns is not None:
        return profile.columns
    return {column.name: Mapping(sources=(column.name,)) for column in feed.columns}


def _named(mapping: Mapping) -> list[str]:
    """Source columns a mapping reads one value of."""
    return [*mapping.sources, *(choice.column for choice in mapping.choose)]


def wanted_headings(profile: Profile, feed: Feed) -> list[tuple[str, ...]]:
    """For each required column, the headings one of which must stand in the file."""
    found: list[tuple[str, ...]] = []
    for name, mapping in mappings(profile, feed).items():
        if feed.column(name).required:
            found += [mapping.sources] if mapping.sources else []
            found += [(choice.column,) for choice in mapping.choose]
    if profile.fold:
        found.append((profile.fold.key,))
    return found


def known_headings(profile: Profile, feed: Feed) -> list[str]:
    """Every source column that the profile names, to be read or to be ignored."""
    named = [name for mapping in mappings(profile, feed).values() for name in _named(mapping)]
    if profile.fold:
        named += [profile.fold.key, *([profile.fold.order_by] if profile.fold.order_by else [])]
    for comparison in profile.findings.values():
        if comparison.over == "lines":
            named += [comparison.left, comparison.right]
    return [*named, *profile.ignored]


def json_paths(profile: Profile, feed: Feed) -> Paths:
    """What the profile reads of a JSON object."""
    paths = Paths(values={name for mapping in mappings(profile, feed).values() for name in _named(mapping)})
    for child in profile.children:
        fields = paths.lists.setdefault(child.each, set())
        for mapping in child.columns.values():
            fields.update(_named(mapping))
            if mapping.parent:
                paths.values.add(mapping.parent)
    for mapping in mappings(profile, feed).values():
        listed = mapping.count or mapping.any_of
        if mapping.sum_of:
            listed, summed = mapping.sum_of.rsplit(".", 1)
            paths.lists.setdefault(listed, set()).add(summed)
        if listed:
            paths.lists.setdefault(listed, set()).update(mapping.where)
    return paths


@dataclass(frozen=True)
class Text:
    """SQL of a contract column's text in two steps, so that the engine computes each once.

    Attributes:
        read: over the source: the trimmed text.
        coded: over the column read, by then in NFC and null where empty: nulls and codes applied, or None where
            there are none.
        ascii_only: it has no signs but those of ASCII.
        may_be_unreadable: the text may be `UNREADABLE`.
    """

    read: str
    coded: str | None = None
    ascii_only: bool = False
    may_be_unreadable: bool = False


def text_of(
    name: str, mapping: Mapping, resolve: Resolve, suffix: str | None, nulls: tuple[str, ...], source: Source
) -> Text | None:
    """The text of one contract column, or None where the file has no source for it.

    Args:
        name: the contract column.
        mapping: its origin.
        resolve: gives the SQL of a source column.
        suffix: part of the source folder's name after `__`.
        nulls: texts that mean nothing in the whole file.
        source: says what occurs in the file.
    """
    if mapping.constant is not None:
        return Text(sql.literal(mapping.constant))
    if mapping.source_suffix:
        return Text(sql.literal(suffix)) if suffix else None
    if mapping.choose:
        chosen = _choice(mapping, resolve)
        return Text(chosen) if chosen else None
    if mapping.count or mapping.any_of or mapping.sum_of:
        return _of_list(name, mapping, resolve)
    for source_name in (PARENT + mapping.parent,) if mapping.parent else mapping.sources:
        found = resolve(source_name, mapping.take)
        if found is not None:
            return Text(
                sql.trimmed(found, plain=source.plain),
                _coded(mapping, sql.name(name), (*nulls, *mapping.nulls)),
                source.ascii_only,
            )
    return None


def _coded(mapping: Mapping, text: str, nulls: tuple[str, ...]) -> str | None:
    """Nulls and codes applied to a text; codes are compared without regard to case."""
    whens = [f"when {text} is null then null"]
    if nulls:
        whens.append(f"when {text} in ({sql.literals(nulls)}) then null")
    for key, value in (mapping.values or {}).items():
        whens.append(f"when lower({text}) = {sql.literal(folded(key))} then {sql.literal(value)}")
    if len(whens) == 1:
        return None
    other = sql.literal(mapping.other) if mapping.other is not None else text
    return f"case {' '.join(whens)} else {other} end"


def _choice(mapping: Mapping, resolve: Resolve) -> str | None:
    whens = []
    for choice in mapping.choose:
        found = resolve(choice.column, mapping.take)
        if found is None:
            return None
        whens.append(
            f"when {sql.clean(found)} is {'not ' if choice.present else ''}null then {sql.literal(choice.value)}"
        )
    otherwise = sql.literal(mapping.otherwise) if mapping.otherwise is not None else "null"
    return f"case {' '.join(whens)} else {otherwise} end"


def _of_list(name: str, mapping: Mapping, resolve: Resolve) -> Text | None:
    """The text of what is counted, found or summed in a list."""
    listed = _over_list(mapping, resolve)
    if listed is None or not mapping.sum_of:
        return Text(listed) if listed else None
    return Text(listed, f"nullif({sql.name(name)}, {sql.literal(UNREADABLE)})", may_be_unreadable=True)


def _over_list(mapping: Mapping, resolve: Resolve) -> str | None:
    listed, summed = mapping.count or mapping.any_of or "", ""
    if mapping.sum_of:
        listed, summed = mapping.sum_of.rsplit(".", 1)
    found = resolve(listed, "first")
    if found is None:
        return None
    if mapping.where:
        tests = " and ".join(
            f"item[{sql.literal(key)}] = {sql.literal(value)}" for key, value in mapping.where.items()
        )
        found = f"list_filter({found}, lambda item: {tests})"
    if mapping.count:
        return f"len({found})::varchar"
    if mapping.any_of:
        return f"(len({found}) > 0)::varchar"
    written = f"nullif(trim(item[{sql.literal(summed)}]), '')"
    amounts = f"list_transform({found}, lambda item: try_cast({written} as decimal(18,4)))"
    stated = f"list_count(list_transform({found}, lambda item: {written}))"
    return (
        f"case when len({found}) = 0 then '0' when list_count({amounts}) < {stated} then {sql.literal(UNREADABLE)} "
        f"else list_sum({amounts})::varchar end"
    )


@dataclass(frozen=True)
class Fit:
    """How a file fits its profile: the text of each contract column, and what people should know."""

    texts: dict[str, Text]
    warnings: tuple[str, ...]


def fit(
    profile: Profile,
    feed: Feed,
    columns: dict[str, Mapping],
    source: Source,
    resolve: Resolve,
    suffix: str | None,
) -> Fit:
    """Match a file's columns with the contract's.

    Raises:
        BrokenFileError: a required column has no source in the file.
    """
    texts: dict[str, Text] = {}
    lacking = []
    for name, mapping in columns.items():
        text = text_of(name, mapping, resolve, suffix, profile.nulls, source)
        if text is not None:
            texts[name] = text
        elif feed.column(name).required:
            raise _missing(feed, name, mapping, source)
        else:
            lacking.append(name)
    return Fit(texts, _lacking(feed, lacking))


def _lacking(feed: Feed, lacking: list[str]) -> tuple[str, ...]:
    optional = [name for name in lacking if name != "deleted_at"]
    return (f"{feed.name}: no column for {', '.join(optional)}; these stay empty",) if optional else ()


def _missing(feed: Feed, name: str, mapping: Mapping, source: Source) -> BrokenFileError:
    if mapping.source_suffix:
        return BrokenFileError(
            "a source folder whose name has no part after __",
            f"<profile>__<{name}>",
            "Rename the folder, for example one_stop_register__H28.150.1.",
            name,
        )
    asked = " or ".join(_named(mapping)) or mapping.count or mapping.any_of or mapping.sum_of or name
    return BrokenFileError(
        found_headings(feed, source, asked),
        f"a column {asked}",
        "Deliver the column, or name it as the source does in the profile.",
        name,
    )


def found_headings(feed: Feed, source: Source, asked: str) -> str:
    """The headings of a file, unless its first line looks like a record: that may hold names of people."""
    names = {folded(column.name) for column in feed.columns} | {folded(asked)}
    alike = any(folded(name) in names for name in source.names)
    doubtful = any(sum(sign.isdigit() for sign in name) > 4 for name in source.names)
    if doubtful and not alike:
        return f"{len(source.names)} columns without headings"
    return f"the columns {_some(source.names)}"


def _some(names: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(names[:LISTED])
    return f"{shown} and {len(names) - LISTED} more" if len(names) > LISTED else shown or "(none)"


def extra_columns(profile: Profile, feed: Feed, source: Source, paths: Paths | None) -> tuple[str, ...]:
    """A warning that lists the columns nobody asked for."""
    known = {folded(name) for name in known_headings(profile, feed)}
    if paths is not None:
        known |= {folded(path.split(".")[0]) for path in [*paths.values, *paths.lists]}
    extra = [name for name in source.names if name and folded(name) not in known]
    return (f"columns not used: {', '.join(sorted(extra))}",) if extra else ()
