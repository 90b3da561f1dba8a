"""What a run will do, decided before it does anything: period, known-at, the deliveries that count, release id.

Belongs here: defaults and refusals of the run's arguments. Does not belong here: doing it (`defs/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.errors import UsageError
from orchestration.extracts.ledger import LedgerEntry, active_entries, read_ledger
from orchestration.extracts.pseudonyms import load_secret
from orchestration.lake import Lake
from orchestration.periods import Period, last_period_before, parse_period
from orchestration.release.fingerprint import build_fingerprint
from orchestration.release.identity import release_id
from orchestration.settings import Settings
from orchestration.warehouse.context import RunRequest


@dataclass(frozen=True)
class RunOptions:
    """The arguments of a run as they were given; None takes the default."""

    period: str | None = None
    calendar: str | None = None
    known_at: str | None = None
    provisional: bool = False

    def check(self) -> None:
        """Refuse what can be refused without looking at the lake.

        Raises:
            UsageError: the period, the calendar or the moment has no known form.
        """
        if self.period is not None:
            parse_period(self.period, self.calendar)
        if self.known_at is not None:
            _moment(self.known_at)


@dataclass(frozen=True)
class Plan:
    """One run, decided.

    Attributes:
        request: period and known-at.
        entries: the deliveries that count at known-at.
        fingerprint: hash of what can change a figure.
        secret_id: which pseudonym secret the keys were made with.
        release_id: the id that this run's candidate has.
    """

    request: RunRequest
    entries: Sequence[LedgerEntry]
    fingerprint: str
    secret_id: str
    release_id: str


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no moment.", "Write --known-at as 2022-10-09T17:00 or with an offset.") from error


def _local(text: str, settings: Settings) -> datetime:
    moment = _moment(text)
    return moment.astimezone(settings.zone).replace(tzinfo=None) if moment.tzinfo else moment


def _default_period(entries: Sequence[LedgerEntry], options: RunOptions, settings: Settings) -> Period:
    dates = [entry.extract_date for entry in entries if any(output.feed == "dossiers" for output in entry.outputs)]
    if not dates:
        raise UsageError("No extract of the feed dossiers has arrived, so no period can be chosen.", "Give --period.")
    calendar = options.calendar or "state"
    return last_period_before(max(dates), settings.period_kind, calendar)


def _same_timezone(entries: Sequence[LedgerEntry], settings: Settings) -> None:
    others = sorted({entry.timezone for entry in entries} - {settings.timezone})
    if others:
        raise UsageError(
            f"This lake was read with CCHC_TIMEZONE={others[0]}, now it is {settings.timezone}.",
            f"Set CCHC_TIMEZONE={others[0]}, or use another lake: its timestamps are local times.",
        )


def plan_run(lake: Lake, settings: Settings, options: RunOptions) -> Plan:
    """Decide what a run will do on what the ledger holds now.

    Raises:
        UsageError: nothing has arrived by known-at, or the period is not over and the run is not provisional.
    """
    ledger = read_ledger(lake)
    if not ledger:
        raise UsageError("The lake holds no extracts.", f"Drop files in {lake.landing}, or run: cchc simulate")
    latest = max(entry.recorded_at for entry in ledger)
    known_at = _local(options.known_at, settings) if options.known_at else latest
    entries = active_entries(ledger, known_at)
    if not entries:
        raise UsageError(f"Nothing had arrived by {known_at}.", "Give a later --known-at.")
    _same_timezone(entries, settings)
    period = parse_period(options.period, options.calendar) if options.period else _default_period(entries, options, settings)
    over = period.end_at <= known_at
    if not over and not options.provisional:
        raise UsageError(
            f"The period {period.code} ends on {period.end:%d/%m/%Y} and is not over by {known_at:%d/%m/%Y %H:%M}.",
            "Choose a period that is over, or add --provisional: its release says so and moves no pointer.",
        )
    request = RunRequest(period, known_at, provisional=not over, moves_pointers=over and known_at >= latest)
    return _identified(lake, settings, request, entries)


def _identified(lake: Lake, settings: Settings, request: RunRequest, entries: Sequence[LedgerEntry]) -> Plan:
    fingerprint = build_fingerprint()
    secret_id = load_secret(lake, settings).secret_id
    identity = release_id(
        period=request.period,
        known_at=request.known_at,
        provisional=request.provisional,
        inputs=entries,
        fingerprint=fingerprint,
        engine=settings.engine,
        settings=settings.reaching_figures(),
        secret_id=secret_id,
    )
    return Plan(request, entries, fingerprint, secret_id, identity)
