"""What a release is: the facts that name it, and the name.

Belongs here: the facts of one build, the inputs it reads, the release id. Does not belong here: files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.release.documents import compact, moment_text, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.periods import Period


@dataclass(frozen=True, order=True)
class Input:
    """One delivered file as one feed: what a release was computed from.

    `rows` are records after the profile's header and footer rules, `rows = accepted + quarantined`; `skipped`
    are the lines that were no records. A `national_copy` is compared and never counted. `whole`: see `whole_of`.
    """

    feed: str
    source: str
    file: str
    sha256: str
    extract_date: str
    recorded_at: str
    rows: int
    accepted: int
    quarantined: int
    skipped: int
    simulated: bool
    national_copy: bool = False
    whole: str | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """The input as it stands in the manifest; that it is no copy goes without saying.

        `whole` stands apart (`whole_to_json`): it says how to read the counts, and is no part of the release's name.
        """
        stated = asdict(self)
        del stated["whole"]
        if not self.national_copy:
            del stated["national_copy"]
        return stated

    def whole_to_json(self) -> dict[str, Any]:
        """How the manifest says that this input delivers again what is known."""
        return {name: getattr(self, name) for name in ("feed", "source", "file", "recorded_at", "whole")}


SNAPSHOT, REREAD, FULL_PULL = "snapshot", "reread", "full_pull"


def whole_of(entry: LedgerEntry) -> str | None:
    """Why the rows of a delivery are mostly known ones, or None where it brings what is new alone.

    A `snapshot` withdraws what it lacks, a file that is `reread` what it no longer gives; a `full_pull`, asked for or
    from no cursor where there were pulls before, withdraws nothing.
    """
    if entry.mode == SNAPSHOT:
        return SNAPSHOT
    if entry.supersedes:
        return REREAD
    pull = entry.pull or {}
    again = pull.get("number", 1) > 1 and pull.get("cursor_before") is None
    return FULL_PULL if pull.get("full") or again else None


def inputs_of(entries: Iterable[LedgerEntry]) -> tuple[Input, ...]:
    """Return the inputs of a build that reads these ledger entries, sorted."""
    return tuple(
        sorted(
            Input(
                feed=output.feed,
                source=entry.source_name,
                file=entry.file,
                sha256=entry.sha256,
                extract_date=entry.extract_date.isoformat(),
                recorded_at=moment_text(entry.recorded_at),
                rows=output.rows,
                accepted=output.accepted,
                quarantined=output.quarantined,
                skipped=output.skipped,
                simulated=entry.simulated,
                national_copy=entry.national_copy,
                whole=whole_of(entry),
            )
            for entry in entries
            for output in entry.outputs
        )
    )


@dataclass(frozen=True)
class ReleaseFacts:
    """Everything that decides what a build computes.

    Attributes:
        period: the released period.
        known_at: only records recorded up to this moment are seen; local time.
        provisional: the period was not over at known-at.
        inputs: the files read, see `inputs_of`.
        fingerprint: see `build_fingerprint`.
        engine: SQL engine (`duckdb`).
        settings: those that reach figures (`Settings.reaching_figures()`).
        secret_id: name of the pseudonym secret: its own hash, never the secret.
        components: what the fingerprint is made of, see `component_fingerprints`; no part of the name.
    """

    period: Period
    known_at: datetime
    provisional: bool
    inputs: tuple[Input, ...]
    fingerprint: str
    engine: str
    settings: Mapping[str, str]
    secret_id: str
    components: Mapping[str, str] = field(default_factory=dict)

    @property
    def release_id(self) -> str:
        """The name of the release that these facts lead to."""
        return id_of_manifest(self.to_manifest())

    @property
    def simulated(self) -> bool:
        """Whether any input was written by the simulator."""
        return any(item.simulated for item in self.inputs)

    def to_manifest(self) -> dict[str, Any]:
        """The facts as they stand in the manifest."""
        ordered = sorted(self.inputs)
        return {
            "period": {
                "calendar": self.period.calendar,
                "code": self.period.code,
                "start": self.period.start.isoformat(),
                "end": self.period.end.isoformat(),
                "provisional": self.provisional,
            },
            "known_at": moment_text(self.known_at),
            "build_fingerprint": self.fingerprint,
            "build_components": dict(self.components),
            "engine": self.engine,
            "settings": dict(self.settings),
            "secret_id": self.secret_id,
            "simulated": self.simulated,
            "inputs": [item.to_json() for item in ordered],
            "whole_inputs": [item.whole_to_json() for item in ordered if item.whole],
        }


def release_id(  # noqa: PLR0913
    *,
    period: Period,
    known_at: datetime,
    inputs: Iterable[LedgerEntry],
    fingerprint: str,
    engine: str,
    settings: Mapping[str, str],
    secret_id: str,
    provisional: bool = False,
) -> str:
    """Return `<period code>_<12 hex>`, a function of its arguments alone; their order does not matter.

    Args:
        period: the released period.
        known_at: local time.
        inputs: the ledger entries that the build reads.
        fingerprint: see `build_fingerprint`.
        engine: SQL engine.
        settings: settings that reach figures.
        secret_id: hash that names the pseudonym secret.
        provisional: the period was not over at known-at.
    """
    facts = ReleaseFacts(
        period, known_at, provisional, inputs_of(inputs), fingerprint, engine, settings, secret_id
    )
    return facts.release_id


def id_of_manifest(manifest: Mapping[str, Any]) -> str:
    """Return the release id that the facts in a manifest lead to."""
    named = ("period", "known_at", "build_fingerprint", "engine", "settings", "secret_id")
    facts = {name: manifest[name] for name in named}
    facts["inputs"] = sorted(manifest["inputs"], key=compact)
    return f"{manifest['period']['code']}_{sha256_of(compact(facts))[:12]}"
