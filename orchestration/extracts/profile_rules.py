"""The checks of a profile's YAML: every key known, every value of its kind, every name in the contract.

Belongs here: turning a marked document into the objects of `profile.py`, with errors that name file, line
and key. Does not belong here: finding profiles, using them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from orchestration.extracts.contract import Feed, feeds
from orchestration.extracts.formats import FormatError, time_formats
from orchestration.extracts.profile import (
    RHYTHMS,
    Child,
    Choice,
    Comparison,
    FileFormat,
    Fold,
    Mapping,
    NumberFormat,
    Profile,
)
from orchestration.extracts.yaml_values import YamlValues

if TYPE_CHECKING:
    from orchestration.extracts.yaml_marks import Keys, Marked

KINDS = ("csv", "json", "excel", "parquet")
MODES = ("delta", "snapshot")
COPIED_FEED = "dossiers"
AGENCY_COLUMNS = ("agency_code", "lead_agency_code")
OPERATORS = ("<", "<=", ">", ">=", "=", "<>")
_TOP = (
    "feed", "description", "format", "columns", "defaults", "ignored", "children", "one_record_per",
    "findings", "mode", "covers", "rhythm", "grace_days", "expects", "national_copy",
)  # fmt: skip
_ORIGINS = ("from", "constant", "source_suffix", "parent", "count", "any", "sum", "choose")
_COLUMN = (*_ORIGINS, "where", "else", "map", "other", "format", "number", "nulls", "take")


def checked(name: str, digest: str, document: Marked) -> Profile:
    """The profile of a document.

    Raises:
        ProfileError: naming file, line and key of what is wrong.
    """
    return _Checker(document).profile(name, digest)


class _Checker(YamlValues):
    """Reads one document; every method takes the path of keys it reads."""

    def patterns(self, keys: Keys) -> tuple[str, ...]:
        found = self.texts(keys)
        for pattern in found:
            try:
                re.compile(pattern)
            except re.error as error:
                raise self.document.error(keys, f"{pattern!r} is no pattern: {error}.") from error
        return found

    def formats(self, keys: Keys) -> tuple[str, ...]:
        found = self.texts(keys)
        try:
            time_formats(found)
        except FormatError as error:
            raise self.document.error(keys, str(error), "Example: dd/MM/yyyy HH:mm:ss, or iso.") from error
        return found

    # -- parts of a profile -------------------------------------------------------------------------------

    def profile(self, name: str, digest: str) -> Profile:
        self.mapping((), _TOP)
        known = feeds()
        feed_name = self.one_of(("feed",), tuple(known))
        if feed_name is None:
            raise self.document.error((), "the key `feed` is missing.", f"Known feeds: {', '.join(known)}.")
        feed = known[feed_name]
        self.mapping(("defaults",), ("timestamp", "date", "number", "nulls"))
        fold = self.fold()
        columns = self.columns(("columns",), feed, nested=False)
        covers = self.value(("covers",))
        return Profile(
            name=name,
            digest=digest,
            feed=feed_name,
            description=self.text(("description",)) or "",
            file=self.file_format(),
            columns=columns,
            timestamp=self.formats(("defaults", "timestamp")) or ("iso",),
            date=self.formats(("defaults", "date")) or self.formats(("defaults", "timestamp")) or ("iso",),
            number=self.number_format(("defaults", "number")) or NumberFormat(),
            nulls=self.texts(("defaults", "nulls")),
            ignored=self.texts(("ignored",)),
            children=self.children(known),
            fold=fold,
            findings=self.findings(feed, columns),
            mode=self.one_of(("mode",), MODES, "delta") or "delta",
            covers=json.dumps(covers, ensure_ascii=False, sort_keys=True) if covers is not None else None,
            rhythm=self.one_of(("rhythm",), tuple(RHYTHMS), "irregular") or "irregular",
            grace_days=self.number(("grace_days",), 0),
            expects=self.expects(feed),
            national_copy=self.national_copy(feed),
        )

    def expects(self, feed: Feed) -> dict[str, list[str]]:
        found = {key: list(self.texts(("expects", key))) for key in self.mapping(("expects",), ("agencies",))}
        if found and not any(column.name in AGENCY_COLUMNS for column in feed.columns):
            raise self.document.error(("expects",), f"the feed {feed.name} names no agency.", "Take it out.")
        return found

    def national_copy(self, feed: Feed) -> bool:
        keys = ("national_copy",)
        if not self.flag(keys):
            return False
        if feed.name != COPIED_FEED:
            raise self.document.error(keys, f"only {COPIED_FEED} have a national copy.", "Take it out.")
        for other in ("expects", "children"):
            if self.value((other,)):
                raise self.document.error(
                    (other,), "a national copy is compared, never counted.", f"Write: {other}: []"
                )
        return True

    def file_format(self) -> FileFormat:
        keys = ("format",)
        self.mapping(
            keys, ("kind", "delimiter", "encoding", "sheet", "records", "header_rows", "skip_rows", "end_at")
        )
        delimiter = self.text((*keys, "delimiter"))
        if delimiter is not None and len(delimiter) != 1:
            raise self.document.error((*keys, "delimiter"), "is one character.", 'Write: delimiter: ";"')
        encoding = self.text((*keys, "encoding"))
        if encoding is not None:
            try:
                "".encode(encoding)
            except LookupError as error:
                raise self.document.error((*keys, "encoding"), f"{encoding!r} is unknown.") from error
        return FileFormat(
            kind=self.one_of((*keys, "kind"), KINDS),
            delimiter=delimiter,
            encoding=encoding,
            sheet=self.text((*keys, "sheet")),
            records=self.text((*keys, "records")),
            header_rows=self.number((*keys, "header_rows"), 4),
            skip_rows=self.patterns((*keys, "skip_rows")),
            end_at=self.patterns((*keys, "end_at")),
        )

    def number_format(self, keys: Keys) -> NumberFormat | None:
        if self.value(keys) is None:
            return None
        self.mapping(keys, ("thousands", "decimal"))
        found = NumberFormat(self.text((*keys, "thousands")) or "", self.text((*keys, "decimal")) or ".")
        if found.decimal == found.thousands or len(found.decimal) != 1 or len(found.thousands) > 1:
            raise self.document.error(keys, "thousands and decimal are two different single characters.")
        return found

    def fold(self) -> Fold | None:
        keys = ("one_record_per",)
        if self.value(keys) is None:
            return None
        self.mapping(keys, ("key", "order_by"))
        key = self.text((*keys, "key"))
        if key is None:
            raise self.document.error(
                keys, "the key `key` is missing: the column whose lines make one record."
            )
        return Fold(key, self.text((*keys, "order_by")))

    def columns(self, keys: Keys, feed: Feed, *, nested: bool) -> dict[str, Mapping]:
        names = {column.name for column in feed.columns}
        found = {}
        for name in self.mapping(keys):
            if name not in names:
                raise self.document.error(
                    (*keys, name),
                    f"the feed {feed.name} has no such column.",
                    f"Columns: {', '.join(sorted(names))}.",
                )
            mapping = self.column((*keys, name), nested=nested)
            if mapping is not None:
                found[name] = mapping
        for column in feed.columns:
            if column.required and column.name not in found:
                raise self.document.error(
                    keys, f"the required column {column.name} of {feed.name} has no source.",
                    f"Add `{column.name}:` with its name in the source, or a constant.",
                )  # fmt: skip
        return found

    def column(self, keys: Keys, *, nested: bool) -> Mapping | None:
        value = self.value(keys)
        if value is None:
            return None  # takes a column of the extended profile away
        if isinstance(value, str):
            return Mapping(sources=(value,))
        self.mapping(keys, _COLUMN)
        origins = [key for key in _ORIGINS if key in value]
        if len(origins) != 1:
            raise self.document.error(keys, "needs exactly one origin.", f"One of: {', '.join(_ORIGINS)}.")
        if "parent" in value and not nested:
            raise self.document.error((*keys, "parent"), "only a child feed has a parent.")
        if "where" in value and origins[0] not in ("count", "any", "sum"):
            raise self.document.error((*keys, "where"), "goes with count, any or sum.")
        if "other" in value and "map" not in value:
            raise self.document.error((*keys, "other"), "goes with map.")
        sum_of = self.text((*keys, "sum"))
        if sum_of is not None and "." not in sum_of:
            raise self.document.error((*keys, "sum"), "names a list and its field: list.field.")
        return Mapping(
            sources=self.texts((*keys, "from")),
            constant=self.text((*keys, "constant")),
            source_suffix=self.flag((*keys, "source_suffix")),
            parent=self.text((*keys, "parent")),
            count=self.text((*keys, "count")),
            any_of=self.text((*keys, "any")),
            sum_of=sum_of,
            where=self.texts_by_key((*keys, "where")),
            choose=self.choices((*keys, "choose")),
            otherwise=self.text((*keys, "else")),
            values=self.texts_by_key((*keys, "map")) or None,
            other=self.text((*keys, "other")),
            formats=self.formats((*keys, "format")),
            number=self.number_format((*keys, "number")),
            nulls=self.texts((*keys, "nulls")),
            take=self.one_of((*keys, "take"), ("first", "last"), "first") or "first",
        )

    def choices(self, keys: Keys) -> tuple[Choice, ...]:
        value = self.value(keys)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.document.error(
                keys, "expected a list of rules.", 'Write: - {if_present: NgayTra, then: "10"}'
            )
        found = []
        for position in range(len(value)):
            at = (*keys, str(position))
            rule = self.mapping(at, ("if_present", "if_absent", "then"))
            then = self.text((*at, "then"))
            present = "if_present" in rule
            column = self.text((*at, "if_present" if present else "if_absent"))
            if column is None or then is None or len(rule) != 2:
                raise self.document.error(at, "a rule has if_present or if_absent, and then.")
            found.append(Choice(column, present, then))
        return tuple(found)

    def children(self, known: dict[str, Feed]) -> tuple[Child, ...]:
        value = self.value(("children",))
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.document.error(("children",), "expected a list of child feeds.")
        found = []
        for position in range(len(value)):
            at = ("children", str(position))
            self.mapping(at, ("feed", "each", "columns"))
            feed, each = self.one_of((*at, "feed"), tuple(known)), self.text((*at, "each"))
            if feed is None or each is None:
                raise self.document.error(at, "a child has feed, each and columns.")
            found.append(Child(feed, each, self.columns((*at, "columns"), known[feed], nested=True)))
        return tuple(found)

    def findings(self, feed: Feed, columns: dict[str, Mapping]) -> dict[str, Comparison]:
        found = {}
        for name in self.mapping(("findings",)):
            at = ("findings", name)
            rule = self.mapping(at, ("lines_where", "records_where"))
            if len(rule) != 1:
                raise self.document.error(at, "has lines_where or records_where.")
            over = next(iter(rule))
            parts = self.texts((*at, over))
            if len(parts) != 3 or parts[1] not in OPERATORS:
                raise self.document.error((*at, over), "is [column, operator, column].", 'Write: [a, ">", b]')
            if over == "records_where":
                for part in (parts[0], parts[2]):
                    if part not in columns or feed.column(part).personal:
                        raise self.document.error((*at, over), f"{part} is no public column of this profile.")
            found[name] = Comparison(parts[0], parts[1], parts[2], over.removesuffix("_where"))
        return found
