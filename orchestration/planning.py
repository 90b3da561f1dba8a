"""What a run will do, decided before it does anything: period, known-at, the deliveries that count, release id.

Belongs here: defaults and refusals of the run's arguments. Does not belong here: doing it (`defs/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from orchestration.errors import UsageError
from orchestration.extracts.ledger import LedgerEntry, active_entries, read_ledger
from orchestration.extracts.pseudonyms import load_secret
from orchestration.lake import Lake
from orchestration.periods import Period, last_period_before, parse_period
from orchestration.release.fingerprint import build_fingerprint, component_fingerprints
from orchestration.release.identity import ReleaseFacts, inputs_of
from orchestration.settings import Settings
from orchestration.warehouse.context import BuildScope


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
        facts: everything that decides what the build computes, and so the release id.
        entries: the deliveries that count at known-at.
        moves_pointers: the release may become current: the period is over and no arrival is left out.
    """

    facts: ReleaseFacts
    entries: Sequence[LedgerEntry]
    moves_pointers: bool

    @property
    def scope(self) -> BuildScope:
        """Period and known-at, as the build database states them."""
        return BuildScope(self.facts.period, self.facts.known_at, self.facts.provisional)


_DAY = len("2022-10-09")


@cache
def _fingerprint() -> tuple[str, Mapping[str, str]]:
    """What this process computes with: a file edited while a run goes on belongs to the next run."""
    return build_fingerprint(), component_fingerprints()


def _moment(text: str) -> datetime:
    """A moment as it was given; a day means its end: all that arrived on it is known."""
    try:
        if len(text) == _DAY:
            return datetime.combine(date.fromisoformat(text), time.max)
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no moment.",
            "Write --known-at as 2022-10-09T17:00, with an offset, or as a day: 2022-10-09.",
        ) from error


def _local(text: str, settings: Settings) -> datetime:
    moment = _moment(text)
    return moment.astimezone(settings.zone).replace(tzinfo=None) if moment.tzinfo else moment


def _known(ledger: Sequence[LedgerEntry], options: RunOptions, settings: Settings) -> Sequence[LedgerEntry]:
    """What counted at the moment asked for: what a run at that moment would have seen."""
    if options.known_at is None:
        return active_entries(ledger)
    asked = _local(options.known_at, settings)
    entries = active_entries(ledger, asked)
    if not entries:
        raise UsageError(f"Nothing had arrived by {asked}.", "Give a later --known-at.")
    return entries


def _telling(entries: Sequence[LedgerEntry], period: Period) -> Sequence[LedgerEntry]:
    """The entries that a build of the period reads.

    Of the pulls of a source that found nothing new, only two tell anything: its first one (the feed is delivered), and
    the first one after the period (the source has nothing more to say of it). The others would make a new release of
    the same figures every day.
    """
    heard: set[tuple[str, str]] = set()
    answered: set[tuple[str, str]] = set()
    found = []
    for entry in sorted(entries, key=lambda entry: entry.recorded_at):
        source, after = (entry.feed, entry.source_name), entry.extract_date > period.end
        if entry.says_nothing_new and source in heard and (not after or source in answered):
            continue
        heard.add(source)
        if after:
            answered.add(source)
        found.append(entry)
    return found


def _default_period(entries: Sequence[LedgerEntry], options: RunOptions, settings: Settings) -> Period:
    dates = [
        entry.extract_date
        for entry in entries
        if not entry.national_copy and any(output.feed == "dossiers" for output in entry.outputs)
    ]
    if not dates:
        raise UsageError(
            "No extract of the feed dossiers has arrived, so no period can be chosen.", "Give --period."
        )
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
        raise UsageError(
            "The lake holds no extracts.", f"Drop files in {lake.landing}, or run: cchc simulate"
        )
    known = _known(ledger, options, settings)
    _same_timezone(known, settings)
    period = (
        parse_period(options.period, options.calendar)
        if options.period
        else _default_period(known, options, settings)
    )
    entries = _telling(known, period)
    known_at = entries[-1].recorded_at
    latest = _telling(active_entries(ledger), period)[-1].recorded_at
    over = period.end_at <= known_at
    if not over and not options.provisional:
        raise UsageError(
            f"The period {period.code} ends on {period.end:%d/%m/%Y} and is not over by {known_at:%d/%m/%Y %H:%M}.",
            "Choose a period that is over, or add --provisional: its release says so and moves no pointer.",
        )
    fingerprint, components = _fingerprint()
    facts = ReleaseFacts(
        period=period,
        known_at=known_at,
        provisional=not over,
        inputs=inputs_of(entries),
        fingerprint=fingerprint,
        engine=settings.engine,
        settings=settings.reaching_figures(),
        secret_id=load_secret(lake, settings).secret_id,
        components=components,
    )
    return Plan(facts, entries, moves_pointers=over and known_at == latest)
