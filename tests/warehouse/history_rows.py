"""Histories as rows of raw: what the sources would have delivered about them.

Belongs here: turning a history into rows. Does not belong here: how histories are made up (`histories.py`).
"""

from __future__ import annotations

from typing import Any

from counting_rules import Dossier, Moment
from harness import EXTRACT_DATE


def _stamp(name: str, moment: Moment | None) -> dict[str, Any]:
    return {} if moment is None else {name: moment.at, f"{name}_has_time": moment.has_time}


def _lineage(feed: str, delivery: int, line: int) -> dict[str, Any]:
    """Deliveries of a feed follow each other by extract date."""
    return {
        "file_id": f"{feed}_{delivery}",
        "file_line": line,
        "extract_date": EXTRACT_DATE.replace(day=1 + delivery),
    }


def raw_rows(dossiers: list[Dossier]) -> dict[str, list[dict[str, Any]]]:
    """What the sources would have delivered about the dossiers."""
    rows: dict[str, list[dict[str, Any]]] = {"dossiers": [], "dossier_events": [], "dossier_supplements": []}
    for dossier in dossiers:
        for version in dossier.versions:
            rows["dossiers"].append(
                {
                    "dossier_code": dossier.code,
                    "procedure_code": "1.000001",
                    "agency_code": "H28.1",
                    "channel": version.channel,
                    "status": str(version.status),
                    "updated_at": version.updated_at,
                    "deleted_at": version.deleted_at,
                }
                | _stamp("submitted_at", version.submitted)
                | _stamp("received_at", version.received)
                | _stamp("due_at", version.due)
                | _stamp("finished_at", version.finished)
                | _stamp("returned_at", version.returned)
                | _lineage("dossiers", version.delivery, version.line)
            )
        rows["dossier_events"] += [
            {
                "dossier_code": dossier.code,
                "event_at": event.at,
                "status": str(event.status),
                "sequence": event.sequence,
                "step": event.step,
            }
            | _lineage("dossier_events", event.delivery, event.line)
            for event in dossier.events
        ]
        rows["dossier_supplements"] += [
            {
                "dossier_code": dossier.code,
                "requested_at": supplement.requested_at,
                "answered_at": supplement.answered_at,
            }
            | _stamp("due_after", supplement.due_after)
            for supplement in dossier.supplements
        ]
    return rows
