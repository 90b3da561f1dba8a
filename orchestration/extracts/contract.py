"""The contract of the feeds: which columns a record has, of which type, and what is required.

Belongs here: reading `feeds.yml` into typed objects. Does not belong here: how a source names its columns
(`profile.py`), how a file is read, what happens to a record that breaks the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT_FILE = Path(__file__).with_name("feeds.yml")
SQL_TYPES = {
    "t": "varchar",
    "ts": "timestamp",
    "d": "date",
    "b": "boolean",
    "i": "bigint",
    "n": "decimal(18,4)",
    "w": "decimal(18,8)",
}
LINEAGE_COLUMNS = {
    "source_name": "varchar",
    "file_id": "varchar",
    "file_line": "bigint",
    "row_hash": "varchar",
    "extract_date": "date",
    "recorded_at": "timestamp",
}
"""Columns that raw adds to every row: who delivered it, where it stood, what it said, when it was known."""


@dataclass(frozen=True)
class Compared:
    """How a personal column is compared between records without its value.

    Attributes:
        key: name of the key that raw holds.
        form: `text` or `phone`.
        placeholder: name of the flag that raw holds for values that mean "unknown", or None.
        only_where: other columns with the values of which one must stand there.
    """

    key: str
    form: str = "text"
    placeholder: str | None = None
    only_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def raw_columns(self) -> dict[str, str]:
        """The columns of raw, name to SQL type."""
        flag = {self.placeholder: "boolean"} if self.placeholder else {}
        return {self.key: "varchar"} | flag


@dataclass(frozen=True)
class Column:
    """One column of a feed.

    Attributes:
        name: name in the contract.
        type: one of `SQL_TYPES`.
        required: a record without it is quarantined.
        key: part of the record's key.
        personal: goes to the restricted zone, never to raw or marts.
        values: the closed list of values, or None.
        pseudonym: name of the pseudonymous key that raw holds for it, or None.
        default: column whose value it takes where it is null, or None.
        happened: it tells what has happened: later than the recorded moment it is counted as `future_dated`.
        compared: how a personal column is compared between records, or None.
    """

    name: str
    type: str
    required: bool = False
    key: bool = False
    personal: bool = False
    values: tuple[str | int, ...] | None = None
    pseudonym: str | None = None
    default: str | None = None
    happened: bool = False
    compared: Compared | None = None

    @property
    def sql_type(self) -> str:
        """Type of the column in raw."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Feed:
    """A stream of records of one kind."""

    name: str
    family: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Key columns as raw names them: a personal key stands as its pseudonym."""
        return tuple(
            column.pseudonym if column.personal and column.pseudonym else column.name
            for column in self.columns
            if column.key
        )

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)

    def raw_columns(self) -> dict[str, str]:
        """Columns of raw in order, name to SQL type: no personal ones, with flags and lineage."""
        raw: dict[str, str] = {}
        for column in self.columns:
            if column.pseudonym:
                raw[column.pseudonym] = "varchar"
            if column.compared:
                raw |= column.compared.raw_columns()
            if column.personal:
                continue
            raw[column.name] = column.sql_type
            if column.type == "ts":
                raw[f"{column.name}_has_time"] = "boolean"
        return raw | LINEAGE_COLUMNS


def _column(name: str, spec: list[Any]) -> Column:
    flags = {flag for flag in spec[1:] if isinstance(flag, str)}
    options: dict[str, Any] = {}
    for option in spec[1:]:
        if isinstance(option, dict):
            options |= option
    values = options.get("in")
    return Column(
        name=name,
        type=spec[0],
        required="required" in flags,
        key="key" in flags,
        personal="personal" in flags,
        values=tuple(values) if values else None,
        pseudonym=options.get("pseudonym"),
        default=options.get("default"),
        happened="happened" in flags,
        compared=_compared(options),
    )


def _compared(options: dict[str, Any]) -> Compared | None:
    if "compared_as" not in options:
        return None
    return Compared(
        key=options["compared_as"],
        form=options.get("form", "text"),
        placeholder=options.get("placeholder"),
        only_where={name: tuple(values) for name, values in options.get("only_where", {}).items()},
    )


@cache
def feeds() -> dict[str, Feed]:
    """All feeds of the contract by name, each with the optional `deleted_at`."""
    document = yaml.load(CONTRACT_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {
        name: Feed(
            name,
            spec["family"],
            (
                *(_column(column, column_spec) for column, column_spec in spec["columns"].items()),
                Column("deleted_at", "ts", happened=True),
            ),
        )
        for name, spec in document.items()
    }
