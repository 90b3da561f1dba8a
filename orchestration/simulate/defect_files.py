"""Faults in the small feeds: procedures, tasks, agencies, control totals.

Belongs here: one extract per fault, later than the province-year, that carries it. Does not belong here: faults
in dossiers (`defect_dossiers.py`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.simulate import arrivals, steering
from orchestration.simulate.calendar import EXTRACT_DATES, PERIOD
from orchestration.simulate.organisation import build_organisation
from orchestration.simulate.organisation_feeds import COLUMNS as AGENCY_COLUMNS
from orchestration.simulate.organisation_feeds import agency_row
from orchestration.simulate.procedures import COLUMNS as PROCEDURE_COLUMNS
from orchestration.simulate.procedures import build_procedures, procedure_row
from orchestration.simulate.xlsx import table_sheet

if TYPE_CHECKING:
    from orchestration.simulate.landing import Landing, Row
    from orchestration.simulate.organisation import Agency

DAY = EXTRACT_DATES[-1]
LATER = datetime(2022, 9, 30, 18)  # noqa: DTZ001 - local time like everything in an extract
EXCESS = 150
LEGACY = b"S\xeb T\xb5i nguy\xaan v\xb5 M\xabi tr\xad\xeang"
"""A department's name in TCVN3, which is no UTF-8."""


@dataclass(frozen=True)
class Fault:
    """What was planted: number of records, files, some of the records."""

    count: int
    files: tuple[str, ...]
    records: tuple[str, ...]


def file_name(feed: str, defect: str, extension: str) -> str:
    """Relative path of the extract that carries a defect."""
    return f"{feed}/{DAY}_defect_{defect}.{extension}"


def unpublished_procedure(landing: Landing, seed: int, count: int) -> Fault:
    """A later version of a land procedure's record without its day of publication."""
    name = file_name("procedures", "unpublished_procedure", "csv")
    versions = build_procedures(seed)
    chosen = next(
        p for p in versions if p.sector == "G20-DD" and p.level == "district" and p.valid_to is None
    )
    landing.csv(name, PROCEDURE_COLUMNS, [procedure_row(chosen, None, LATER, None)])
    return Fault(count, (name,), (chosen.code.split(".000.")[0],))


def overdue_task(landing: Landing, seed: int, count: int) -> Fault:
    """A later version of a task in progress whose deadline has passed."""
    task = _open_task(seed)
    name = file_name("tasks/theo_doi_nhiem_vu", "overdue_task", "xlsx")
    row = steering.task_cells(task, date(2022, 9, 7), None, 60, LATER)
    landing.workbook(name, table_sheet("Nhiệm vụ", steering.TASK_TITLE, steering.TASK_HEADINGS, [row]))
    return Fault(count, (name,), (task.code,))


def _open_task(seed: int) -> steering.Task:
    """The longest open task of the Government or the Prime Minister that is never completed."""
    tasks = [
        task
        for task in steering.build_tasks(seed)
        if task.issuer != "UBND tỉnh" and task.completed is None and task.assigned <= PERIOD.end
    ]
    return min(tasks, key=lambda task: task.assigned)


def missing_column(landing: Landing, seed: int, count: int) -> Fault:
    """A workbook of tasks whose column of assignment was deleted."""
    name = file_name("tasks/theo_doi_nhiem_vu", "missing_column", "xlsx")
    task = _open_task(seed)
    row = steering.task_cells(task, task.deadline, None, 60, LATER)
    gone = steering.TASK_HEADINGS.index("Ngày giao")
    headings = [heading for place, heading in enumerate(steering.TASK_HEADINGS) if place != gone]
    cells = [cell for place, cell in enumerate(row) if place != gone]
    landing.workbook(name, table_sheet("Nhiệm vụ", steering.TASK_TITLE, headings, [cells]))
    return Fault(count, (name,), ("Ngày giao",))


def totals_row(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Running totals of a workbook, one per month, in the column of the task's code."""
    name = file_name("tasks/theo_doi_nhiem_vu", "totals_row", "xlsx")
    width = len(steering.TASK_HEADINGS)
    rows: list[Row] = [
        [f"Lũy kế tháng {month}", str(6 * month), *[None] * (width - 2)] for month in range(1, count + 1)
    ]
    landing.workbook(name, table_sheet("Nhiệm vụ", steering.TASK_TITLE, steering.TASK_HEADINGS, rows))
    return Fault(count, (name,), tuple(str(row[0]) for row in rows))


def lost_agency(landing: Landing, seed: int, count: int) -> Fault:
    """The commune committee with most dossiers, withdrawn from the register."""
    busiest = max(arrivals.handlers(seed)["communes"], key=lambda handler: handler[2])[0]
    agency = _agency(seed, busiest)
    name = file_name("agencies", "lost_agency", "csv")
    landing.csv(
        name,
        (*AGENCY_COLUMNS, "deleted_at"),
        [(*agency_row(agency, None, LATER), f"{LATER:%Y-%m-%dT%H:%M:%S}")],
    )
    return Fault(count, (name,), (agency.code,))


def unit_double_counted(landing: Landing, seed: int, count: int) -> Fault:
    """A merged unit delivered again as if it had never ended; its decision of merger stands."""
    organisation = build_organisation(seed)
    merged = next(
        agency
        for agency in organisation.of_kind("public_service_unit")
        if agency.dissolved and agency.name.startswith("Trạm Khuyến nông")
    )
    name = file_name("agencies", "unit_double_counted", "csv")
    landing.csv(name, AGENCY_COLUMNS, [agency_row(merged, None, LATER)])
    return Fault(count, (name,), (merged.code,))


def _agency(seed: int, code: str) -> Agency:
    return next(agency for agency in build_organisation(seed).agencies if agency.code == code)


def broken_encoding(landing: Landing, seed: int, count: int) -> Fault:
    """A file of procedures saved in a legacy encoding."""
    chosen = build_procedures(seed)[0]
    row = procedure_row(chosen, None, LATER, chosen.announced_on)
    cells = [
        "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row
    ]
    cells[PROCEDURE_COLUMNS.index("name")] = "@"
    cells[PROCEDURE_COLUMNS.index("sector_name")] = ""
    content = f"{','.join(PROCEDURE_COLUMNS)}\n{','.join(cells)}\n".encode().replace(b"@", LEGACY)
    name = file_name("procedures", "broken_encoding", "csv")
    landing.raw_bytes(name, content)
    return Fault(count, (name,), (chosen.code,))


def unmatched_control_total(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """The portal's own count of the period, stated again with an excess."""
    held = landing.root / f"control_totals/{EXTRACT_DATES[-2]}_control_totals.csv"
    if not held.is_file():
        raise UsageError(f"{held} is missing.", "Run cchc simulate without a defect first.")
    with held.open(encoding="utf-8", newline="") as handle:
        total = next(row for row in csv.DictReader(handle) if row["source"] == arrivals.PORTAL)
    columns = tuple(total)
    values = [int(total[name]) + EXCESS if name == "value" else total[name] for name in columns]
    name = file_name("control_totals", "unmatched_control_total", "csv")
    landing.csv(name, columns, [values])
    return Fault(
        count, (name,), (f"{arrivals.PORTAL} received {total['covers_from']}..{total['covers_to']}",)
    )
