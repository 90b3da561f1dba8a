"""The feeds `agencies` and `organisation_events`.

Belongs here: what each extract says of the organisation as it stood. Does not belong here: the organisation itself
(`organisation.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from orchestration.simulate.calendar import SLOW_EXTRACT_DATES, extract_of
from orchestration.simulate.organisation import NOTICE

if TYPE_CHECKING:
    from orchestration.simulate.landing import Landing, Row
    from orchestration.simulate.organisation import Agency, Organisation

COLUMNS = (
    "agency_code", "valid_from", "name", "kind", "level", "block", "parent_code", "admin_unit_code",
    "established_on", "dissolved_on", "has_one_stop", "updated_at",
)  # fmt: skip
EVENT_COLUMNS = (
    "event_code", "event_type", "decision_no", "decided_on", "effective_on", "agency_code", "successor_code",
)  # fmt: skip


def write_organisation(
    organisation: Organisation, landing: Landing, cuts: Sequence[date] = SLOW_EXTRACT_DATES
) -> None:
    """Write the feeds `agencies` and `organisation_events`, each extract with what changed since the last one."""
    for cut in cuts:
        rows = sorted(_agency_rows(organisation, cut, cuts), key=lambda row: (row[0], row[1]))
        if rows:
            landing.csv(f"agencies/{cut}_agencies.csv", COLUMNS, rows)
        events = list(_event_rows(organisation, cut, cuts))
        if events:
            landing.csv(f"organisation_events/{cut}_organisation_events.csv", EVENT_COLUMNS, events)


def _agency_rows(o: Organisation, cut: date, cuts: Sequence[date]) -> Iterator[Row]:
    for agency in o.agencies:
        begun = extract_of(agency.valid_from or agency.established, cuts)
        decided = agency.dissolved - NOTICE if agency.dissolved else None
        ended = extract_of(decided, cuts) if decided else None
        if cut not in (begun, ended) and not (cut == cuts[0] and begun is None):
            continue
        dissolved = agency.dissolved if ended is not None and ended <= cut else None
        changed = (decided if dissolved else None) or agency.valid_from or agency.established
        yield agency_row(agency, dissolved, datetime.combine(changed, time(8)))


def agency_row(agency: Agency, dissolved: date | None, updated: datetime) -> Row:
    """One record of the feed `agencies`."""
    return (
        agency.code, agency.valid_from or agency.established, agency.name, agency.kind, agency.level, agency.block,
        agency.parent, agency.admin_unit, agency.established, dissolved, agency.one_stop,
        f"{updated:%Y-%m-%dT%H:%M:%S}",
    )  # fmt: skip


def _event_rows(o: Organisation, cut: date, cuts: Sequence[date]) -> Iterator[Row]:
    ordered = sorted(enumerate(o.changes), key=lambda item: (item[1].effective, item[0]))
    numbers: dict[str, int] = {}
    for position, (_, change) in enumerate(ordered, 1):
        number = numbers.setdefault(change.decision, position) if change.decision else position
        decided = change.effective - NOTICE
        if extract_of(decided, cuts) == cut:
            yield (
                f"TC-{number:04d}", change.event_type, f"{100 + number}/QĐ-UBND", decided, change.effective,
                change.agency, change.successor,
            )  # fmt: skip
