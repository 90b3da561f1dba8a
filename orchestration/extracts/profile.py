"""Profiles: how a source names, writes and codes what the contract of a feed asks for.

Belongs here: the objects of a profile and the search for the profile of a source. Does not belong here: the
checks of the YAML (`profile_rules.py`), reading extracts, SQL. The language is described in
`docs/profiles.md`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.extracts.contract import feeds
from orchestration.extracts.yaml_marks import Marked, ProfileError, load_marked, merge

PROFILES = Path(__file__).with_name("profiles")
CANONICAL = "canonical"
RHYTHMS = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366, "irregular": None}
"""Name of a rhythm to the days after which the next delivery is expected."""


@dataclass(frozen=True)
class NumberFormat:
    """Signs of a written number: `336.418,5` has thousands `.` and decimal `,`."""

    thousands: str = ""
    decimal: str = "."


@dataclass(frozen=True)
class Choice:
    """One rule of `choose`: the value where a source column holds something, or holds nothing."""

    column: str
    present: bool
    value: str


@dataclass(frozen=True)
class Mapping:
    """Where the value of one contract column comes from. Exactly one origin is set.

    Attributes:
        sources: names in the source, the first that exists is read; JSON paths use dots.
        constant: a fixed value.
        source_suffix: the part of the source folder's name after `__`.
        parent: a path of the parent object (child feeds only).
        count, any_of, sum_of: a nested list to count, to find anything in, or `list.field` to sum.
        where: for lists: field to the value an element must have.
        choose: presence rules in order; `otherwise` where none applies.
        values: source value to contract value; `other` for values not listed.
        formats: how times and dates are written; empty means the profile's default.
        number: how numbers are written; None means the profile's default.
        nulls: texts that mean nothing.
        take: with folding, the value of the `first` or the `last` line.
    """

    sources: tuple[str, ...] = ()
    constant: str | None = None
    source_suffix: bool = False
    parent: str | None = None
    count: str | None = None
    any_of: str | None = None
    sum_of: str | None = None
    where: dict[str, str] = field(default_factory=dict)
    choose: tuple[Choice, ...] = ()
    otherwise: str | None = None
    values: dict[str, str] | None = None
    other: str | None = None
    formats: tuple[str, ...] = ()
    number: NumberFormat | None = None
    nulls: tuple[str, ...] = ()
    take: str = "first"


@dataclass(frozen=True)
class FileFormat:
    """How the file is built; None means: found out from its name and first bytes.

    Attributes:
        kind: csv, json, excel or parquet.
        delimiter: of a CSV file.
        encoding: of a text file.
        sheet: name of the sheet of a workbook.
        records: path of the list of records inside a JSON document.
        header_rows: most rows a table header of a sheet spans.
        skip_rows: patterns; a sheet row whose first filled cell matches is no record (totals, signatures).
        end_at: patterns; such a row and all below it are no records.
    """

    kind: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    records: str | None = None
    header_rows: int = 4
    skip_rows: tuple[str, ...] = ()
    end_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fold:
    """Many lines make one record: lines of equal `key`, put in order by `order_by`, then line."""

    key: str
    order_by: str | None = None


@dataclass(frozen=True)
class Comparison:
    """A named comparison whose hits are counted: `left operator right`, over lines or records."""

    left: str
    operator: str
    right: str
    over: str


@dataclass(frozen=True)
class Child:
    """A further feed held in a nested list of each record."""

    feed: str
    each: str
    columns: dict[str, Mapping]


@dataclass(frozen=True)
class Profile:
    """A checked profile.

    Attributes:
        name: file name without ending, or `canonical`.
        digest: first 12 hex digits of the hash of its resolved content.
        feed: the feed it delivers.
        columns: contract column to its origin; None (canonical) means every column by its own name.
        timestamp, date: how times and dates are written unless a column says otherwise.
        ignored: source columns known and not wanted: not listed in warnings.
        covers: canonical JSON of what a snapshot covers, or None.
        rhythm, grace_days: when the next delivery is expected.
        expects: whom it delivers for, by kind (`agencies`); the audit names those of whom nothing came.
        national_copy: what the national portal holds of the province's dossiers: compared, never counted.
    """

    name: str
    digest: str
    feed: str
    description: str = ""
    file: FileFormat = FileFormat()
    columns: dict[str, Mapping] | None = None
    timestamp: tuple[str, ...] = ("iso",)
    date: tuple[str, ...] = ("iso",)
    number: NumberFormat = NumberFormat()
    nulls: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    children: tuple[Child, ...] = ()
    fold: Fold | None = None
    findings: dict[str, Comparison] = field(default_factory=dict)
    mode: str = "delta"
    covers: str | None = None
    rhythm: str = "irregular"
    grace_days: int = 0
    expects: dict[str, list[str]] = field(default_factory=dict)
    national_copy: bool = False


def canonical_profile(feed: str) -> Profile:
    """The profile of a source that already uses the contract's names."""
    return Profile(name=CANONICAL, digest=_digest({"canonical": feed}), feed=feed)


def _digest(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _resolved(path: Path, seen: tuple[str, ...]) -> Marked:
    """The document of a profile laid over what it extends."""
    document = load_marked(path)
    below = document.data.pop("extends", None)
    if below is None:
        return document
    if not isinstance(below, str):
        raise document.error(("extends",), "names one profile.", "Write: extends: one_stop_register")
    base = path.parent / f"{below}.yml"
    if below in seen or below == path.stem:
        raise document.error(
            ("extends",), f"{below} extends itself: {' -> '.join((*seen, path.stem, below))}."
        )
    if not base.is_file():
        raise document.error(
            ("extends",),
            f"there is no profile {below!r}.",
            f"Known: {', '.join(profile_names(path.parent))}.",
        )
    return merge(_resolved(base, (*seen, path.stem)), document)


def profile_names(folder: Path = PROFILES) -> list[str]:
    """Names of the profiles of a folder."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def load_profile(path: Path) -> Profile:
    """Read and check a profile.

    Raises:
        ProfileError: naming file, line and key of what is wrong.
    """
    from orchestration.extracts.profile_rules import checked  # noqa: PLC0415 - it imports the objects above

    if not path.is_file():
        raise ProfileError(
            f"There is no profile {path.stem!r}.", f"Known: {', '.join(profile_names(path.parent))}."
        )
    document = _resolved(path, ())
    content = {key: value for key, value in document.data.items() if key != "description"}
    return checked(path.stem, _digest(content), document)


def profile_of_source(feed: str, source: str | None, folder: Path = PROFILES) -> Profile:
    """The profile that reads a source's folder.

    `<source>.yml` where it exists; else, for a folder named `<profile>__<anything>`, `<profile>.yml`; else
    canonical.

    Raises:
        ProfileError: the profile is wrong, or is one of another feed.
    """
    if source is None:
        return canonical_profile(feed)
    for name in dict.fromkeys((source, source.split("__")[0])):
        path = folder / f"{name}.yml"
        if path.is_file():
            profile = load_profile(path)
            if profile.feed != feed:
                raise ProfileError(
                    f"Profile {name} delivers {profile.feed}, but the source lies in landing/{feed}/{source}.",
                    f"Move the folder to landing/{profile.feed}/{source}.",
                )
            return profile
    return canonical_profile(feed)


def profile_called(name: str, profiles: Path = PROFILES) -> Profile:
    """The profile of a name; a feed's name stands for the canonical profile of that feed.

    Raises:
        ProfileError: unknown name, or a wrong profile.
    """
    path = Path(name) if name.endswith(".yml") else profiles / f"{name}.yml"
    if path.is_file():
        return load_profile(path)
    if name in feeds():
        return canonical_profile(name)
    raise ProfileError(
        f"There is no profile {name!r}.",
        f"Known: {', '.join(profile_names(profiles))}; or a feed for its canonical form: {', '.join(feeds())}.",
    )
