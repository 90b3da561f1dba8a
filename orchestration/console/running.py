"""`cchc ingest` and `cchc run`: a Dagster job with progress, and what it led to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration import progress
from orchestration.console import headlines
from orchestration.console.dagster_run import JobOutcome, start_job
from orchestration.console.output import Console
from orchestration.errors import EXIT_BROKEN_EXTRACT, EXIT_DONE, EXIT_REFUSED, CchcError, UsageError
from orchestration.extracts.landing import pending_files
from orchestration.extracts.ledger import read_ledger
from orchestration.lake import Lake, inside
from orchestration.locking import writing
from orchestration.planning import Plan, RunOptions, plan_run
from orchestration.release.status import released
from orchestration.settings import Settings, load_settings


def ingest(console: Console, feeds: tuple[str, ...], replay: Path | None) -> int:
    """Landing to raw for what is new; returns the exit code."""
    settings, lake = _lake()
    _known_feeds(feeds)
    file = _below_landing(lake, replay) if replay else None
    before = {entry.file_id for entry in read_ledger(lake)}
    with progress.listening(console.progress):
        outcome = start_job(lake, "ingest", RunOptions(), feeds, file)
    if outcome.error is not None and outcome.error.exit_code != EXIT_BROKEN_EXTRACT:
        raise outcome.error
    new = [entry for entry in read_ledger(lake) if entry.file_id not in before]
    _print_ingested(console, new)
    if outcome.error is not None:
        raise outcome.error
    del settings
    return EXIT_DONE


def run(console: Console, options: RunOptions) -> int:
    """The main job; returns the exit code."""
    options.check()
    settings, lake = _lake()
    known = _already_released(console, lake, settings, options)
    if known is not None:
        return known
    with progress.listening(console.progress):
        outcome = start_job(lake, "reform_release", options)
    if outcome.error is not None and outcome.error.exit_code != EXIT_REFUSED:
        raise outcome.error
    plan = plan_run(lake, settings, options)
    if outcome.error is None:
        headlines.print_release(console, lake, plan, already=False, run_id=outcome.run_id)
        return EXIT_DONE
    return _refused(console, lake, plan, outcome)


def _lake() -> tuple[Settings, Lake]:
    settings = load_settings()
    return settings, Lake(settings.lake)
