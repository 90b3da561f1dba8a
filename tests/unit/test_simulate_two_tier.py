"""The simulated half-year after the reform: whole, repeatable, and apart from the province-year."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.errors import UsageError
from orchestration.simulate.run import simulate
from orchestration.simulate.two_tier.feeds import places_after, procedures_after, tasks_after
from orchestration.simulate.two_tier.organisation import build_two_tier
from orchestration.simulate.two_tier.run import simulate_two_tier
from orchestration.simulate.two_tier.span import HALF_YEAR
from orchestration.simulate.two_tier.units import REFORM_DAY, department_on

SEED = 2022
DAY_BEFORE = REFORM_DAY - timedelta(days=1)


def _bytes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate_two_tier(tmp_path / name, dossiers=300, seed=5, province="H28")
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_one_folder_holds_one_simulated_time(tmp_path: Path) -> None:
    for name, period in (("half", "2025-H2"), ("year", "2022-9M")):
        (tmp_path / name).mkdir()
        record = {"period": period, "dossiers": 300, "seed": 5, "files": {}, "expected": {}}
        (tmp_path / name / "SIMULATED.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(UsageError, match="2025-H2"):
        simulate(tmp_path / "half", dossiers=300)
    with pytest.raises(UsageError, match="2022-9M"):
        simulate_two_tier(tmp_path / "year", dossiers=300, province="H28")


def test_another_province_cannot_be_simulated(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="H99"):
        simulate_two_tier(tmp_path, province="H99")


@pytest.mark.parametrize(
    ("day", "districts", "communes", "departments"), [(DAY_BEFORE, 10, 151, 14), (REFORM_DAY, 0, 46, 14)]
)
def test_units_change_on_the_day_of_the_reform(
    day: date, districts: int, communes: int, departments: int
) -> None:
    organisation = build_two_tier(SEED)
    specialised = organisation.active("specialised_agency", day)
    found = (
        len(organisation.active("district_committee", day)),
        len(organisation.active("commune_committee", day)),
        sum(agency.level == "province" for agency in specialised),
    )
    assert found == (districts, communes, departments)


def test_whoever_ended_with_the_reform_stands_in_a_decision_and_leaves_nobody_behind() -> None:
    organisation = build_two_tier(SEED)
    decided = {change.agency for change in organisation.changes if change.effective == REFORM_DAY}
    latest = {agency.code: agency for agency in organisation.agencies}
    first = {agency.code: agency for agency in reversed(organisation.agencies)}
    ended = {code for code, agency in first.items() if agency.dissolved == REFORM_DAY}
    assert ended <= decided
    orphans = [
        agency.code
        for agency in latest.values()
        if agency.active_on(REFORM_DAY)
        and agency.parent in ended
        and first[agency.code].active_on(REFORM_DAY)
    ]
    assert orphans == []


def test_procedures_of_districts_go_on_at_the_communes() -> None:
    procedures = [p for p in procedures_after(SEED) if p.valid_to is None or p.valid_to > REFORM_DAY]
    assert {procedure.level for procedure in procedures} == {"province", "commune"}
    assert any(procedure.valid_from == REFORM_DAY for procedure in procedures)


def test_every_handler_of_today_had_one_before() -> None:
    places = places_after(SEED)
    for kind in ("communes", "districts"):
        for agency, _, _ in places.handlers[kind]:
            assert places.earlier[kind, agency]
    for code in places.departments.values():
        [(before, _)] = places.earlier["department", code]
        assert before.startswith("H28.")
        assert department_on(before, REFORM_DAY) == code


def test_tasks_are_led_by_the_department_of_their_day() -> None:
    tasks = tasks_after(SEED)
    assert {task.lead.split(".")[0] for task in tasks if task.assigned >= REFORM_DAY} == {"H44"}
    assert {task.lead.split(".")[0] for task in tasks if task.assigned < REFORM_DAY} == {"H28"}
    assert max(task.completed for task in tasks if task.completed) < HALF_YEAR.extract_dates[-1]
