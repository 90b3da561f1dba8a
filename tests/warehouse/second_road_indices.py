"""The two indices a second time, in plain Python: points from figures counted elsewhere, totals from delivered scores.

Written from docs/indices.md, not from the SQL; of the seeds only the marks, which say what is verified. Belongs here:
scoring, totals, ranks. Does not belong here: making scores up (`province_rows_indices.py`), counting dossiers and
procedures (the other second roads).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from second_road import Agencies, Figures, Row, normal, version_on

if TYPE_CHECKING:
    import duckdb

    from orchestration.periods import Period

LIVE_SINCE = date(2022, 8, 1)
SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
GROUPS = ("openness", "progress", "digitisation", "online_services", "satisfaction")
SCORED = {
    "I.1": ("openness", 4, ("procedures_published_on_time_rate", "default")),
    "II.1": ("progress", 20, ("dossiers_on_time_rate", "index_766")),
}
"""Components whose maximum has a source, straight lines from 0: group, maximum, the figure that is their share."""
COMPONENTS = {
    "I.1", "I.2", "I.3", "I.other", "II.1", "III.1", "III.2", "III.3", "III.other", "IV.a.1", "IV.a.2", "IV.a.3",
    "IV.b.1", "IV.b.2", "IV.b.3", "V.1", "V.2", "V.3",
}  # fmt: skip


def _marked() -> set[str]:
    """The components whose maximum and rule are both marked as verified."""
    with (SEEDS / "index_criteria.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["scheme"] == "DVC766-2022"]
    return {
        row["criterion_code"]
        for row in rows
        if row["kind"] == "component" and row["maximum_verified"] == row["formula_verified"] == "true"
    }


ASSESSED = {code: SCORED[code] for code in _marked()}
NEVER_ASSESSED = {
    ("service_index_766", group)
    for group in ("default", *GROUPS)
    if not any(group in (scored, "default") for scored, *_ in ASSESSED.values())
}
UNVERIFIED = COMPONENTS - set(ASSESSED)
STAGES = ("self", "appraised", "final")
Total = tuple[Any, ...]


def points(numerator: Any, denominator: Any, maximum: int) -> Decimal:
    """The share of the maximum, rounded half up at the fourth decimal."""
    exact = maximum * Fraction(numerator) / Fraction(denominator) * 10000
    return Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)) / 10000


def service_rows(period: Period, figures: Figures) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """Level, agency and component to points and assessable maximum, for every component that has any."""
    if period.end < LIVE_SINCE:
        return {}
    found = {}
    for component, (_, maximum, figure) in ASSESSED.items():
        for (code, indicator, variant, level, agency), (numerator, denominator) in figures.items():
            wanted = (code, indicator, variant) == (period.code, *figure)
            if wanted and denominator and (agency != "*" or level == "*"):
                found[level, agency, component] = (points(numerator, denominator, maximum), maximum)
    return found


def service_figures(period: Period, figures: Figures) -> Figures:
    """Points of the province over what could be assessed, per group and in all."""
    sums: dict[str, list[Any]] = defaultdict(lambda: [0, 0])
    for (level, _, component), (earned, maximum) in service_rows(period, figures).items():
        if level == "*":
            for variant in (ASSESSED[component][0], "default"):
                sums[variant][0] += earned
                sums[variant][1] += maximum
    return {
        (period.code, "service_index_766", variant, "*", "*"): (earned, maximum)
        for variant, (earned, maximum) in sums.items()
    }


def totals(rows: list[Row], agencies: Agencies) -> dict[tuple[str, int, str], Total]:
    """Scheme, year and agency to peers, maximum, the three sums over leaves, rank and change on the year before."""
    records: dict[tuple[str, int, str], list[Row]] = defaultdict(list)
    for row in rows:
        records[row["scheme"], row["year"], normal(row["agency_code"])].append(row)
    sums = {}
    for (scheme, year, agency), scored in records.items():
        codes = [row["criterion_code"] for row in scored]
        leaves = [row for row in scored if not any(c.startswith(row["criterion_code"] + ".") for c in codes)]
        stages = [[row[f"{stage}_score"] for row in leaves] for stage in STAGES]
        added = [None if None in stage else Decimal(str(sum(stage))) for stage in stages]
        maximum = Decimal(str(sum(row["max_score"] for row in leaves)))
        sums[scheme, year, agency] = (_peers(agency, year, agencies), maximum, *added)
    found: dict[tuple[str, int, str], Total] = {}
    for (scheme, year, agency), total in sums.items():
        final, rank = total[4], None
        if final is not None and total[0] != "province":
            rank = 1 + sum(
                other[0] == total[0] and key[:2] == (scheme, year) and (other[4] or 0) > final
                for key, other in sums.items()
            )
        before = sums.get((scheme, year - 1, agency))
        change = final - before[4] if before and None not in (final, before[4]) else None
        scored_before = any(key[1:] == (year - 1, agency) for key in sums)
        comparable = "same_scheme" if before else "not_comparable" if scored_before else "no_year_before"
        found[scheme, year, agency] = (*total, rank, change, comparable, _group(scheme, final))
    return found


def _peers(agency: str, year: int, agencies: Agencies) -> str:
    if agency == "H28":
        return "province"
    if agency not in agencies.versions:
        return "other"
    version = version_on(agencies.versions[agency], date(year, 12, 31))
    if version["kind"] == "specialised_agency":
        return "department" if version["level"] == "province" else "other"
    kinds = {"district_committee": "district", "commune_committee": "commune"}
    return kinds.get(version["kind"], "other")


def _group(scheme: str, final: Decimal | None) -> str | None:
    """A from 90, B from 80, C from 70 under the set of 2022; no other grouping is verified."""
    if final is None or scheme != "PAR-2022":
        return None
    return next((group for group, least in (("A", 90), ("B", 80), ("C", 70)) if final >= least), None)


def par_figures(period: Period, rows: list[Row], agencies: Agencies) -> Figures:
    """The province's totals for the year before, under the set of that year."""
    year = period.year - 1
    scheme = "PAR-2020" if year < 2022 else "PAR-2022" if year < 2024 else "PAR-2024"
    total = totals(rows, agencies).get((scheme, year, "H28"))
    if total is None:
        return {}
    return {
        (period.code, "par_index", stage, "*", "*"): (total[2 + place], total[1])
        for place, stage in enumerate(STAGES)
        if total[2 + place] is not None
    }


def differing_points(
    warehouse: duckdb.DuckDBPyConnection, periods: list[Period], figures: Figures
) -> set[tuple[Any, ...]]:
    """Scores that stand in only one of the mart and the second road."""
    found = warehouse.execute(
        """
        select period_code, agency_level, agency_code, component_code, points, assessable_maximum
        from marts.service_index_766 where status = 'assessed'
        """
    ).fetchall()
    again = {
        (period.code, *key, *score)
        for period in periods
        for key, score in service_rows(period, figures).items()
    }
    return set(found) ^ again


def differing_evidence(
    warehouse: duckdb.DuckDBPyConnection, periods: list[Period], figures: Figures
) -> set[tuple[Any, ...]]:
    """Evidence, shown with or without points, that stands in only one of the mart and the second road."""
    found = warehouse.execute(
        """
        select period_code, component_code, agency_level, agency_code, numerator, denominator
        from marts.service_index_766 where component_code in ('I.1', 'II.1') and denominator > 0
        """
    ).fetchall()
    live = {period.code for period in periods if period.end >= LIVE_SINCE}
    again = {
        (code, component, level, agency, *figure)
        for component, (_, _, counted) in SCORED.items()
        for (code, *what, level, agency), figure in figures.items()
        if code in live and tuple(what) == counted and figure[1] and (agency != "*" or level == "*")
    }
    assert len({row[3] for row in again}) > 3, "too few agencies have evidence"
    return set(found) ^ again


def unscored_components(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    """Components that have no points in any row, and say that their rule is unverified, some beside their evidence."""
    rows = warehouse.execute(
        """
        select component_code, count(value) from marts.service_index_766 group by component_code
        having count(points) = 0 and count(assessable_maximum) = 0 and bool_and(reason = 'rule_unverified')
        """
    ).fetchall()
    assert {code for code, shown in rows if shown} >= {
        "I.1",
        "II.1",
        "III.1",
        "III.2",
        "III.3",
        "IV.a.1",
        "IV.a.3",
        "IV.b.3",
    }
    return {code for code, _ in rows}


def differing_totals(
    warehouse: duckdb.DuckDBPyConnection, rows: dict[str, list[Row]]
) -> set[tuple[Any, ...]]:
    """Totals that stand in only one of the mart and the second road."""
    found = warehouse.execute(
        """
        select scheme, year, source_agency_code, peer_group, maximum, self_points, appraised_points, final_points,
            peer_rank, change_on_year_before, comparability, result_group
        from marts.par_index where criterion_code = '*'
        """
    ).fetchall()
    again = totals(rows["index_scores"], Agencies(rows["agencies"]))
    return set(found) ^ {(*key, *total) for key, total in again.items()}
