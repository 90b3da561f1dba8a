"""The indicators a second time, in pandas and plain Python, from the rows that were delivered.

Written from the rules at the end of the indicators' definition, not from the SQL, so that the two can disagree. Each
function returns figures: (period, indicator, variant, level, agency) to (numerator, denominator or None).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from orchestration.periods import Period, parse_period

Row = dict[str, Any]
Key = tuple[str, str, str, str, str]
Figures = dict[Key, tuple[int, int | None]]
BASELINE = date(2017, 12, 31)
KIND_OF = {
    "public_service_units_reduced": "public_service_unit",
    "subordinate_units_reduced": "subordinate_unit",
    "management_boards_reduced": "management_board",
    "residential_groups_reduced": "residential_group",
}
NEW_SCHEME = date(2022, 8, 15)


@dataclass(frozen=True)
class Year:
    """The first day of the year a period belongs to."""

    period: Period

    @property
    def first_day(self) -> date:
        return parse_period(str(self.period.year), self.period.calendar).start


def normal(code: str) -> str:
    """The new form of an agency code."""
    return "H28.50" if code == "000.00.50.H28" else code


def version_on(versions: list[Row], day: date) -> Row:
    """The version in force on a day, else the nearest: here the chain has no gaps, so that is the first one."""
    begun = [version for version in versions if version["valid_from"] <= day]
    return max(begun, key=lambda version: version["valid_from"]) if begun else min(versions, key=since)


def since(version: Row) -> date:
    since: date = version["valid_from"]
    return since


class Agencies:
    """Who was active on a day, as what."""

    def __init__(self, rows: list[Row]) -> None:
        self.versions: dict[str, list[Row]] = {}
        for row in rows:
            self.versions.setdefault(row["agency_code"], []).append(row)

    def on(self, code: str, day: date) -> Row | None:
        """The agency's version of the day, or None where it was not active."""
        version = version_on(self.versions[code], day)
        ended = version["dissolved_on"] is not None and version["dissolved_on"] <= day
        return None if ended or version["established_on"] > day else version

    @cache  # noqa: B019 - lives as long as the test
    def kinds_since_baseline(self, code: str) -> dict[date, str | None]:
        """What the agency was on each day from the baseline to the end of 2023."""
        days = [BASELINE + timedelta(days=shift) for shift in range((date(2024, 1, 1) - BASELINE).days)]
        versions = {day: self.on(code, day) for day in days}
        return {day: version["kind"] if version else None for day, version in versions.items()}

    @cache  # noqa: B019 - lives as long as the test
    def turns_since_baseline(self, code: str) -> dict[date, tuple[str | None, str | None]]:
        """The days on which it was something else than the day before, and both."""
        kinds = self.kinds_since_baseline(code)
        pairs = [(day, (kinds[day - timedelta(days=1)], kind)) for day, kind in list(kinds.items())[1:]]
        return {day: (before, after) for day, (before, after) in pairs if before != after}

    def active(self, day: date) -> list[Row]:
        """Versions of all agencies active on a day."""
        return [version for code in self.versions if (version := self.on(code, day)) is not None]


def task_figures(period: Period, rows: list[Row]) -> Figures:
    """Tasks of the Government and the Prime Minister."""
    counts: Counter[str] = Counter()
    for task in rows:
        done, end = task["completed_on"], period.end + timedelta(days=1)
        if task["issuer"] == "provincial_committee" or task["assigned_on"] >= end:
            continue
        if done is not None and done < Year(period).first_day:
            continue
        due = task["deadline"] or task["original_deadline"]
        first = task["original_deadline"] or task["deadline"]
        completed = done is not None and done < end
        judged = done if completed else None
        counts["assigned"] += 1
        counts["completed"] += completed
        for name, deadline in (("", due), ("first_", first)):
            late = deadline is not None and (judged > deadline if judged else deadline < period.end)
            counts[f"{name}{'completed' if completed else 'open'}_{'late' if late else 'on_time'}"] += 1
        counts["extended"] += bool(
            task["deadline"] and task["original_deadline"] and task["deadline"] > first
        )
    counted = {
        ("tasks_assigned", "default"): (counts["assigned"], None),
        ("tasks_completed_on_time", "default"): (counts["completed_on_time"], None),
        ("tasks_completed_late", "default"): (counts["completed_late"], None),
        ("tasks_in_progress_on_time", "default"): (counts["open_on_time"], None),
        ("tasks_in_progress_overdue", "default"): (counts["open_late"], None),
        ("tasks_extended", "default"): (counts["extended"], None),
        ("task_completion_rate", "default"): (counts["completed"], counts["assigned"]),
        ("task_on_time_rate", "extended"): (
            counts["completed_on_time"],
            counts["completed"] + counts["open_late"],
        ),
        ("task_on_time_rate", "original"): (
            counts["first_completed_on_time"],
            counts["completed"] + counts["first_open_late"],
        ),
    }
    return _province(period, counted)


def steering_figures(period: Period, rows: list[Row], agencies: Agencies) -> Figures:
    """Events of the period, and publications owed for the year before."""
    held = Counter(row["kind"] for row in rows if period.start <= row["held_on"] <= period.end)
    owed = [
        version["agency_code"]
        for version in agencies.active(Year(period).first_day - timedelta(days=1))
        if version["kind"] == "district_committee"
        or (version["kind"] == "specialised_agency" and version["level"] == "province")
    ]
    counted: dict[tuple[str, str], tuple[int, int | None]] = {
        ("dialogues_held", "default"): (held["dialogue"], None),
        ("surveys_conducted", "default"): (held["survey"], None),
    }
    for code, kind in (
        ("par_index_published", "par_index_publication"),
        ("task_level_published", "task_level_publication"),
    ):
        covered = {
            row["agency_code"]
            for row in rows
            if row["kind"] == kind
            and row["refers_to_year"] == period.year - 1
            and row["held_on"] <= period.end
        }
        counted[code, "default"] = (sum("H28" in covered or agency in covered for agency in owed), len(owed))
    return _province(period, counted)


def procedure_figures(period: Period, rows: list[Row]) -> Figures:
    """Procedures in force at the end."""
    table = pd.DataFrame(rows)
    table["code"] = table["procedure_code"].str[:8]
    end = period.end + timedelta(days=1)
    begun = table[table["valid_from"] < end].sort_values("valid_from").groupby("code").tail(1)
    in_force = begun[[to is None or pd.isna(to) or to >= end for to in begun["valid_to"]]]
    figures: Figures = {}
    levels = [("*", in_force)] + [
        (lv, in_force[in_force["level"] == lv]) for lv in ("province", "district", "commune")
    ]
    for level, part in levels:
        published = part[[_before(day, end) for day in part["published_on"]]]
        due = {
            code for code, day in zip(part["code"], part["publish_due_on"], strict=True) if _before(day, end)
        }
        on_time = [
            not isinstance(due_on, date) or published_on <= due_on
            for published_on, due_on in zip(
                published["published_on"], published["publish_due_on"], strict=True
            )
        ]
        announced = sum(_before(day, end) for day in part["announced_on"])
        for code, numerator, denominator in (
            ("procedures_announced_rate", announced, len(part)),
            ("procedures_published_rate", len(published), len(part)),
            ("procedures_published_on_time_rate", sum(on_time), len(set(published["code"]) | due)),
            ("online_procedures_rate", int(part["online_level"].isin(["3", "4"]).sum()), len(part)),
        ):
            figures[period.code, code, "default", level, "*"] = (numerator, denominator)
    return figures


def organisation_figures(
    period: Period, agencies: Agencies, regulations: list[Row], changes: list[Row]
) -> Figures:
    """One-stop coverage, functions regulated, units reduced: day by day where it matters."""
    active = agencies.active(period.end)
    parents = {version["parent_code"] for version in active if version["kind"] == "one_stop_unit"}
    counted: dict[tuple[str, str], tuple[int, int | None]] = {
        ("one_stop_coverage_province", "default"): (int("H28" in parents), 1)
    }
    for level in ("district", "commune"):
        units = [version for version in active if version["kind"] == f"{level}_committee"]
        covered = [unit for unit in units if unit["has_one_stop"] or unit["agency_code"] in parents]
        counted[f"one_stop_coverage_{level}", "default"] = (len(covered), len(units))
    for code, kind in KIND_OF.items():
        counted |= {
            (code, variant): (number, None)
            for variant, number in _reduced(period, agencies, kind, changes).items()
        }
    figures = _province(period, counted)
    issued = {row["agency_code"] for row in regulations if BASELINE < row["issued_on"] <= period.end}
    specialised = [version for version in active if version["kind"] == "specialised_agency"]
    for level in ("*", "province", "district", "commune"):
        units = [version for version in specialised if level in ("*", version["level"])]
        regulated = sum(unit["agency_code"] in issued for unit in units)
        figures[period.code, "functions_regulated_rate", "default", level, "*"] = (regulated, len(units))
    return figures


def _reduced(period: Period, agencies: Agencies, kind: str, changes: list[Row]) -> Counter[str]:
    decided: dict[tuple[str, date], set[str]] = {}
    for change in changes:
        for code in (change["agency_code"], change["successor_code"]):
            decided.setdefault((code, change["effective_on"]), set()).add(change["event_type"])
    parts: Counter[str] = Counter(
        dict.fromkeys(("net", "dissolved_or_merged", "created", "converted", "transferred"), 0)
    )
    for code in agencies.versions:
        kinds = agencies.kinds_since_baseline(code)
        parts["net"] += (kinds[BASELINE] == kind) - (kinds[period.end] == kind)
        for day, (before, after) in agencies.turns_since_baseline(code).items():
            if day > period.end or kind not in (before, after):
                continue
            lost = 1 if before == kind else -1
            types = decided.get((code, day), set())
            if "convert" in types or (not types & {"transfer"} and None not in (before, after)):
                parts["converted"] += lost
            elif "transfer" in types:
                parts["transferred"] += lost
            else:
                parts["dissolved_or_merged" if lost == 1 else "created"] += 1
    return parts


def _province(period: Period, counted: dict[tuple[str, str], tuple[int, int | None]]) -> Figures:
    return {(period.code, code, variant, "*", "*"): figure for (code, variant), figure in counted.items()}


def _before(day: Any, end: date) -> bool:
    return isinstance(day, date) and day < end
