"""`cchc backfill`: many periods, one Dagster run each, in one process and over one build where that is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration import progress
from orchestration.console.dagster_run import IngestOptions, start_job
from orchestration.console.output import Console
from orchestration.errors import EXIT_DONE, EXIT_REFUSED, CchcError, LakeLockedError, UsageError
from orchestration.lake import Lake
from orchestration.periods import SEED_YEARS, Period, parse_period, periods_of_year
from orchestration.planning import RunOptions, plan_run
from orchestration.release.released import all_releases, find_release
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class PeriodOutcome:
    """What became of one period.

    Attributes:
        period: its code.
        status: `released`, `already_released`, `refused`, `failed` or `not_started`.
        release_id: the release, or the refused candidate.
        error: what stopped it.
    """

    period: str
    status: str = "not_started"
    release_id: str | None = None
    error: CchcError | None = None


def periods_between(first: str, last: str) -> list[Period]:
    """All periods from one to another of the same kind and calendar, both included.

    Raises:
        UsageError: they are of different kinds or calendars, or in the wrong order.
    """
    start, end = parse_period(first), parse_period(last)
    if (start.kind, start.calendar) != (end.kind, end.calendar):
        raise UsageError(
            f"{first} and {last} are not of one kind.",
            "Give two months, two quarters, … of the same calendar: --from 2022-01 --to 2022-12.",
        )
    if end.start < start.start:
        raise UsageError(f"{last} lies before {first}.", "Give the earlier period as --from.")
    return [
        period
        for year in range(max(start.year, SEED_YEARS[0]), end.year + 1)
        for period in periods_of_year(year, start.calendar)
        if period.kind == start.kind and start.start <= period.start <= end.start
    ]


def backfill(console: Console, first: str, last: str, *, again: bool, stop: bool) -> int:
    """Release the periods one by one; returns the exit code, that of the first failure."""
    periods = periods_between(first, last)
    settings = load_settings()
    lake = Lake(settings.lake)
    outcomes = [PeriodOutcome(period.code) for period in periods]
    first_run = True
    with progress.listening(console.progress):
        for number, outcome in enumerate(outcomes, 1):
            progress.report(f"Period {number} of {len(outcomes)}: {outcome.period}")
            if _is_released(lake, settings, outcome, again=again):
                continue
            _release(lake, settings, outcome, first_run=first_run)
            first_run = False
            if isinstance(outcome.error, LakeLockedError) or (stop and outcome.error):
                break
    _print(console, outcomes)
    return _exit_code(outcomes)


def _is_released(lake: Lake, settings: Settings, outcome: PeriodOutcome, *, again: bool) -> bool:
    """Whether the period needs no run: it has a release, or with `again`, one of all that has arrived."""
    if again:
        try:
            release_id = plan_run(lake, settings, RunOptions(outcome.period)).facts.release_id
        except UsageError:
            return False
        found = find_release(lake, release_id)
    else:
        found = next(
            (
                release
                for release in all_releases(lake)
                if release.period_code == outcome.period and release.takes_pointers
            ),
            None,
        )
    if found is None:
        return False
    outcome.status, outcome.release_id = "already_released", found.release_id
    return True


def _release(lake: Lake, settings: Settings, outcome: PeriodOutcome, *, first_run: bool) -> None:
    """Release a period. Sources are pulled once: what arrived between two periods would cost the kept build."""
    options, ingest = RunOptions(outcome.period), IngestOptions.of_run(pull=first_run)
    outcome.error = start_job(lake, "reform_release", options, ingest, keep_build=not first_run).error
    if outcome.error is None:
        outcome.status = "released"
    elif outcome.error.exit_code == EXIT_REFUSED:
        outcome.status = "refused"
    else:
        outcome.status = "failed"
        return
    outcome.release_id = plan_run(lake, settings, options).facts.release_id


def _exit_code(outcomes: list[PeriodOutcome]) -> int:
    return next((outcome.error.exit_code for outcome in outcomes if outcome.error), EXIT_DONE)


def _failures(outcomes: list[PeriodOutcome]) -> Iterator[tuple[PeriodOutcome, CchcError]]:
    return ((outcome, outcome.error) for outcome in outcomes if outcome.error)


def _print(console: Console, outcomes: list[PeriodOutcome]) -> None:
    rows = [[item.period, item.status.replace("_", " "), item.release_id or ""] for item in outcomes]
    console.table(["period", "status", "release"], rows)
    for outcome, error in _failures(outcomes):
        console.complain(CchcError(f"{outcome.period}: {error.message}", error.hint))
    console.document(
        "backfill",
        {
            "periods": [
                {
                    "period": item.period,
                    "status": item.status,
                    "release_id": item.release_id,
                    "error": item.error.to_json() if item.error else None,
                }
                for item in outcomes
            ],
            "exit_code": _exit_code(outcomes),
        },
    )
