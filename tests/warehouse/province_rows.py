"""A small province made up at random: agencies, procedures, tasks, events and dossiers, crowded around boundaries.

Days come from the first and last days of periods and their neighbours, so that something happens on every boundary.
Belongs here: making rows up. Does not belong here: counting them (`second_road.py`).
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import province_rows_organisation as organisation
from histories import random_dossiers
from province_rows_indices import index_scores
from province_rows_services import interlink, service_rows, synchronise
from test_counting_rules_at_random import raw_rows

from orchestration.periods import periods_of_year

Row = dict[str, Any]
UNIT_KINDS = ("public_service_unit", "subordinate_unit", "management_board", "residential_group")
HANDLING = ("H28.1", "000.00.50.H28", "H28.50.1", "H28.60", "H28.404")
PROCEDURES = ("1.000001", "1.000002.000.00.00.H28", "2.000003", "1.000004", "1.000005", "9.999999")


def days_of_interest(random: Random) -> list[date]:
    """Days beside the boundaries of the year 2022, the year before, and the baseline."""
    edges = {day for period in periods_of_year(2022) for day in (period.start, period.end)}
    edges |= {date(2017, 12, 31), date(2021, 12, 14)}
    near = sorted({edge + timedelta(days=shift) for edge in edges for shift in (-1, 0, 1)})
    return random.sample(near, len(near))


def agencies(random: Random, days: list[date]) -> tuple[list[Row], list[Row]]:
    """Dated versions of agencies, and decisions of which some explain a start or an end."""
    rows: list[Row] = []
    events: list[Row] = []
    fixed = [
        ("H28.1", "specialised_agency", "province"),
        ("H28.2", "specialised_agency", "province"),
        ("H28.50", "district_committee", "district"),
        ("H28.51", "district_committee", "district"),
        ("H28.50.8", "specialised_agency", "district"),
        ("H28.50.1", "commune_committee", "commune"),
        ("H28.50.2", "commune_committee", "commune"),
        ("H28.99", "one_stop_unit", "province"),
        ("H28.50.99", "one_stop_unit", "district"),
    ]
    parents = {"H28.99": "H28", "H28.50.99": "H28.50"}
    for code, kind, level in fixed:
        rows.append(_agency(code, kind, level, date(2010, 1, 1), parents.get(code), random))
    rows += [
        _agency("H28.60", "specialised_agency", "district", date(2010, 1, 1), None, random),
        _agency("H28.60", "specialised_agency", "province", date(2022, 5, 1), None, random),
    ]
    rows[-1]["established_on"] = date(2010, 1, 1)
    for number in range(120):
        code = f"H28.7{number}"
        established = random.choice(days) if random.random() < 0.4 else date(2010, 1, 1)
        kind = random.choice(UNIT_KINDS)
        first = _agency(code, kind, "province", established, None, random)
        first["established_on"] = established
        versions = [first]
        changes = sorted({day for day in random.sample(days, 2) if day > established})
        if random.random() < 0.4:
            for day in changes:
                later = _agency(code, random.choice(UNIT_KINDS), "district", day, None, random)
                versions.append(later | {"established_on": established})
        if random.random() < 0.5:
            versions[-1]["dissolved_on"] = max(random.choice(days), versions[-1]["valid_from"])
        rows += versions
        for day in (established, versions[-1].get("dissolved_on")):
            if day and random.random() < 0.8:
                event_type = random.choice(("convert", "transfer", "merge", "rename"))
                named = (code, None) if random.random() < 0.5 else ("H28.2", code)
                events.append(
                    {
                        "event_code": f"E{len(events)}",
                        "event_type": event_type,
                        "effective_on": day,
                        "agency_code": named[0],
                        "successor_code": named[1],
                    }
                )
    for code, ended in (("H28.11", date(2022, 5, 1)), ("H28.12", None)):
        rows.append(_agency(code, "specialised_agency", "province", date(2010, 1, 1), None, random))
        rows[-1]["dissolved_on"] = ended
    return rows, events


def _agency(code: str, kind: str, level: str, since: date, parent: str | None, random: Random) -> Row:
    return {
        "agency_code": code,
        "valid_from": since,
        "name": code,
        "kind": kind,
        "level": level,
        "parent_code": parent,
        "established_on": since,
        "dissolved_on": None,
        "has_one_stop": random.choice((True, False, None)) if kind.endswith("_committee") else None,
    }


def procedures(random: Random, days: list[date]) -> list[Row]:
    """Dated versions of procedures; the first three are those that dossiers name."""
    rows: list[Row] = []
    for number in range(1, 90):
        code = f"{2 if number == 3 else 1}.{number:06d}"
        starts = {date(2016, 1, 1), *random.sample(days, random.choice((0, 0, 1, 2)))}
        rows += [_procedure(code, start, random, days) for start in sorted(starts)]
    return rows


def _procedure(code: str, start: date, random: Random, days: list[date]) -> Row:
    ends = [day for day in random.sample(days, 2) if day > start]
    return {
        "procedure_code": f"{code}.000.00.00.H28" if random.random() < 0.5 else code,
        "name": code,
        "level": random.choice(("province", "district", "commune")),
        "online_level": random.choice(("2", "3", "4")),
        "processing_days": (None, 0, 1, 3, 7, 20, 999_999_999)[start.toordinal() % 7],
        "processing_unit": ("working_day", "day", "hour", None)[int(code[-2:]) % 4],
        "announced_on": random.choice((None, date(2016, 1, 1), random.choice(days))),
        "publish_due_on": random.choice((None, random.choice(days))),
        "published_on": random.choice((None, date(2016, 1, 1), random.choice(days))),
        "is_certification": random.random() < 0.6,
        "valid_from": start,
        "valid_to": random.choice((None, *ends)),
    }


def tasks(random: Random, days: list[date]) -> list[Row]:
    """Tasks of all issuers, assigned, due and done around the boundaries."""
    return [
        {
            "task_code": f"T{number}",
            "issuer": random.choice(("government", "prime_minister", "provincial_committee")),
            "assigned_on": random.choice(days),
            "lead_agency_code": random.choice(("H28.1", "H28.404")),
            "original_deadline": random.choice((None, random.choice(days))),
            "deadline": random.choice((None, random.choice(days))),
            "completed_on": random.choice((None, random.choice(days))),
            "updated_at": "2023-01-01 00:00:00",
        }
        for number in range(150)
    ]


def steering_events(random: Random, days: list[date]) -> list[Row]:
    """Dialogues, surveys and publications for single agencies and for the province."""
    kinds = ("dialogue", "survey", "inspection", "par_index_publication", "task_level_publication")
    return [
        {
            "event_code": f"S{number}",
            "kind": random.choice(kinds),
            "held_on": random.choice(days),
            "refers_to_year": random.choice((2020, 2021, 2021, 2022)),
            "agency_code": "H28" if number == 7 else random.choice(("H28.1", "H28.50", "H28.51")),
        }
        for number in range(40)
    ]


def province(seed: int, dossiers: int) -> tuple[dict[str, list[Row]], list[Any]]:
    """Rows of all feeds, and the histories behind the rows of the dossier family."""
    random = Random(seed)
    days = days_of_interest(random)
    histories = random_dossiers(seed, dossiers)
    rows = raw_rows(histories)
    said: dict[str, Row] = {}
    for row in rows["dossiers"]:
        extra = said.setdefault(
            row["dossier_code"],
            {
                "agency_code": random.choice(HANDLING),
                "procedure_code": random.choice(PROCEDURES),
                "filed_by": random.choice(("self", "officer", "agent", None)),
                "fee_amount": random.choice((None, 0, 50000)),
                "paid_online": random.choice((True, False, None)),
                "has_digitised_components": random.choice((True, False, None)),
                "has_electronic_result": random.choice((True, False, None)),
                "reused_components": random.choice((None, 0, 2)),
            },
        )
        row.update(extra)
    agency_rows, changes = agencies(random, days)
    apart = Random(f"{seed}:organisation")  # so that these rows shift no others
    units = organisation.units(apart)
    staffed = sorted({row["agency_code"] for row in [*agency_rows[:11], *units]} - {"H28.1.20", "H28.50.8"})
    regulations = [
        {"agency_code": code, "document_no": str(number), "issued_on": random.choice(days)}
        for number, code in enumerate(("H28.1", "H28.2", "H28.50.8", "H28.60") * 2)
    ]
    rows |= {
        "agencies": agency_rows + units,
        "organisation_events": changes,
        "procedures": procedures(random, days),
        "tasks": tasks(random, days),
        "steering_events": steering_events(random, days),
        "function_regulations": regulations,
        "index_scores": index_scores(seed),
        "staff": organisation.staff(apart, staffed, days),
        "payroll_quotas": organisation.quotas(apart, staffed),
        "unit_finances": organisation.finances(apart),
    }
    interlink(seed, rows["procedures"])
    rows |= service_rows(seed, days, [history.code for history in histories])
    rows["national_dossiers"] = synchronise(seed, rows["dossiers"], histories)
    return rows, histories
