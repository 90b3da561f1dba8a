"""Documents, feedback, procedures, satisfaction a second time, in plain Python from the delivered rows.

Written from the definition of the indicators and from docs/surveys.md, not from the SQL. Figures as in
`second_road.py`. Belongs here: counting. Does not belong here: making rows up (`province_rows_services.py`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

from counting_rules import Dossier, Moment, Version, current, is_withdrawn_record, receipt
from harness import KNOWN_AT
from second_road import Figures, Row, normal
from second_road_successions import Decisions

from orchestration.settings import REPOSITORY

if TYPE_CHECKING:
    from orchestration.periods import Period

Z = 1.959964
MINIMAL_RESPONDENTS = 30
ALL = "*"
SECTORS = REPOSITORY / "dbt_project" / "seeds" / "sectors.csv"


def document_figures(period: Period, rows: list[Row]) -> Figures:
    """Legal documents planned in the period and issued by then; found unlawful in it and handled before its end."""
    planned = [row for row in rows if _within(period, row["planned_on"])]
    issued = [row for row in planned if row["issued_on"] and row["issued_on"] <= row["planned_on"]]
    unlawful = [row for row in rows if _within(period, row["checked_on"]) and row["found_unlawful"]]
    handled = [row for row in unlawful if row["handled_on"] and row["handled_on"] <= period.end]
    return {
        _province(period, "legal_documents_on_schedule_rate"): (len(issued), len(planned)),
        _province(period, "unlawful_documents_handled_rate"): (len(handled), len(unlawful)),
    }


def feedback_figures(period: Period, rows: list[Row]) -> Figures:
    """Feedback due in the period, or without a due date received in it; answered by then, or answered at all."""
    due = [row for row in rows if period.start <= (row["due_at"] or row["received_at"]).date() <= period.end]
    return {
        _province(period, "feedback_on_time_rate"): (sum(_answered_in_time(row) for row in due), len(due))
    }


def _answered_in_time(row: Row) -> bool:
    answered, due = row["answered_at"], row["due_at"]
    if answered is None or answered > KNOWN_AT:
        return False
    if due is None:
        return True
    if row["due_at_has_time"]:
        return bool(answered <= due)
    return bool(answered.date() <= due.date())


def procedure_extra_figures(period: Period, rows: list[Row]) -> Figures:
    """Interlinked procedures in force with their groups; procedures offered in full."""
    in_force = _in_force(period, rows)
    interlinked = [
        row
        for row in in_force
        if row["interlinked"] or (row["interlinked"] is None and row["interlinked_group"])
    ]
    groups = {row["interlinked_group"] for row in interlinked} - {None}
    figures: Figures = {
        _province(period, "interlinked_procedures"): (len(interlinked), None),
        _province(period, "interlinked_procedures", "groups"): (len(groups), None),
    }
    for level in (ALL, "province", "district", "commune"):
        part = [row for row in in_force if level in (ALL, row["level"])]
        full = sum(row["online_level"] == "4" for row in part)
        figures[period.code, "online_procedures_rate", "full", level, ALL] = (full, len(part))
    return figures


def _in_force(period: Period, rows: list[Row]) -> list[Row]:
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["valid_from"]):
        if row["valid_from"] <= period.end:
            newest[row["procedure_code"][:8]] = row
    end = period.end + timedelta(days=1)
    return [row for row in newest.values() if row["valid_to"] is None or row["valid_to"] >= end]


def _answers_for(sector: str | None, day: date, decisions: Decisions) -> str:
    """The agency that the list of sectors names on a day, or who stands for it by then."""
    named = [
        row["responsible_agency_code"]
        for row in _sectors()
        if row["sector_code"] == sector and row["valid_from"] <= str(day) < (row["valid_to"] or "9999")
    ]
    if not named:
        return "unknown"
    [successor] = decisions.on(named[0], day)
    return successor


@cache
def _sectors() -> list[dict[str, str]]:
    with SECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def publications(
    period: Period, rows: list[Row], decisions: Decisions
) -> dict[tuple[str, str], tuple[float | None, ...]]:
    """Rows of the mart `publication_timeliness`: the columns after the key, in their order."""
    by_agency: dict[str, list[Row]] = defaultdict(list)
    for row in _in_force(period, rows):
        by_agency[_answers_for(row["sector_code"], period.end, decisions)].append(row)
    found = {}
    for agency, part in by_agency.items():
        announced = [row for row in part if row["announced_on"] and row["announced_on"] <= period.end]
        published = [row for row in part if row["published_on"] and row["published_on"] <= period.end]
        waiting = [row for row in part if row not in published]
        due = [row["publish_due_on"] for row in waiting]
        overdue = [(period.end - day).days for day in due if day and day <= period.end]
        late = [days for row in published if (days := _days(row["publish_due_on"], row["published_on"])) > 0]
        announced_late = sum(_days(row["announce_due_on"], row["announced_on"]) > 0 for row in announced)
        counts = (
            len(part),
            len(announced),
            announced_late,
            len(published),
            len(published) - len(late),
            len(late),
        )
        found[period.code, agency] = (
            *counts,
            len(waiting),
            len(overdue),
            median(late) if late else None,
            max(late, default=None),
            max(overdue, default=None),
        )
    return found


def _days(due: date | None, done: date) -> int:
    return (done - due).days if due else 0


def rating_figures(period: Period, rows: list[Row], histories: list[Dossier]) -> Figures:
    """Ratings given in the period to dossiers that are known."""
    known = {dossier.code for dossier in histories if not is_withdrawn_record(dossier, KNOWN_AT)}
    given = [row for row in rows if row["dossier_code"] in known and _within(period, row["rated_at"].date())]
    satisfied = sum(row["score"] >= 4 for row in given)
    return {_province(period, "ratings_satisfaction_rate"): (satisfied, len(given))}


def national_figures(
    period: Period, histories: list[Dossier], flagged: list[Row], copies: list[Row]
) -> Figures:
    """Received in the period: flagged as synchronised; of those in the national copy, the ones it agrees with."""
    flags = {row["dossier_code"]: row["synced_to_national"] for row in flagged}
    held = {row["dossier_code"]: row for row in copies}
    received = [
        dossier
        for dossier in histories
        if not is_withdrawn_record(dossier, KNOWN_AT)
        and (moment := receipt(dossier, KNOWN_AT)) is not None
        and period.start_at <= moment.at < period.end_at
    ]
    matched = [dossier for dossier in received if dossier.code in held]
    equal = [dossier for dossier in matched if _says(current(dossier)) == _copied(held[dossier.code])]
    synced = sum(flags[dossier.code] is True for dossier in received)
    return {
        _province(period, "national_sync_rate"): (synced, len(received)),
        _province(period, "national_agreement_rate"): (len(equal), len(matched)),
    }


def _says(version: Version) -> tuple[object, ...]:
    moments: tuple[Moment | None, ...] = (version.received, version.due, version.finished, version.returned)
    return (str(version.status), *(moment and moment.day for moment in moments))


def _copied(row: Row) -> tuple[object, ...]:
    moments = (row.get(name) for name in ("received_at", "due_at", "finished_at", "returned_at"))
    return (row["status"], *(moment and moment.date() for moment in moments))


@dataclass(frozen=True)
class Estimate:
    """One row of the mart `satisfaction`; the last six are None where too few were asked."""

    respondents: int
    answers: int
    weights_sum: Decimal
    satisfied_weight: Decimal | None
    effective_n: float | None
    estimate: float | None
    lower_bound: float | None
    upper_bound: float | None


def estimates(rows: list[Row], agencies: set[str]) -> dict[tuple[int, str, str, str], Estimate]:
    """Every row of the mart: by year, survey, agency, factor, each of the last three also as `*`."""
    people: dict[tuple[int, str, str, str], dict[tuple[str, str], list[Row]]]
    people = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if _weight(row) <= 0:
            continue
        code = normal(row["agency_code"])
        agency = code if code in agencies else "unknown"
        for survey in (ALL, row["survey_code"]):
            for unit in (ALL, agency):
                for factor in (ALL, row["factor"]):
                    person = (row["survey_code"], row["respondent_code"])
                    people[row["year"], survey, unit, factor][person].append(row)
    return {key: _estimate(key[2], key[3], list(found.values())) for key, found in people.items()}


def survey_figures(
    period: Period, found: dict[tuple[int, str, str, str], Estimate]
) -> dict[tuple[str, str, str, str, str], tuple[Decimal | None, Decimal]]:
    """The survey of the year that the period belongs to, per factor and over all."""
    return {
        _province(period, "satisfaction_rate", "default" if factor == ALL else factor): (
            estimate.satisfied_weight,
            estimate.weights_sum,
        )
        for (year, survey, agency, factor), estimate in found.items()
        if (year, survey, agency) == (period.year, ALL, ALL)
    }


def _estimate(agency: str, factor: str, people: list[list[Row]]) -> Estimate:
    """The share of satisfied answers by weight, and Wilson's interval on the effective number of respondents."""
    asked = [sum(map(_weight, answers), Fraction()) for answers in people]
    pleased = [sum((_weight(row) for row in answers if row["score"] >= 4), Fraction()) for answers in people]
    count, answers = len(people), sum(map(len, people))
    shown = agency == ALL or count >= MINIMAL_RESPONDENTS
    if not shown:
        return Estimate(count, answers, _decimal(sum(asked)), None, None, None, None, None)
    share = sum(pleased, Fraction()) / sum(asked)
    effective = Fraction(sum(asked) ** 2, sum(weight**2 for weight in asked))
    if factor == ALL and count > 1:
        residuals = [s - share * w for s, w in zip(pleased, asked, strict=True)]
        variance = Fraction(count, count - 1) * sum(e**2 for e in residuals) / sum(asked) ** 2
        if variance > 0 and 0 < share < 1:
            effective = min(effective, share * (1 - share) / variance)
    p, n = float(share), float(effective)
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Estimate(
        count, answers, _decimal(sum(asked)), _decimal(sum(pleased)), n, p, centre - half, centre + half
    )


def _weight(row: Row) -> Fraction:
    return Fraction(1 if row["weight"] is None else row["weight"])


def _decimal(value: Fraction | int) -> Decimal:
    return Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)


def _within(period: Period, day: date | datetime | None) -> bool:
    return day is not None and period.start <= day <= period.end


def _province(period: Period, code: str, variant: str = "default") -> tuple[str, str, str, str, str]:
    return (period.code, code, variant, ALL, ALL)
