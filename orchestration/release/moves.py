"""What moved between two releases: the answer of `cchc release diff`.

Belongs here: its form. Does not belong here: finding it (`diff.py`, `causes.py`), printing it (`console/`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.release.arrivals import ArrivedRecords

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class CauseOfMove:
    """What one cause did to one figure.

    Attributes:
        cause: see `causes.py`; `unexplained` is an error: the causes do not sum to the move.
        numerator, denominator: what it moved.
        dossiers: number of dossiers that moved by it, or None where the figure counts no dossiers.
        agencies: by agency: dossiers, numerator, denominator.
        sample_keys: a few of them, by pseudonymous key.
    """

    cause: str
    numerator: int | float
    denominator: int | float
    dossiers: int | None
    agencies: dict[str, tuple[int, int | float, int | float]]
    sample_keys: tuple[str, ...]


@dataclass(frozen=True)
class MovedMember:
    """One row of a figure below the province that moved, and what each cause did to it: numerator, denominator."""

    agency_level: str
    agency_code: str
    numerator: int | float
    denominator: int | float
    causes: dict[str, tuple[int | float, int | float]]


@dataclass(frozen=True)
class MovedFigure:
    """One figure of the released period that differs, at the province or at a member.

    Attributes:
        indicator_code, variant: which figure.
        is_headline: whether the statement prints it.
        before, after: value, numerator, denominator, target and status in each release, or None where absent.
        delta: after minus before, or None where either has no value.
        causes: what moved it, in the order of `ReleaseDiff.causes`; they sum to the move of numerator and denominator.
        target_moved: its target differs: a status may differ though the figure does not.
        members: its rows of levels and agencies that moved.
        feeds: feeds it is computed from.
        inputs_added, inputs_removed: files of those feeds that only the second, only the first release read.
    """

    indicator_code: str
    variant: str
    is_headline: bool
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    delta: float | None
    causes: tuple[CauseOfMove, ...]
    target_moved: bool
    members: tuple[MovedMember, ...]
    feeds: tuple[str, ...]
    inputs_added: int
    inputs_removed: int


@dataclass(frozen=True)
class MovedPeriod:
    """An earlier period of the series: how many of its rows moved, and how many of those no cause explains."""

    period_code: str
    rows_moved: int
    rows_unexplained: int


@dataclass(frozen=True)
class MovedDossiers:
    """Dossiers of one agency (`*`: all) that only one release holds, or that differ between the two.

    Attributes:
        agency_code: the agency in the second release, of those removed in the first.
        added, removed, changed: numbers of dossiers.
        late: those of them with a record that arrived after the known-at of the one known earlier.
        sample_keys: a few of them.
    """

    agency_code: str
    added: int
    removed: int
    changed: int
    late: int
    sample_keys: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseDiff:
    """What moved from one release to another, and why.

    Attributes:
        before, after: their ids.
        known_at_before, known_at_after: what each could have seen.
        backwards: `before` is known later than `after`: causes, `order` and `records` speak of what arrived from
            `after` to `before`; every number still leads from `before` to `after`.
        rules_changed: the build fingerprints differ: the way of computing changed.
        components_changed: which components of it; empty where a manifest of an earlier form names none.
        settings_changed: settings that reach figures, with both values.
        causes: every cause of a move, in the order in which they were asked for.
        order: how records and the way of computing were told apart, see `causes.Way`.
        between: the release that lies between the two, where one was used.
        rebuilt: the figures were built again state by state and lead from one release to the other.
        adds_up: nothing is unexplained, in any row of any period.
        figures: figures of the released period that differ.
        other_periods: earlier periods of the series that differ.
        records: records that arrived in between, by cause and feed.
        inputs_added, inputs_removed: files that only `after`, only `before` read; `late` marks those of `after`
            recorded after the known-at of `before`.
        dossiers: all agencies together, then each one that moved, the most first; empty where a release holds
            no dossiers.
    """

    before: str
    after: str
    known_at_before: str
    known_at_after: str
    backwards: bool
    rules_changed: bool
    components_changed: tuple[str, ...]
    settings_changed: dict[str, tuple[str | None, str | None]]
    causes: tuple[str, ...]
    order: str
    between: str | None
    rebuilt: bool
    adds_up: bool
    figures: tuple[MovedFigure, ...]
    other_periods: tuple[MovedPeriod, ...]
    records: tuple[ArrivedRecords, ...]
    inputs_added: tuple[dict[str, Any], ...]
    inputs_removed: tuple[dict[str, Any], ...]
    dossiers: tuple[MovedDossiers, ...]

    def to_json(self) -> dict[str, Any]:
        """The difference for `--json`."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
