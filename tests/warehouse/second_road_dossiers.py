"""The indicators that count dossiers a second time, from the standing of each dossier in each period.

Belongs here: from standings to figures, in pandas. Does not belong here: how a dossier stands (`counting_rules.py`),
figures of other feeds (`second_road.py`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from counting_rules import FINISHED, OPEN, Dossier, Span, current, receipt, standing
from harness import KNOWN_AT
from second_road import Agencies, Figures, Row, normal, since, version_on
from second_road_deadlines import deadline, recomputed

if TYPE_CHECKING:
    from orchestration.periods import Period


def dossier_figures(
    periods: list[Period], histories: list[Dossier], rows: dict[str, list[Row]], agencies: Agencies
) -> Figures:
    """Everything that counts dossiers, from their standing in each period."""
    table = pd.DataFrame(_standings(periods, histories, rows, agencies))
    figures: Figures = {}
    for keys in (["period"], ["period", "level"], ["period", "level", "agency"]):
        for group, part in table.groupby(keys):
            period, level, agency = (*group, "*", "*")[:3]
            for (code, variant), counted in _dossier_counts(part).items():
                figures[period, code, variant, level, agency] = counted
    return figures


def _standings(
    periods: list[Period], histories: list[Dossier], rows: dict[str, list[Row]], agencies: Agencies
) -> list[Row]:
    said = {row["dossier_code"]: row for row in rows["dossiers"]}
    versions: dict[str, list[Row]] = {}
    for row in rows["procedures"]:
        versions.setdefault(row["procedure_code"][:8], []).append(row)
    found = []
    for dossier in histories:
        received = receipt(dossier, KNOWN_AT)
        if received is None:
            continue
        own = said[dossier.code]
        agency = normal(own["agency_code"])
        known = agency in agencies.versions
        level = version_on(agencies.versions[agency], received.day)["level"] if known else "unknown"
        procedure = versions.get(own["procedure_code"][:8])
        at_receipt = nearest_version(procedure, received.day) if procedure else {}
        due = deadline(dossier, received, at_receipt)
        for period in periods:
            counted = standing(
                dossier, Span(period.code, period.start_at, period.end_at, period.end), KNOWN_AT
            )
            if counted is not None:
                found.append(
                    own
                    | vars(counted)
                    | recomputed(counted, due)
                    | {
                        "period": period.code,
                        "level": level,
                        "agency": agency if known else "unknown",
                        "channel": current(dossier).channel,
                        "online_level": at_receipt.get("online_level"),
                        "is_certification": bool(at_receipt.get("is_certification")),
                        "days": (period.end - counted.suspended_since.date()).days
                        if counted.suspended_since
                        else None,
                    }
                )
    return found


def nearest_version(versions: list[Row], day: date) -> Row:
    """The version valid on a day, else the one whose span lies nearest, the earlier on a tie."""
    ordered = sorted(versions, key=since)
    spans = []
    for version, after in zip(ordered, [*ordered[1:], None], strict=True):
        ends = [
            end for end in (version["valid_to"], after["valid_from"] if after else None) if end is not None
        ]
        last = min(ends) - timedelta(days=1) if ends else date.max
        if last >= version["valid_from"]:
            distance = max(version["valid_from"] - day, day - last, timedelta(0))
            spans.append((distance, version["valid_from"], version))
    return min(spans, key=lambda span: span[:2])[2]


def _dossier_counts(part: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int | None]]:
    member = part[part["is_member"]]
    received = member[member["is_received"]]
    opened, resolved = member[member["kind_at_end"] == OPEN], member[member["kind_at_end"] != OPEN]
    finished = resolved[resolved["kind_at_end"] == FINISHED]
    suspended = opened[opened["is_suspended"]]
    on_time = resolved[resolved["resolved_class"].isin(["early", "on_time"])]
    other_day = ~((resolved["kind_at_end"] == FINISHED) & resolved["is_same_day"].eq(True))
    strict = resolved["strict_class"].value_counts()
    in_time_766 = (
        resolved["is_on_time_by_closing"].eq(True).sum() + (~opened["is_in_progress_late"].astype(bool)).sum()
    )
    due = part[part["is_due"]]
    due_met = due[(due["kind_at_end"] == FINISHED) & due["is_on_time_by_closing"].eq(True)]
    offered, full = (
        received[received["online_level"].isin(["3", "4"])],
        received[received["online_level"] == "4"],
    )
    with_fee = received[received["fee_amount"].fillna(0) > 0]
    strict_on_time, strict_late = int(strict.get("on_time", 0)), int(strict.get("late", 0))
    days = suspended["days"]

    def online(some: pd.DataFrame) -> int:
        return int((some["channel"] == "2").sum())

    def true(column: str) -> int:
        return int(finished[column].eq(True).sum())

    return {
        ("dossiers_received", "default"): (len(received), None),
        ("dossiers_resolved", "default"): (len(resolved), None),
        ("dossiers_in_progress", "default"): (len(opened), None),
        ("dossiers_overdue", "default"): (int(opened["is_in_progress_late"].sum()), None),
        ("dossiers_suspended", "default"): (len(suspended), None),
        ("dossiers_suspended", "d0_15"): (int((days <= 15).sum()), None),
        ("dossiers_suspended", "d16_30"): (int(((days > 15) & (days <= 30)).sum()), None),
        ("dossiers_suspended", "d31_up"): (int((days > 30).sum()), None),
        ("dossiers_certification_received", "default"): (int(received["is_certification"].sum()), None),
        ("dossiers_on_time_rate", "form_06a"): (len(on_time), len(resolved)),
        ("dossiers_on_time_rate", "index_766"): (int(in_time_766), len(member)),
        ("dossiers_on_time_rate", "strict"): (strict_on_time, strict_on_time + strict_late),
        ("dossiers_on_time_rate", "due_cohort"): (len(due_met), len(due)),
        ("dossiers_on_time_rate", "recomputed"): (
            int(resolved["is_on_time_recomputed"].eq(True).sum()),
            len(resolved),
        ),
        ("recomputed_no_expected_due", "default"): (int(resolved["has_no_expected_due"].sum()), None),
        ("strict_excluded_no_due", "default"): (int(strict.get("excluded_no_due", 0)), None),
        ("strict_excluded_returned", "default"): (int(strict.get("excluded_returned", 0)), None),
        ("dossiers_same_day_excluded_on_time_rate", "default"): (
            int(resolved[other_day]["resolved_class"].isin(["early", "on_time"]).sum()),
            int(other_day.sum()),
        ),
        ("online_dossiers_rate", "all"): (online(received), len(received)),
        ("online_dossiers_rate", "offered_online"): (online(offered), len(offered)),
        ("online_dossiers_rate", "full_only"): (online(full), len(full)),
        ("online_dossiers_rate", "self_filed"): (
            online(received[received["filed_by"] == "self"]),
            len(received),
        ),
        **_by_kind(received, resolved),
        ("online_payment_rate", "default"): (int(with_fee["paid_online"].eq(True).sum()), len(with_fee)),
        ("digitised_dossiers_rate", "default"): (true("has_digitised_components"), len(finished)),
        ("electronic_results_rate", "default"): (true("has_electronic_result"), len(finished)),
        ("reused_data_rate", "default"): (
            int((finished["reused_components"].fillna(0) > 0).sum()),
            len(finished),
        ),
    }


def _by_kind(received: pd.DataFrame, resolved: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Certification dossiers apart from the others; dossiers filed online by who filed them."""
    counts: dict[tuple[str, str], tuple[int, int | None]] = {
        ("dossiers_certification_received", "without"): (int((~received["is_certification"]).sum()), None)
    }
    for variant, is_of_it in (("only", True), ("without", False)):
        part = resolved[resolved["is_certification"] == is_of_it]
        on_time = part["resolved_class"].isin(["early", "on_time"]).sum()
        counts["dossiers_certification_on_time_rate", variant] = (int(on_time), len(part))
    filers = received[received["channel"] == "2"]["filed_by"].fillna("unknown")
    for filer in ("self", "officer", "agent", "unknown"):
        counts["dossiers_online_filed_by", filer] = (int((filers == filer).sum()), None)
    return counts
