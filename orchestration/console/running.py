"""`cchc ingest` and `cchc run`: a Dagster job with progress, and what it led to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from orchestration import progress
from orchestration.console import headlines
from orchestration.console.dagster_run import IngestOptions, start_job
from orchestration.console.output import Console
from orchestration.errors import EXIT_BROKEN_EXTRACT, EXIT_DONE, EXIT_REFUSED, CchcError, UsageError
from orchestration.extracts.connectors.configuration import has_sources
from orchestration.extracts.connectors.staging import clear, pulled_delivery
from orchestration.extracts.contract import feeds as known_feeds
from orchestration.extracts.ledger import LedgerEntry, read_ledger
from orchestration.extracts.news import has_news
from orchestration.extracts.report import pull_told
from orchestration.lake import Lake, inside
from orchestration.locking import writing
from orchestration.planning import Plan, RunOptions, plan_run
from orchestration.release.publish import recover, waits_for_recovery
from orchestration.release.released import find_release
from orchestration.settings import Settings, load_settings


def ingest(
    console: Console,
    feeds: tuple[str, ...],
    replay: Path | None,
    full: tuple[str, ...] = (),
    *,
    pull: bool = True,
) -> int:
    """Sources and landing to raw for what is new; returns the exit code."""
    settings = load_settings()
    lake = Lake(settings.lake)
    unknown = sorted(set(feeds) - set(known_feeds()))
    if unknown:
        raise UsageError(f"Unknown feed: {', '.join(unknown)}.", f"Feeds: {', '.join(known_feeds())}.")
    before = {entry.file_id for entry in read_ledger(lake)}
    if full and (replay or not pull):
        raise UsageError(
            "--full pulls; it goes neither with --replay nor with --no-pull.", "Leave one of them out."
        )
    options = IngestOptions(
        list(feeds),
        _delivered(lake, replay) if replay else None,
        full=list(full),
        pull=pull and replay is None,
    )
    with progress.listening(console.progress):
        outcome = start_job(lake, "ingest", RunOptions(), options)
    if outcome.error is not None and outcome.error.exit_code != EXIT_BROKEN_EXTRACT:
        raise outcome.error
    taken = [entry for entry in read_ledger(lake) if entry.file_id not in before]
    _print_ingested(console, taken, outcome.error)
    return outcome.error.exit_code if outcome.error else EXIT_DONE


def run(console: Console, options: RunOptions) -> int:
    """The main job; returns the exit code."""
    options.check()
    settings = load_settings()
    lake = Lake(settings.lake)
    pulled_already = _pulled_first(console, lake, settings)
    released = _nothing_new(lake, settings, options)
    if released is not None:
        headlines.print_release(console, lake, released.facts.release_id, already=True)
        return EXIT_DONE
    with progress.listening(console.progress):
        outcome = start_job(lake, "reform_release", options, IngestOptions.of_run(pull=not pulled_already))
    if outcome.error is not None and outcome.error.exit_code != EXIT_REFUSED:
        raise outcome.error
    plan = plan_run(lake, settings, options)
    if outcome.error is None:
        headlines.print_release(console, lake, plan.facts.release_id, already=False)
        return EXIT_DONE
    headlines.print_refusal(console, lake, plan.facts.release_id, outcome.error)
    return EXIT_REFUSED


def _pulled_first(console: Console, lake: Lake, settings: Settings) -> bool:
    """Pull the configured sources in a job of its own, so that nothing is built where they have nothing new.

    Where a landed file waits to be read, the main job pulls and reads in one go.
    """
    if not has_sources(settings.sources):
        _clear_pulled(lake, settings)
        return False
    if not read_ledger(lake) or has_news(lake):
        return False
    with progress.listening(console.progress):
        outcome = start_job(lake, "ingest", RunOptions(), IngestOptions.of_run(pull=True))
    if outcome.error is not None:
        raise outcome.error
    return True


def _clear_pulled(lake: Lake, settings: Settings) -> None:
    """What was pulled does not outlive its retention where nothing is pulled any more."""
    if lake.pulled.is_dir():
        with writing(lake):
            clear(lake, read_ledger(lake), (), datetime.now(settings.zone).date())


def _nothing_new(lake: Lake, settings: Settings, options: RunOptions) -> Plan | None:
    """The plan of a run that would change nothing: no new file, and its release is there."""
    if not read_ledger(lake) or has_news(lake):
        return None
    if waits_for_recovery(lake):
        with writing(lake):
            recover(lake)
    plan = plan_run(lake, settings, options)
    return plan if find_release(lake, plan.facts.release_id) else None


def _delivered(lake: Lake, file: Path) -> str:
    """The file of `--replay` relative to landing, or of a pulled one to the restricted zone."""
    pulled = pulled_delivery(lake, read_ledger(lake), file)
    if pulled is not None:
        return pulled.file
    given = file if file.is_absolute() else Path.cwd() / file
    path = given if given.exists() else inside(lake.landing, file)
    if not path.is_file():
        raise UsageError(f"{file} does not exist.", f"Name a file below {lake.landing}.")
    if not path.resolve().is_relative_to(lake.landing.resolve()):
        raise UsageError(
            f"{file} does not lie in {lake.landing}.", "Only a delivered file can be read again."
        )
    return str(path.resolve().relative_to(lake.landing.resolve()))


def _print_ingested(console: Console, entries: list[LedgerEntry], broken: CchcError | None) -> None:
    """What was read, file by file and feed by feed, and what could not be: one document for both."""
    rows = [
        [output.feed, entry.file, *(f"{n:,}" for n in (output.accepted, output.quarantined, output.skipped))]
        for entry in entries
        for output in entry.outputs
    ]
    if rows:
        console.table(
            ["feed", "file", "accepted", "quarantined", "skipped"], rows, right=frozenset({2, 3, 4})
        )
        quarantined = sum(output.quarantined for entry in entries for output in entry.outputs)
        if quarantined:
            console.line(
                f"{quarantined:,} rows are in quarantine: docs/quarantine-reasons.md says what to do."
            )
    elif broken is None:
        console.line("Nothing new in landing/, and nothing new was pulled.")
    documents = [
        {"feed": output.feed, "file": entry.file, "rows": output.rows, "accepted": output.accepted,
         "quarantined": output.quarantined, "skipped": output.skipped, "warnings": list(output.warnings)}
        | ({"pull": pull_told(entry.pull)} if entry.pull else {})
        for entry in entries
        for output in entry.outputs
    ]  # fmt: skip
    body: dict[str, object] = {"files": documents, "exit_code": EXIT_DONE, "error": None}
    if broken is not None:
        console.complain(broken)
        body |= {"exit_code": broken.exit_code, "error": broken.to_json()}
    console.document("ingest", body)
