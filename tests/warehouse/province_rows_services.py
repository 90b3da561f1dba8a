"""Rows of what is delivered beside dossiers about services: documents, feedback, surveys, ratings, interlinked groups.

Belongs here: making rows up, crowded around boundaries. Does not belong here: counting them
(`second_road_services.py`).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]
FACTORS = ("access", "procedure", "staff", "result", "feedback")
AGENCIES = ("H28.1", "H28.2", "000.00.50.H28", "H28.404")
EDGES = (time(0), time(8, 30), time(23, 59, 59))


def service_rows(seed: int, days: list[date], dossier_codes: list[str]) -> dict[str, list[Row]]:
    """Rows of the feeds of this page; their own draw, so that other feeds stay as they were."""
    random = Random(f"{seed}-services")
    return {
        "legal_documents": _documents(random, days),
        "feedback": _feedback(random, days),
        "survey_responses": _responses(random),
        "ratings": _ratings(random, days, dossier_codes),
    }


def interlink(seed: int, procedures: list[Row]) -> None:
    """Say of each version of a procedure whether it is interlinked, in which group, of which sector, when announced."""
    random = Random(f"{seed}-interlinked")
    for row in procedures:
        announced = row["announced_on"] or date(2016, 1, 1)
        row["announce_due_on"] = random.choice((None, announced, announced - timedelta(days=1)))
        row["sector_code"] = random.choice((None, "G11-KS", "G12-CC", "nobody's"))
        row["interlinked"] = random.choice((True, False, None))
        row["interlinked_group"] = random.choice((None, "LT-1", "LT-2", f"LT-{random.randint(3, 9)}"))


def _moment(random: Random, days: list[date]) -> datetime:
    return datetime.combine(random.choice(days), random.choice(EDGES))


def _documents(random: Random, days: list[date]) -> list[Row]:
    return [
        {
            "document_no": f"{number}/QD",
            "kind": "QD",
            "planned_on": random.choice((None, planned := random.choice(days))),
            "issued_on": random.choice((None, planned, planned + timedelta(days=1), random.choice(days))),
            "checked_on": random.choice((None, random.choice(days))),
            "found_unlawful": random.choice((True, True, False, None)),
            "handled_on": random.choice((None, random.choice(days))),
        }
        for number in range(150)
    ]


def _feedback(random: Random, days: list[date]) -> list[Row]:
    rows = []
    for number in range(250):
        due = _moment(random, days)
        answers = (None, due, due + timedelta(seconds=1), _moment(random, days), datetime(2023, 7, 1))
        rows.append(
            {
                "feedback_code": f"F{number}",
                "agency_code": random.choice(AGENCIES),
                "received_at": _moment(random, days),
                "due_at": random.choice((None, due, due)),
                "due_at_has_time": random.choice((True, False)),
                "answered_at": random.choice(answers),
            }
        )
    return rows


def _responses(random: Random) -> list[Row]:
    """Three surveys of two years; some people answer only in part, some about two agencies, some weigh nothing."""
    rows = []
    for survey, year, people in (("S21", 2021, 30), ("S22", 2022, 120), ("T22", 2022, 15)):
        for person in range(people):
            agency, weight = (
                random.choice(AGENCIES[: 3 + person % 2]),
                random.choice((None, "1", "0.3", "2.12345678")),
            )
            mood = random.choice(((1, 2, 5), (4, 5), (3, 4, 5)))
            rows += [
                {
                    "survey_code": survey,
                    "respondent_code": f"R{person}",
                    "year": year,
                    "agency_code": AGENCIES[0] if random.random() < 0.1 else agency,
                    "factor": factor,
                    "score": random.choice(mood),
                    "weight": random.choice((weight, weight, weight, weight, "0", "-1", "0.7")),
                }
                for factor in random.sample(FACTORS, random.choice((1, 3, 5, 5)))
            ]
    return rows


def _ratings(random: Random, days: list[date], dossier_codes: list[str]) -> list[Row]:
    codes = [random.choice((*dossier_codes, "nobody")) for _ in range(300)]
    found = {(code, _moment(random, days)): random.randint(1, 5) for code in codes}
    return [{"dossier_code": code, "rated_at": at, "score": score} for (code, at), score in found.items()]
