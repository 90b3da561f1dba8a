"""Sources: what each delivered last and what is expected next; trying a profile on a sample.

Belongs here: answers about sources for `cchc source`. Does not belong here: writing to the lake.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.errors import UsageError
from orchestration.extracts.broken import BrokenFile, BrokenFileError
from orchestration.extracts.connectors.pulling import configured_sources
from orchestration.extracts.connectors.staging import newest_pull
from orchestration.extracts.landing import scan
from orchestration.extracts.ledger import LedgerEntry, active_entries, read_ledger
from orchestration.extracts.profile import (
    CANONICAL,
    PROFILES,
    RHYTHMS,
    Mapping,
    Profile,
    profile_called,
    profile_of_source,
)
from orchestration.extracts.pseudonyms import Secret
from orchestration.extracts.records import findings
from orchestration.extracts.take import child_recipe, judge, open_file, suffix_of
from orchestration.extracts.yaml_marks import ProfileError

if TYPE_CHECKING:
    from orchestration.extracts.records import Recipe
    from orchestration.extracts.take import Reading
    from orchestration.lake import Lake
    from orchestration.settings import Settings

PROBLEMS_SHOWN = 20
_NO_SECRET = Secret(b"source check: nothing is kept")


@dataclass(frozen=True)
class SourceStatus:
    """One source of the lake.

    Attributes:
        feed, source_name, profile: what it delivers and what reads it.
        files, accepted, quarantined: of all active deliveries.
        last_file, last_extract_date: its newest delivery, None before the first.
        rhythm: of its profile.
        expected_on: day the next delivery is due (last extract's day, rhythm and grace), None if irregular.
        overdue: that day is past.
        expects: what the profile says it delivers for.
        connector: kind of connector that pulls it, None where files are dropped.
        last_pulled_at: naive local moment that its newest pull is of.
        cursor: where its next pull starts.
        counted: how many records it said it holds.
    """

    feed: str
    source_name: str
    profile: str
    files: int = 0
    accepted: int = 0
    quarantined: int = 0
    last_file: str | None = None
    last_extract_date: date | None = None
    rhythm: str = "irregular"
    expected_on: date | None = None
    overdue: bool = False
    expects: dict[str, list[str]] = field(default_factory=dict)
    connector: str | None = None
    last_pulled_at: str | None = None
    cursor: dict[str, Any] | None = None
    counted: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The source as a JSON object."""
        found = asdict(self)
        for name in ("last_extract_date", "expected_on"):
            found[name] = found[name].isoformat() if found[name] else None
        return found


def _expected(profile: Profile | None, last: date | None) -> date | None:
    days = RHYTHMS[profile.rhythm] if profile else None
    if profile is None or last is None or days is None:
        return None
    return last + timedelta(days=days + profile.grace_days)


def list_sources(
    lake: Lake, today: date, profiles: Path = PROFILES, documents: Path | None = None
) -> list[SourceStatus]:
    """The sources that have a folder in the landing zone, are pulled, or have delivered, by feed and name.

    Args:
        lake: the lake.
        today: local day on which a delivery is judged overdue.
        profiles: folder of the profiles.
        documents: folder with the documents of the pulled sources.
    """
    configured = configured_sources(documents, profiles)[0] if documents else []
    pulled = {(source.head.feed, source.head.source): source for source in configured}
    entries = active_entries(read_ledger(lake))
    by_source: dict[tuple[str, str], list[LedgerEntry]] = {}
    for landed in scan(lake).files:
        by_source.setdefault((landed.feed, landed.source or CANONICAL), [])
    for feed_and_name in pulled:
        by_source.setdefault(feed_and_name, [])
    for entry in entries:
        by_source.setdefault((entry.feed, entry.source_name), []).append(entry)
    found = []
    for feed, name in sorted(by_source):
        source, delivered = pulled.get((feed, name)), by_source[feed, name]
        profile = source.head.profile if source else _profile(feed, name, profiles)
        status = _status(feed, name, delivered, today, profile)
        newest = newest_pull(delivered, feed, name)
        facts: dict[str, Any] = (newest.pull or {}) if newest else {}
        found.append(
            replace(
                status,
                connector=source.kind if source else facts.get("kind"),
                last_pulled_at=facts.get("snapshot_at"),
                cursor=facts.get("cursor_after"),
                counted=facts.get("counted"),
            )
        )
    return found


def _profile(feed: str, name: str, profiles: Path) -> Profile | None:
    try:
        return profile_of_source(feed, None if name == CANONICAL else name, profiles)
    except ProfileError:
        return None


def _status(
    feed: str, name: str, entries: list[LedgerEntry], today: date, profile: Profile | None
) -> SourceStatus:
    last = max(entries, key=lambda entry: (entry.extract_date, entry.recorded_at), default=None)
    expected = _expected(profile, last.extract_date if last else None)
    return SourceStatus(
        feed=feed,
        source_name=name,
        profile=profile.name if profile else "(its profile is wrong)",
        files=len(entries),
        accepted=sum(output.accepted for entry in entries for output in entry.outputs),
        quarantined=sum(output.quarantined for entry in entries for output in entry.outputs),
        last_file=last.file if last else None,
        last_extract_date=last.extract_date if last else None,
        rhythm=profile.rhythm if profile else "irregular",
        expected_on=expected,
        overdue=expected is not None and expected < today,
        expects=profile.expects if profile else {},
    )


@dataclass
class CheckReport:
    """A profile tried on a sample; nothing was written.

    Attributes:
        profile, feed, sample: what was tried.
        broken: why the file as a whole cannot be taken, or None.
        lines, skipped: of the file.
        feeds: per feed `accepted` and `quarantined`.
        mapping: contract column to what fills it.
        problems: the first rejected records: feed, line, column, reason; never the text of a cell.
        reasons: how many records by `reason:column`.
        findings: counts by finding.
        warnings: what people should know.
        connector: of a pulled source: its columns and what changed in them since its last pull, or None.
    """

    profile: str
    feed: str
    sample: str
    broken: BrokenFile | None = None
    lines: int = 0
    skipped: int = 0
    feeds: dict[str, dict[str, int]] = field(default_factory=dict)
    mapping: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    connector: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The report as a JSON document."""
        return {"schema_version": 1} | asdict(self)


def _origin(mapping: Mapping) -> str:
    """What fills a column, in words."""
    if mapping.constant is not None:
        return f"constant {mapping.constant}"
    if mapping.source_suffix:
        return "name of the source folder after __"
    if mapping.choose:
        return "rules over " + ", ".join(choice.column for choice in mapping.choose)
    listed = mapping.count or mapping.any_of or mapping.sum_of or mapping.parent
    return listed or " or ".join(mapping.sources)


def check_source(
    profile_name: str, sample: Path, settings: Settings, profiles: Path = PROFILES
) -> CheckReport:
    """Try a profile on a sample file without writing anything.

    Args:
        profile_name: name of a profile, path of a `.yml`, or name of a feed (canonical).
        sample: the file; its folder's name counts as that of the source.
        settings: time zone.
        profiles: folder of the profiles.

    Raises:
        ProfileError: the profile is wrong or unknown.
        UsageError: there is no such file.
    """
    profile = profile_called(profile_name, profiles)
    if not sample.is_file():
        raise UsageError(f"There is no file {sample}.", "Name a sample file of the source.")
    report = CheckReport(profile.name, profile.feed, sample.name)
    report.mapping = {name: _origin(mapping) for name, mapping in (profile.columns or {}).items()}
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.execute("set timezone = 'UTC'")
        try:
            suffix = suffix_of(sample.resolve().parent.name)
            reading = open_file(connection, sample, profile, suffix, settings.timezone, _NO_SECRET)
        except BrokenFileError as error:
            report.broken = error.of(profile.feed, sample.name)
            return report
        report.lines, report.skipped = reading.source.lines, 0
        report.warnings = list(reading.warnings)
        _judged(connection, reading.recipe, reading, report, settings)
        counts = report.feeds[profile.feed]
        report.skipped = report.lines - counts["accepted"] - counts["quarantined"]
        for child in profile.children:
            recipe = child_recipe(reading, child)
            if recipe is not None:
                _judged(connection, recipe, reading, report, settings)
    return report


def _judged(
    connection: duckdb.DuckDBPyConnection,
    recipe: Recipe,
    reading: Reading,
    report: CheckReport,
    settings: Settings,
) -> None:
    accepted, rejected = judge(connection, recipe)
    report.feeds[recipe.feed.name] = {"accepted": accepted, "quarantined": rejected}
    now = datetime.now(settings.zone).replace(tzinfo=None)
    report.findings |= findings(connection, recipe, reading.source, now)
    reasons = "select problem, count(*) from records where problem is not null group by 1 order by 2 desc, 1"
    for problem, count in connection.execute(reasons).fetchall():
        report.reasons[f"{recipe.feed.name}:{problem}".rstrip(":")] = int(count)
    rows = connection.execute(
        "select file_line, split_part(problem, ':', 1), nullif(split_part(problem, ':', 2), '') from records "
        f"where problem is not null order by file_line limit {PROBLEMS_SHOWN}"
    ).fetchall()
    report.problems += [
        {"feed": recipe.feed.name, "line": line, "column": column, "reason": reason}
        for line, reason, column in rows
    ]
