"""The reform as decisions: departments merged twice, districts ended, communes merged, everything below moved.

Belongs here: what the decisions of 2025 did to the organisation of 2022. Does not belong here: that organisation
(`orchestration/simulate/organisation.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from orchestration.simulate import reference
from orchestration.simulate.organisation import Agency, Change, Organisation, build_organisation
from orchestration.simulate.two_tier.units import (
    NEW_PROVINCE,
    REFORM_DAY,
    communes,
    departments,
    successors,
)

DIVISIONS = ("Văn phòng HĐND và UBND", "Phòng Kinh tế", "Phòng Văn hóa - Xã hội")

Parent = tuple[str, str]
"""Code and level of an agency's parent."""


def build_two_tier(seed: int) -> Organisation:
    """The organisation of 2022 with everything that happened to it until the reform was done."""
    organisation = build_organisation(seed)
    for day in sorted({department.established for department in departments()}):
        moved = _merge_departments(organisation, day)
        if day == REFORM_DAY:
            _found_communes(organisation)
            moved |= _end_units(organisation)
        _move(organisation, moved, day)
    return organisation


def _agency(o: Organisation, code: str) -> Agency:
    return o.agencies[o.positions[code]]


def _merge_departments(o: Organisation, day: date) -> dict[str, Parent]:
    """Found the departments of a day; return the new parent of what lay below the old ones."""
    moved: dict[str, Parent] = {}
    for department in departments():
        if department.established != day:
            continue
        parent = department.code.split(".")[0]
        o.add(Agency(department.code, department.name, "specialised_agency", "province", parent, day,
                     block="department"))  # fmt: skip
        event = "consolidate" if len(department.merges) > 1 else "merge"
        for code in department.merges:
            o.end(_agency(o, code), event, day, department.code)
            moved[code] = (department.code, "province")
    return moved


def _found_communes(o: Organisation) -> None:
    """The province's and the communes' new agencies, each with a service centre (Decree 118/2025/NĐ-CP)."""
    day = REFORM_DAY
    o.add(Agency(f"{NEW_PROVINCE}.10", "Trung tâm Phục vụ hành chính công tỉnh", "one_stop_unit", "province",
                 NEW_PROVINCE, day, one_stop=True))  # fmt: skip
    o.end(_agency(o, f"{reference.PROVINCE}.10"), "merge", day, f"{NEW_PROVINCE}.10")
    for unit in communes():
        name = unit.name[0].lower() + unit.name[1:]
        o.add(Agency(unit.agency_code, f"Ủy ban nhân dân {name}", "commune_committee", "commune", NEW_PROVINCE, day,
                     block="commune", admin_unit=unit.code))  # fmt: skip
        o.changes.append(Change("establish", day, unit.agency_code))
        o.add(Agency(f"{unit.agency_code}.90", f"Trung tâm Phục vụ hành chính công {name}", "one_stop_unit",
                     "commune", unit.agency_code, day, one_stop=True))  # fmt: skip
        for number, title in enumerate(DIVISIONS, 71):
            o.add(Agency(f"{unit.agency_code}.{number}", f"{title} {name}", "specialised_agency", "commune",
                         unit.agency_code, day))  # fmt: skip


def _end_units(o: Organisation) -> dict[str, Parent]:
    """End districts and old communes; return the new parent of what lay below them."""
    moved: dict[str, Parent] = {}
    for unit in reference.units():
        first, *others = successors()[unit.code]
        event = "split" if others else "consolidate"
        o.end(_agency(o, unit.agency_code), event, REFORM_DAY, first)
        o.changes += [Change(event, REFORM_DAY, unit.agency_code, other) for other in others]
        moved[unit.agency_code] = (first, "commune")
    for agency in list(o.agencies):
        if agency.parent in moved and agency.kind in ("specialised_agency", "one_stop_unit"):
            o.end(agency, "dissolve", REFORM_DAY)
    return moved


def _move(o: Organisation, moved: Mapping[str, Parent], day: date) -> None:
    """Give what lay below an ended agency its new parent, as a later version of it."""
    latest = {agency.code: agency for agency in o.agencies}
    for agency in latest.values():
        if agency.parent in moved and agency.active_on(day):
            parent, level = moved[agency.parent]
            o.add(replace(agency, valid_from=day, parent=parent, level=level))
