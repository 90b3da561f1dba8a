"""Made-up scores of the reform index. Belongs here: making rows up, with gaps and ties. Does not: counting them."""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]
TREE = {"1": None, "1.1": 10, "1.10": 15, "2": 35, "3.4": None, "3.4.1": 23.5, "8.2": 16.5}
"""Criterion to its maximum; None where others stand below it."""
SCORED = (
    ("PAR-2020", "H28", (2020, 2021)),
    ("PAR-2022", "H28", (2021, 2022)),
    ("OWN", "H28.1", (2020, 2021)),
    ("OWN", "H28.2", (2021,)),
    ("OWN", "H28.60", (2020, 2021, 2022)),
    ("OWN", "000.00.50.H28", (2020, 2021)),
    ("NEW", "H28.51", (2021,)),
    ("OWN", "H28.51", (2020,)),
    ("OWN", "H28.404", (2021,)),
)


def index_scores(seed: int) -> list[Row]:
    """Scores of the province under two schemes, of agencies under their own, few values so that points tie."""
    random = Random(f"{seed}:indices")
    return [
        _score(random, scheme, year, agency, criterion)
        for scheme, agency, years in SCORED
        for year in years
        for criterion in TREE
    ]


def _score(random: Random, scheme: str, year: int, agency: str, criterion: str) -> Row:
    maximum = TREE[criterion]
    if maximum is None:
        maximum = sum(value for code, value in TREE.items() if value and code.startswith(f"{criterion}."))
    if scheme == "PAR-2022" and criterion == "8.2":
        maximum = 6.5
    own = maximum - random.choice((0, 0.5, 1))
    appraised = own - random.choice((0, 0, 0.5))
    missing = agency == "H28.60" and year == 2020 and criterion == "2"
    return {
        "scheme": scheme,
        "year": year,
        "agency_code": agency,
        "criterion_code": criterion,
        "max_score": maximum + (10 if scheme == "PAR-2022" and criterion == "2" else 0),
        "self_score": own,
        "appraised_score": appraised,
        "final_score": None if missing else appraised,
        "difference_reason": "Thiếu tài liệu" if own != appraised else None,
    }
