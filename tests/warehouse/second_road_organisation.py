"""Organisation, civil service and finance a second time, in plain Python, from the rows that were delivered.

Written from the counting rules, not from the SQL. Belongs here: figures and the rows of the marts behind them for the
year 2022. Does not belong here: making rows up (`province_rows_organisation.py`).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from second_road import BASELINE, Agencies, Figures

from orchestration.periods import Period

Row = dict[str, Any]
UNDECIDED = "rule_unverified"
CELL = ("kind", "level", "parent_code")
STOCK_KINDS = {
    "public_service_unit", "subordinate_unit", "management_board", "residential_group", "specialised_agency",
    "district_committee", "commune_committee", "one_stop_unit",
}  # fmt: skip


def present(staff: list[Row], day: date) -> list[Row]:
    """Posts held on a day: from the first day until the day before the end."""
    return [row for row in staff if row["start_on"] <= day and (row["end_on"] is None or row["end_on"] > day)]


def persons(posts: list[Row], **where: Any) -> set[str]:
    """Who holds one of the posts, each once."""
    return {row["person_code"] for row in posts if all(row[name] in values for name, values in where.items())}


ON_QUOTA = ("civil_servant", "public_employee")


def staff_figures(period: Period, agencies: Agencies, staff: list[Row], quotas: list[Row]) -> Figures:
    """Payroll, streamlining, deputies."""
    at_end = present(staff, period.end)
    left = {
        row["person_code"]
        for row in staff
        if row["exit_reason"] == "streamlined"
        and row["end_on"]
        and period.start <= row["end_on"] <= period.end
    }
    quota = sum(row["quota"] for row in quotas if row["year"] == period.year)
    deputies = [len(persons(posts, position=("deputy",))) for posts in (present(staff, BASELINE), at_end)]
    judged = compliance(period, agencies, staff)
    figures: Figures = {}
    for code, variant, numerator, denominator in (
        ("payroll_used_rate", "default", len(persons(at_end, payroll=ON_QUOTA)), quota),
        ("payroll_streamlined", "default", len(left), None),
        ("deputies_reduced", "default", deputies[0] - deputies[1], None),
        ("deputy_norm_compliance_rate", "default", *_share(judged.values())),
        ("deputy_norm_not_judged", "default", len(judged) - _share(judged.values())[1], None),
        (
            "deputy_norm_compliance_rate",
            "department_average",
            *_share(v for k, v in judged.items() if _is_department(agencies, k, period.end)),
        ),
    ):
        figures[period.code, code, variant, "*", "*"] = (numerator, denominator)
    return figures


def _share(statuses: Any) -> tuple[int, int]:
    counts = Counter(statuses)
    return counts["within"], counts["within"] + counts["over"]


def _is_department(agencies: Agencies, code: str, day: date) -> bool:
    unit = agencies.on(code, day)
    return bool(unit and unit["kind"] == "specialised_agency" and unit["level"] == "province")


def compliance(period: Period, agencies: Agencies, staff: list[Row]) -> dict[str, str]:
    """Status of every unit with a norm on the last day of a period of 2022: within, over, or why it is not judged."""
    posts: dict[str, list[Row]] = {}
    for row in present(staff, period.end):
        posts.setdefault(row["agency_code"], []).append(row)
    active = {unit["agency_code"]: unit for unit in agencies.active(period.end)}
    statuses: dict[str, str] = {}
    averages: dict[tuple[str, str, int], list[str]] = {}
    for code, unit in active.items():
        parent = active.get(unit["parent_code"] or "", {}).get("kind")
        norm = _norm(unit, parent, len(persons(posts.get(code, []), payroll=("civil_servant",))))
        if norm is None:
            continue
        if code not in posts:
            statuses[code] = "staff_not_delivered"
        elif isinstance(norm, tuple):
            averages.setdefault(norm, []).append(code)
        else:
            deputies = len(persons(posts[code], position=("deputy",)))
            verdicts = {"within" if deputies <= most else "over" for most in norm}
            statuses[code] = verdicts.pop() if len(verdicts) == 1 else UNDECIDED
    for (*_, most), members in averages.items():
        deputies = sum(len(persons(posts[code], position=("deputy",))) for code in members)
        within = deputies <= most * len(members)
        statuses |= dict.fromkeys(members, "within" if within else "over")
    return statuses


def _norm(unit: Row, parent: str | None, civil_servants: int) -> tuple[str, str, int] | set[int] | None:
    """An average with its group, the limits that the possible classes of the province give, or no norm.

    An empty set is a norm that nobody has verified.
    """
    kind, level = unit["kind"], unit["level"]
    averages = {
        "province": ("department", "*", 3),
        "district": ("division", unit["parent_code"] or "unknown", 2),
    }
    if kind == "specialised_agency":
        return averages.get(level)
    if kind == "public_service_unit":
        return set()
    if kind == "subordinate_unit" and parent in ("specialised_agency", "public_service_unit"):
        return _room(unit["name"], civil_servants) if parent == "specialised_agency" else set()
    return None


def _room(name: str, civil_servants: int) -> set[int]:
    """A room of a department; branches belong to another, unverified rule."""
    if name.startswith(("Chi nhánh", "Chi cục")):
        return set()
    if name.startswith("Thanh tra"):
        return {1 if civil_servants < 8 else 2}
    if civil_servants >= 15:
        return {3}
    return {1 if civil_servants < first else 2 for first in (9, 8)}  # class I; classes II and III


def payroll_rows(period: Period, staff: list[Row], quotas: list[Row]) -> dict[str, tuple[Any, ...]]:
    """Agency to quota, present, streamlined, retired, transferred, other exits, quotas of both baselines; `*` for all.

    Of the province nobody has been transferred away or left for another reason who still holds a post in it.
    """
    current, earlier = (2021, 2015) if period.end >= date(2022, 1, 1) else (2015, None)
    everyone = present(staff, period.end)
    at_end = [row for row in everyone if row["payroll"] in ON_QUOTA]
    left = [row for row in staff if row["end_on"] and period.start <= row["end_on"] <= period.end]
    of_years = [row for row in quotas if row["year"] in (period.year, current, earlier)]
    named = {row["agency_code"] for row in [*everyone, *left, *of_years]}

    def row_of(codes: set[str], here: set[str]) -> tuple[Any, ...]:
        def quota(year: int | None) -> int | None:
            found = [q["quota"] for q in quotas if q["agency_code"] in codes and q["year"] == year]
            return sum(found) if found else None

        reasons = ("streamlined", "retired", "transferred")
        exits = [persons(left, agency_code=codes, exit_reason=(reason,)) for reason in reasons]
        others = {
            r["person_code"] for r in left if r["agency_code"] in codes and r["exit_reason"] not in reasons
        }
        now = persons(at_end, agency_code=codes)
        counts = (len(now), *map(len, exits[:2]), len(exits[2] - here), len(others - here))
        return (quota(period.year), *counts, quota(current), quota(earlier))

    rows = {code: row_of({code}, set()) for code in named}
    return rows | {"*": row_of(named, persons(everyone))}


ASKED = {2021: (Fraction(1, 10), Fraction(1, 20)), 2015: (Fraction(1, 10), Fraction(1, 10))}
"""What service units and all others must reduce since a year."""


def payroll_reductions(period: Period, agencies: Agencies, quotas: list[Row]) -> dict[str, list[Any]]:
    """Agency to what it must reduce since 2021 and since 2015, and whether it has; for periods that end from 2022 on.

    The province must reduce what its agencies must; while the kind of one of them is not known, nobody says what.
    """
    seats = {
        year: {row["agency_code"]: row["quota"] for row in quotas if row["year"] == year}
        for year in (period.year, *ASKED)
    }
    named = set().union(*seats.values())
    groups = {code: {code} for code in named} | {"*": named}
    return {
        name: [fact for year in ASKED for fact in _reduction(period, agencies, seats, year, members)]
        for name, members in groups.items()
    }


def _reduction(
    period: Period, agencies: Agencies, seats: dict[int, dict[str, int]], year: int, members: set[str]
) -> tuple[Fraction | None, str]:
    then = {code: number for code, number in seats[year].items() if code in members}
    now = {code: number for code, number in seats[period.year].items() if code in members}
    required: list[Fraction] = []
    for code in then.keys() & agencies.versions.keys():
        unit = agencies.on(code, period.end) or max(
            agencies.versions[code], key=lambda version: version["valid_from"]
        )
        required.append(ASKED[year][unit["kind"] != "public_service_unit"] * then[code])
    is_known = bool(then) and len(required) == len(then)
    if then and now and not required:
        status = "no_target"
    elif not then or not now or not is_known:
        status = "not_assessed"
    else:
        status = "met" if sum(then.values()) - sum(now.values()) >= sum(required) else "not_yet"
    return (sum(required, Fraction()) if is_known else None, status)


def group_of(row: Row) -> str | None:
    """The group of Decree 60/2021 that the finances of a year give."""
    if not row["recurrent_spending"]:
        return None
    rate = Fraction(str(row["own_revenue"])) / Fraction(str(row["recurrent_spending"]))
    if rate >= 1:
        return "1" if row["self_funds_investment"] else "2"
    limits = ((Fraction(7, 10), "3.1"), (Fraction(3, 10), "3.2"), (Fraction(1, 10), "3.3"))
    return next((group for least, group in limits if rate >= least), "4")


def autonomy_figures(period: Period, finances: list[Row]) -> Figures:
    """Units that pay their recurrent spending, of those with finances of the last full year before the end."""
    year = (period.end + timedelta(days=1)).year - 1
    of_year = {row["agency_code"]: row for row in finances if row["year"] == year}
    before = {row["agency_code"]: row for row in finances if row["year"] == year - 1}
    computed = {code for code, row in of_year.items() if group_of(row) in ("1", "2")}
    granted = {code for code, row in of_year.items() if row["granted_group"] in ("1", "2")}
    moved = {code for code in computed if code in before and group_of(before[code]) not in ("1", "2", None)}
    figures: Figures = {
        (period.code, "self_financing_units_rate", "granted", "*", "*"): (len(granted), len(of_year))
    }
    if year >= 2021:  # the scheme before Decree 60/2021 is not verified
        figures |= {
            (period.code, "self_financing_units_rate", "computed", "*", "*"): (len(computed), len(of_year)),
            (period.code, "units_converted_to_self_financing", "default", "*", "*"): (len(moved), None),
        }
    return figures


def stocks(period: Period, agencies: Agencies) -> dict[tuple[str, str, str], list[int]]:
    """Cell (kind, level, manager) to units at the baseline, on the day before the period, and on its last day."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for position, day in enumerate((BASELINE, period.start - timedelta(days=1), period.end)):
        for unit in agencies.active(day):
            if unit["kind"] in STOCK_KINDS:
                cell = (unit["kind"], unit["level"], unit["parent_code"] or "unknown")
                found.setdefault(cell, [0, 0, 0])[position] += 1
    return found
