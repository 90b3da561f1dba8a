"""Rows of what is delivered beside dossiers about services: documents, feedback, surveys, ratings, interlinked groups.

Belongs here: making rows up, crowded around boundaries. Does not belong here: counting them
(`second_road_services.py`).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from counting_rules import Dossier, current

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
        if row["published_on"] and random.random() < 0.5:
            row["publish_due_on"] = row["published_on"] - timedelta(days=random.randint(-1, 9))
        row["sector_code"] = random.choice((None, "G11-KS", "G12-CC", "nobody's"))
        row["interlinked"] = random.choice((True, False, None))
        row["interlinked_group"] = random.choice((None, "LT-1", "LT-2", f"LT-{random.randint(3, 9)}"))


def synchronise(seed: int, dossiers: list[Row], histories: list[Dossier]) -> list[Row]:
    """Flag dossiers as synchronised, and make up the national copy: of some, sometimes with another status or day."""
    random = Random(f"{seed}-national")
    flags = {history.code: random.choice((True, True, False, None)) for history in histories}
    for row in dossiers:
        row["synced_to_national"] = flags[row["dossier_code"]]
    copies = []
    for history in random.sample(histories, len(histories) * 2 // 3):
        says = current(history)
        moments = {"received_at": says.received, "due_at": says.due, "finished_at": says.finished,
                   "returned_at": says.returned}  # fmt: skip
        copy = {"dossier_code": history.code, "status": str(says.status), "updated_at": says.updated_at}
        copy |= {name: moment.at for name, moment in moments.items() if moment is not None}
        if random.random() < 0.3:
            shifted = random.choice([name for name in moments if name in copy] or ["status"])
            by = timedelta(hours=random.choice((1, 30)))
            copy[shifted] = copy[shifted] + by if shifted != "status" else "9"
        if random.random() < 0.2:
            copy["status"] = "9"
        copies.append(copy)
    return [*copies, {"dossier_code": "nobody", "status": "9", "updated_at": "2022-01-01"}]


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
