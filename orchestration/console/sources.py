"""`cchc source …`: what delivers, and how a new source is tried."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from orchestration.console.output import Console
from orchestration.errors import EXIT_BROKEN_EXTRACT, EXIT_DONE
from orchestration.extracts.connectors.pulling import configured_sources
from orchestration.extracts.connectors.trial import check_pulled
from orchestration.extracts.profile import PROFILES
from orchestration.extracts.sources import SourceStatus, check_source, list_sources
from orchestration.lake import Lake
from orchestration.settings import load_settings


def show_list(console: Console) -> None:
    """Every source: profile, last delivery, what is expected next."""
    settings = load_settings()
    today = datetime.now(settings.zone).date()
    found = list_sources(Lake(settings.lake), today, documents=settings.sources)
    rows = [
        [
            source.feed,
            source.source_name,
            source.profile,
            str(source.files),
            f"{source.accepted:,}",
            f"{source.quarantined:,}",
            str(source.last_extract_date or "never"),
            f"{source.expected_on or source.rhythm}" + (" OVERDUE" if source.overdue else ""),
        ]
        for source in found
    ]
    headings = [
        "feed",
        "source",
        "profile",
        "files",
        "accepted",
        "quarantined",
        "last extract",
        "next",
        "pulled",
    ]
    if rows:
        console.table(headings, rows, right=frozenset({3, 4, 5}))
    else:
        console.line(
            "Nothing has been delivered yet: drop files in landing/<feed>/<source>/, or write the document of a source "
            "to pull (docs/sources.md), and run cchc ingest."
        )
    for source in found:
        if source.connector is not None:
            console.line(_pulled(source))
    for wrong in configured_sources(settings.sources, PROFILES)[1]:
        console.line(f"wrong document of a source: {wrong.found}")
    console.document("source list", {"sources": [source.to_dict() for source in found]})


def _pulled(source: SourceStatus) -> str:
    """Of when the last pull of a source is, and where the next one starts."""
    told = f"{source.feed}/{source.source_name} is pulled ({source.connector})"
    if source.last_pulled_at is None:
        return f"{told}: never yet"
    cursor = ", ".join(
        f"{name} {value}" for name, value in (source.cursor or {}).items() if name != "content"
    )
    counted = "" if source.counted is None else f"; the source holds {source.counted:,} records"
    return f"{told}: last {source.last_pulled_at[:16]}" + (f", cursor {cursor}" if cursor else "") + counted


def check(console: Console, tried: str, sample: Path | None) -> int:
    """Try a profile on a sample, or a pulled source on a few of its records; returns the exit code."""
    settings = load_settings()
    if sample is None:
        report = check_pulled(tried, Lake(settings.lake), settings, console.progress)
    else:
        report = check_source(tried, sample, settings)
    console.line(f"{report.sample} read by the profile {report.profile} as {report.feed}")
    console.table(["column", "taken from"], [[name, origin] for name, origin in report.mapping.items()])
    console.line(f"lines {report.lines:,}, of them skipped {report.skipped:,}")
    for feed, counts in report.feeds.items():
        console.line(f"{feed}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    for reason, count in report.reasons.items():
        console.line(f"would be quarantined: {reason} {count:,}")
    for problem in report.problems:
        console.line("  " + ", ".join(f"{name} {value}" for name, value in problem.items()))
    for name, count in report.findings.items():
        console.line(f"finding: {name} {count:,}")
    for column, kind in (report.connector or {}).get("columns", {}).items():
        console.line(f"column of the source: {column} {kind}")
    for kind, names in (report.connector or {}).get("drift", {}).items():
        console.line(f"since the last pull {kind}: {', '.join(names)}")
    for warning in report.warnings:
        console.line(f"warning: {warning}")
    body = report.to_dict()
    body.pop("schema_version", None)
    console.document("source check", body)
    if report.broken is not None:
        console.line(f"broken: {report.broken.message()}")
        return EXIT_BROKEN_EXTRACT
    console.line("Nothing was written to the lake.")
    return EXIT_DONE
