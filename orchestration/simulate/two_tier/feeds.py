"""The small feeds of the half-year: procedures, tasks, steering events, functions regulations; who handles what.

Belongs here: what differs from the province-year. Does not belong here: people and money (`staff.py`), the feeds that
are not simulated after the reform (index scores, registers in Excel).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from orchestration.simulate import reference
from orchestration.simulate.arrivals import Places, handlers
from orchestration.simulate.calendar import PERIOD
from orchestration.simulate.draw import drawer
from orchestration.simulate.landing import Landing, Row
from orchestration.simulate.organisation import Organisation
from orchestration.simulate.procedures import Procedure, build_procedures
from orchestration.simulate.reference import PROVINCE
from orchestration.simulate.steering import (
    DOCUMENT_COLUMNS,
    EVENT_COLUMNS,
    FEEDBACK_COLUMNS,
    Task,
    build_tasks,
    by_extract,
    document_day,
    document_rows,
    feedback_day,
    feedback_rows,
    write_survey,
)
from orchestration.simulate.two_tier.span import HALF_YEAR
from orchestration.simulate.two_tier.units import (
    NEW_PROVINCE,
    REFORM_DAY,
    communes,
    department_on,
    departments,
    predecessors,
    successors,
)

if TYPE_CHECKING:
    import duckdb

LATER = HALF_YEAR.period.end - PERIOD.end
"""From a day of the province-year to the same day of the half-year."""


def procedures_after(seed: int) -> list[Procedure]:
    """The procedures of the province-year; those of the districts went to the communes with the reform."""
    found: list[Procedure] = []
    for procedure in build_procedures(seed):
        if procedure.level != "district" or procedure.valid_to is not None:
            found.append(procedure)
            continue
        found.append(replace(procedure, valid_to=REFORM_DAY))
        found.append(replace(procedure, level="commune", valid_from=REFORM_DAY))
    return found


def places_after(seed: int) -> Places:
    """Communes take over from old communes and districts, departments from departments; branches stay."""
    weights = {agency: weight for agency, _, weight in handlers(seed)["communes"]}
    old_communes, old_districts = predecessors("commune"), predecessors("district")
    day_before = REFORM_DAY - timedelta(days=1)
    at_communes: list[tuple[str, str | None, int]] = []
    earlier: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    for unit in communes():
        old = old_communes[unit.agency_code]
        at_communes.append((unit.agency_code, unit.code, sum(weights[o.agency_code] for o in old)))
        earlier["communes", unit.agency_code] = [(o.agency_code, o.code) for o in old]
        earlier["districts", unit.agency_code] = [
            (d.agency_code, None) for d in old_districts[unit.agency_code]
        ]
    departments = {code: row["responsible_agency_code"] for code, row in reference.sectors().items()}
    for code in set(departments.values()):
        now, before = department_on(code, REFORM_DAY), department_on(code, day_before)
        earlier["department", now] = [(before, None)]
    return Places(
        handlers={
            "communes": at_communes,
            "districts": [(agency, None, weight) for agency, _, weight in at_communes],
            "branches": handlers(seed)["branches"],
        },
        departments={sector: department_on(code, REFORM_DAY) for sector, code in departments.items()},
        communes=communes(),
        rearranged=REFORM_DAY,
        earlier=earlier,
        earlier_communes=[unit.code for unit in reference.communes()],
    )


def tasks_after(seed: int) -> list[Task]:
    """The tasks of the province-year, moved in time, in the hands of the departments of their day."""

    def later(day: date | None) -> date | None:
        return day + LATER if day else None

    return [
        replace(
            task,
            code=task.code.replace("NV-", "NV25-"),
            assigned=task.assigned + LATER,
            lead=department_on(task.lead, task.assigned + LATER),
            original=later(task.original),
            deadline=later(task.deadline),
            completed=later(task.completed),
        )
        for task in build_tasks(seed)
    ]


def write_steering_after(organisation: Organisation, landing: Landing) -> None:
    """Write `steering_events` and `function_regulations`."""
    owed = [
        a.code for a in organisation.active("specialised_agency", date(2024, 12, 14)) if a.level == "province"
    ]
    owed += [unit.agency_code for unit in reference.districts()]
    rows: list[Row] = [
        ("SK25-001", "par_index_publication", date(2025, 3, 18), 2024, PROVINCE,
         "Công bố Chỉ số cải cách hành chính năm 2024 của các sở, ban, ngành, huyện, thành phố", None),
        ("SK25-002", "dialogue", date(2025, 8, 20), 2025, NEW_PROVINCE,
         "Lãnh đạo tỉnh đối thoại với người dân, cộng đồng doanh nghiệp", 260),
        ("SK25-003", "survey", date(2025, 10, 9), 2025, NEW_PROVINCE,
         "Điều tra xã hội học đo lường sự hài lòng", 1240),
    ]  # fmt: skip
    title = "Công bố mức độ hoàn thành nhiệm vụ năm 2024"
    for number, agency in enumerate(owed, 4):
        rows.append(
            (f"SK25-{number:03d}", "task_level_publication", date(2025, 3, 25), 2024, agency, title, None)
        )
    cuts = HALF_YEAR.slow_extract_dates
    by_extract(landing, "steering_events", EVENT_COLUMNS, rows, lambda row: row[2], cuts)
    regulations: list[Row] = [
        (agency.code, f"{number + 10}/2025/QĐ-UBND", REFORM_DAY + timedelta(days=number), None)
        for number, agency in enumerate(organisation.active("specialised_agency", HALF_YEAR.period.end))
        if agency.level == "province"
    ]
    columns = ("agency_code", "document_no", "issued_on", "replaces_document_no")
    by_extract(landing, "function_regulations", columns, regulations, lambda row: row[2], cuts)


def write_answers_after(seed: int, landing: Landing, connection: duckdb.DuckDBPyConnection) -> None:
    """Write `legal_documents`, `feedback` and `survey_responses`: those of the province-year, moved in time."""
    rng, cuts = drawer(seed, "answers after"), HALF_YEAR.slow_extract_dates
    documents = [
        (row[0].replace("/2022/", "/2025/"), row[1], *(_later(value) for value in row[2:]))
        for row in document_rows(rng)
    ]
    by_extract(landing, "legal_documents", DOCUMENT_COLUMNS, documents, document_day, cuts)
    feedback = [_feedback_later(row) for row in feedback_rows(rng)]
    by_extract(landing, "feedback", FEEDBACK_COLUMNS, feedback, feedback_day, cuts)
    owed = [d.code for d in departments() if d.established == REFORM_DAY] + [
        u.agency_code for u in communes()
    ]
    write_survey(rng, landing, connection, owed, cuts[1])


def _later(value: object) -> object:
    return value + LATER if isinstance(value, date) else value


def _feedback_later(row: Row) -> Row:
    """A feedback at its later time, in the hands of the agency of that day."""
    code, agency, *moments, satisfied = row
    shifted = [
        f"{datetime.fromisoformat(moment) + LATER:%Y-%m-%dT%H:%M:%S}" if moment else None
        for moment in moments
    ]
    day = datetime.fromisoformat(row[2]).date() + LATER
    districts = {unit.agency_code: unit.code for unit in reference.districts()}
    if agency not in districts:
        agency = department_on(agency, day)
    elif day >= REFORM_DAY:
        agency = successors()[districts[agency]][0]
    return (code.replace("PAKN-", "PAKN25-"), agency, *shifted, satisfied)
