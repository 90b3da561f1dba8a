"""The simulation from beginning to end: the province-year, then the faults asked for on top of it.

Belongs here: the order of the steps, what a landing folder already holds, the report. Does not belong here: how
a feed is drawn or written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import UsageError
from orchestration.simulate.arrivals import places_of_2022
from orchestration.simulate.calendar import EXTRACT_DATES, PERIOD
from orchestration.simulate.defects import Planted, plant, require_defects
from orchestration.simulate.dossiers import Draw, simulate_dossiers, working_database
from orchestration.simulate.index_scores import write_index_scores
from orchestration.simulate.landing import Landing, read_record
from orchestration.simulate.organisation import BASELINE, Organisation, build_organisation
from orchestration.simulate.organisation_feeds import write_organisation
from orchestration.simulate.procedures import build_procedures, write_procedures
from orchestration.simulate.reference import PROVINCE
from orchestration.simulate.staff import write_staff
from orchestration.simulate.staff_posts import PRESENT
from orchestration.simulate.steering import build_tasks, write_steering, write_tasks

DOSSIERS = 336_418
SEED = 2022
FEWEST = 200


@dataclass(frozen=True)
class SimulationReport:
    """What a simulation wrote.

    Attributes:
        out: the landing folder.
        dossiers: dossiers received in the period.
        seed: what everything was drawn from.
        written: relative paths of the files written in this run.
        expected: what a correct count over the whole province-year gives for 2022-9M, before any defect.
        defects: what was planted, in the order asked for.
        period: the period whose figures are expected.
        scope: what of the province is simulated, where it is not all; Vietnamese | English.
    """

    out: Path
    dossiers: int
    seed: int
    written: tuple[str, ...]
    expected: dict[str, int]
    defects: tuple[Planted, ...] = field(default=())
    period: str = PERIOD.code
    scope: str | None = None


def simulate(
    out: Path,
    *,
    dossiers: int | None = None,
    seed: int | None = None,
    defects: Sequence[str] = (),
    province: str = PROVINCE,
    progress: Callable[[str], None] = lambda _: None,
) -> SimulationReport:
    """Write a synthetic province-year of source extracts into a landing folder.

    Where the folder already holds the province-year asked for (or none in particular is asked for), defects are
    delivered on top of it as small later extracts; without defects it is written again, byte for byte the same.

    Args:
        out: landing folder; made if absent.
        dossiers: dossiers received in 2022-9M; default what the folder holds, else 336,418.
        seed: default what the folder holds, else 2022.
        defects: names of `list_defects()`.
        province: agency code of the province; only the province of the 2022 statement can be simulated.
        progress: called with what was just done.

    Raises:
        UsageError: an unknown defect, too few dossiers, another province, a folder that holds another time.
    """
    require_defects(defects)
    record = read_record(out)
    refuse_other_time(record, PERIOD.code)
    held = {name: record[name] for name in ("dossiers", "seed")} if record else {}
    wanted = {
        "dossiers": dossiers if dossiers is not None else held.get("dossiers", DOSSIERS),
        "seed": seed if seed is not None else held.get("seed", SEED),
    }
    _check(wanted["dossiers"], province)
    landing = Landing(out)
    out.mkdir(parents=True, exist_ok=True)
    if record is None or wanted != held or not defects or not _whole(out, record):
        expected = _province_year(landing, wanted["dossiers"], wanted["seed"], progress)
        landing.record({**wanted, "period": PERIOD.code}, expected)
    else:
        expected = dict(record["expected"])
    planted = plant(landing, defects, wanted["seed"], wanted["dossiers"])
    if planted:
        landing.record({**wanted, "period": PERIOD.code}, expected)
        progress("defects " + ", ".join(item.name for item in planted))
    return SimulationReport(
        out,
        wanted["dossiers"],
        wanted["seed"],
        written=tuple(landing.files),
        expected=expected,
        defects=planted,
    )


def refuse_other_time(record: dict[str, Any] | None, period: str) -> None:
    """One landing folder holds one simulated time: tasks and control totals of another would contradict it.

    Raises:
        UsageError: the folder's list names another period.
    """
    if record is not None and record["period"] != period:
        raise UsageError(
            f"The folder holds the simulated {record['period']}; {period} cannot be written beside it.",
            "Choose another lake (CCHC_LAKE) or folder (--out).",
        )


def _whole(out: Path, record: dict[str, Any]) -> bool:
    """Whether every file that the folder's list names is still there."""
    return all((out / name).is_file() for name in record["files"])


def _check(dossiers: int, province: str) -> None:
    if dossiers < FEWEST:
        raise UsageError(f"{dossiers} dossiers are too few.", f"A province-year needs at least {FEWEST}.")
    if province != PROVINCE:
        raise UsageError(
            f"Province {province} cannot be simulated.",
            f"The simulation knows the units and departments of {PROVINCE} only: set CCHC_PROVINCE={PROVINCE}.",
        )


def _province_year(
    landing: Landing, dossiers: int, seed: int, progress: Callable[[str], None]
) -> dict[str, int]:
    """Write every feed; return what a correct count gives."""
    organisation = build_organisation(seed)
    procedures = build_procedures(seed)
    write_organisation(organisation, landing)
    write_procedures(procedures, landing)
    progress("organisation, procedures")
    write_tasks(build_tasks(seed), landing)
    write_index_scores(seed, landing)
    write_staff(organisation, seed, landing)
    progress("tasks, staff")
    with working_database() as connection:
        write_steering(seed, landing, connection)
        places = places_of_2022(seed)
        counted = simulate_dossiers(connection, landing, procedures, places, Draw(dossiers, seed), progress)
    return counted | _expected(organisation)


def _expected(organisation: Organisation) -> dict[str, int]:
    """Headline counts of 2022-9M that are not about dossiers."""
    fewer = {
        f"{kind}s_reduced": len(organisation.active(kind, BASELINE))
        - len(organisation.active(kind, PERIOD.end))
        for kind in ("public_service_unit", "subordinate_unit", "management_board", "residential_group")
    }
    return fewer | {"staff_present": PRESENT, "extracts": len(EXTRACT_DATES)}
