"""The YAML of a pulled source, checked: `sources/<source>.yml`, or `<source>.<feed>.yml`.

Belongs here: the object, the keys that every source has, choosing the kind of connector. Does not belong here: the
keys below `connector:` (each kind checks its own), pulling.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from orchestration.extracts.contract import feeds
from orchestration.extracts.profile import (
    CANONICAL,
    PROFILES,
    Profile,
    canonical_profile,
    load_profile,
    profile_names,
)
from orchestration.extracts.yaml_marks import load_marked
from orchestration.extracts.yaml_values import YamlValues

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.extracts.connectors.interface import Connector

KINDS = {
    "sql": "orchestration.extracts.connectors.sql",
    "rest": "orchestration.extracts.connectors.rest",
}
"""Kind to its module, which offers `checked(values, keys, head) -> Connector`; imported when a source asks for it."""
NO_PROFILE = "none"
UNTIL_COMMITTED, ALWAYS = "until_committed", "always"
_KEEP_DAYS = re.compile(r"([1-9]\d{0,3}) days?")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
_TOP = (
    "source",
    "feed",
    "profile",
    "description",
    "owner",
    "enabled",
    "key",
    "keep",
    "control_total",
    "connector",
)
_NO_PART_OF_THE_DIGEST = ("description", "owner", "enabled", "keep")


@dataclass(frozen=True)
class Head:
    """What a source is, before its connector is looked at.

    Attributes:
        file: name of the YAML document.
        source, feed: who delivers what.
        profile: reads its deliveries.
        key: source names of the columns that identify a record.
        description: for people.
        owner: who acts when the source cannot be had.
        enabled: it takes part in every ingest.
        keep_days: how long a pulled file lies in the restricted zone: 0 until it is committed, None for ever.
        total_from: first day of which the source holds everything, where its count becomes a control total, or None.
        digest: first 12 hex digits of the hash of what decides about its deliveries.
    """

    file: str
    source: str
    feed: str
    profile: Profile
    key: tuple[str, ...]
    description: str
    owner: str
    enabled: bool
    keep_days: int | None
    total_from: date | None
    digest: str

    @property
    def delivers(self) -> tuple[str, str]:
        """Feed and source: what no two documents may share."""
        return self.feed, self.source


@dataclass(frozen=True)
class PulledSource:
    """A source with its connector."""

    head: Head
    kind: str
    connector: Connector


def source_documents(folder: Path) -> Iterator[Path]:
    """The documents of a folder; none where there is no folder."""
    yield from sorted(folder.glob("*.yml")) if folder.is_dir() else ()


def has_sources(folder: Path) -> bool:
    """Whether anything is to be pulled at all; a document that is wrong counts, for it must be told."""
    return any(True for _ in source_documents(folder))


def load_source(path: Path, profiles: Path = PROFILES) -> PulledSource:
    """Read and check the document of a source.

    Raises:
        ProfileError: naming file, line and key of what is wrong.
    """
    document = load_marked(path)
    values = YamlValues(document)
    values.mapping((), _TOP)
    deciding = {key: value for key, value in document.data.items() if key not in _NO_PART_OF_THE_DIGEST}
    text = json.dumps(deciding, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    source, feed = _named(values, path)
    head = Head(
        file=path.name,
        source=source,
        feed=feed,
        profile=_profile(values, feed, profiles),
        key=values.texts(("key",)),
        description=values.text(("description",)) or "",
        owner=values.required(("owner",), "Write who acts when the source cannot be reached."),
        enabled=values.one_of(("enabled",), ("true", "false"), "true") == "true",
        keep_days=_keep_days(values),
        total_from=_total_from(values),
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
    )
    values.mapping(("connector",))
    kind = values.one_of(("connector", "kind"), tuple(KINDS))
    if kind is None:
        raise document.error(("connector",), "the key `kind` is missing.", f"Known: {', '.join(KINDS)}.")
    made: Connector = importlib.import_module(KINDS[kind]).checked(values, ("connector",), head)
    return PulledSource(head, kind, made)


def _keep_days(values: YamlValues) -> int | None:
    keep = values.text(("keep",)) or UNTIL_COMMITTED
    if keep in (UNTIL_COMMITTED, ALWAYS):
        return 0 if keep == UNTIL_COMMITTED else None
    days = _KEEP_DAYS.fullmatch(keep)
    if days is None:
        raise values.document.error(
            ("keep",),
            f"{keep!r} is unknown.",
            f"Known: {UNTIL_COMMITTED}, {ALWAYS}, or a time such as 30 days.",
        )
    return int(days[1])


def _total_from(values: YamlValues) -> date | None:
    keys = ("control_total", "covers_from")
    if values.value(keys[:1]) is None:
        return None
    values.mapping(keys[:1], ("covers_from",))
    text = values.required(keys, "Write the first day of which the source holds every record: 2022-01-01.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise values.document.error(keys, f"{text!r} is no date.", "Write: 2022-01-01") from None


def _named(values: YamlValues, path: Path) -> tuple[str, str]:
    known = feeds()
    source = values.required(("source",), "Write the system's own short name.")
    if not _NAME.fullmatch(source) or source == CANONICAL:
        raise values.document.error(("source",), f"{source!r} is no name: small letters, digits and _.")
    feed = values.one_of(("feed",), tuple(known))
    if feed is None:
        raise values.document.error((), "the key `feed` is missing.", f"Known feeds: {', '.join(known)}.")
    if path.stem not in (source, f"{source}.{feed}"):
        raise values.document.error(
            ("source",), f"the file of this source is called {path.name}.",
            f"Call it {source}.yml, or {source}.{feed}.yml where it delivers more than one feed.",
        )  # fmt: skip
    return source, feed


def _profile(values: YamlValues, feed: str, profiles: Path) -> Profile:
    name = values.required(
        ("profile",), f"Name one, or write `profile: {NO_PROFILE}` for the contract's own names."
    )
    if name == NO_PROFILE:
        return canonical_profile(feed)
    path = profiles / f"{name}.yml"
    if not path.is_file():
        raise values.document.error(
            ("profile",), f"there is no profile {name!r}.", f"Known: {', '.join(profile_names(profiles))}."
        )
    profile = load_profile(path)
    if profile.feed != feed:
        raise values.document.error(("profile",), f"the profile {name} delivers {profile.feed}, not {feed}.")
    if profile.file.kind not in (None, "json", "parquet"):
        raise values.document.error(("profile",), f"the profile {name} reads {profile.file.kind} files.")
    return profile
