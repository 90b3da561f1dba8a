"""Scores of the reform index: the province by criteria of the national set, its departments and districts by areas.

Belongs here: the feed `index_scores` for the results of 2020 and 2021, simulated like everything here. Does not belong
here: the criteria themselves (seed `index_criteria`), or what the province's figures say to them.

The maxima are made up where nobody has verified them (their sum is 100, as it must be), and so are all points: they
describe no real agency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from orchestration.simulate import reference
from orchestration.simulate.calendar import SLOW_EXTRACT_DATES
from orchestration.simulate.draw import drawer
from orchestration.simulate.reference import PROVINCE

if TYPE_CHECKING:
    from orchestration.simulate.landing import Landing, Row

COLUMNS = (
    "scheme", "year", "agency_code", "criterion_code", "max_score", "self_score", "appraised_score", "final_score",
    "difference_reason", "evidence_document",
)  # fmt: skip
PROVINCE_SCHEME, OWN_SCHEME = "PAR-2020", f"CCHC-{PROVINCE}"
"""The set of the Ministry of Home Affairs for provinces, and the province's own set for its agencies."""
DELIVERED = {2020: SLOW_EXTRACT_DATES[0], 2021: SLOW_EXTRACT_DATES[1]}
AREAS = {"1": 38, "2": 40, "3": 52, "4": 44, "5": 54, "6": 48, "7": 58, "8": 66}
"""Maximum of each area in quarters of a point: 400 in all."""
FIXED = {"8.1": 40, "8.2": 26}
REASONS = (
    "Tài liệu kiểm chứng chưa đủ", "Báo cáo gửi sau thời hạn", "Số liệu tự chấm khác số liệu của cơ quan thẩm định",
)  # fmt: skip


def write_index_scores(seed: int, landing: Landing) -> None:
    """Write the feed `index_scores`, one file for the results of each year."""
    rng = drawer(seed, "index scores")
    for year, cut in DELIVERED.items():
        landing.csv(f"index_scores/{cut}_index_scores.csv", COLUMNS, list(score_rows(rng, year)))


def score_rows(rng: Random, year: int) -> Iterator[Row]:
    """All scores of a year: each criterion of the province, each area of its departments and districts."""
    leaves = leaf_maxima()
    scored = {code: _drawn(rng, maximum) for code, maximum in leaves.items()}
    for code in _criteria():
        below = [leaf for leaf in leaves if leaf == code or leaf.startswith(f"{code}.")]
        points = [sum(scored[leaf][stage] for leaf in below) for stage in range(3)]
        yield _row(rng, PROVINCE_SCHEME, year, PROVINCE, code, sum(leaves[leaf] for leaf in below), points)
    agencies = [row["agency_code"] for row in reference.departments()]
    agencies += [unit.agency_code for unit in reference.districts()]
    for agency in agencies:
        for code, maximum in AREAS.items():
            yield _row(rng, OWN_SCHEME, year, agency, code, maximum, _drawn(rng, maximum))


def leaf_maxima() -> dict[str, int]:
    """Maximum of each leaf of the province in quarters of a point; the leaves of an area share its points."""
    codes = _criteria()
    leaves = [code for code in codes if not any(other.startswith(f"{code}.") for other in codes)]
    shared: dict[str, int] = {}
    for area, quarters in AREAS.items():
        own = [code for code in leaves if code.startswith(f"{area}.")]
        for place, code in enumerate(own):
            shared[code] = FIXED.get(code, quarters // len(own) + (place < quarters % len(own)))
    return shared


def _criteria() -> list[str]:
    rows = reference.index_criteria()
    return [row["criterion_code"] for row in rows if row["scheme"] == PROVINCE_SCHEME]


def _drawn(rng: Random, maximum: int) -> tuple[int, int, int]:
    """Self-assessed, appraised and final quarters of a point: each at most the maximum."""
    own = maximum - rng.choices((0, 1, 2, 3), (50, 30, 15, 5))[0] * (1 + maximum // 24)
    appraised = own - rng.choices((0, 1, 2), (78, 16, 6))[0] * (1 + maximum // 40)
    final = min(appraised + rng.choices((0, 1), (96, 4))[0], own)
    return max(own, 0), max(appraised, 0), max(final, 0)


def _row(
    rng: Random, scheme: str, year: int, agency: str, code: str, maximum: int, points: Sequence[int]
) -> Row:
    own, appraised, final = points
    reason = rng.choice(REASONS) if own != appraised else None
    document = f"{rng.randint(20, 900)}/BC-CCHC, {date(year, 12, 1):%m/%Y}" if rng.random() < 0.8 else None
    return (
        scheme,
        year,
        agency,
        code,
        *(f"{n / 4:.2f}" for n in (maximum, own, appraised, final)),
        reason,
        document,
    )
