"""The half-year after the reform from beginning to end.

Belongs here: the order of the steps and what the landing folder says of it. Does not belong here: how a feed is drawn
or written.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.errors import UsageError
from orchestration.simulate.dossiers import Draw, simulate_dossiers, working_database
from orchestration.simulate.landing import Landing, read_record
from orchestration.simulate.organisation_feeds import write_organisation
from orchestration.simulate.procedures import write_procedures
from orchestration.simulate.run import FEWEST, SEED, SimulationReport, refuse_other_time
from orchestration.simulate.steering import write_tasks
from orchestration.simulate.two_tier.feeds import (
    places_after,
    procedures_after,
    tasks_after,
    write_answers_after,
    write_steering_after,
)
from orchestration.simulate.two_tier.organisation import build_two_tier
from orchestration.simulate.two_tier.span import HALF_YEAR
from orchestration.simulate.two_tier.staff import write_staff_after
from orchestration.simulate.two_tier.units import PROVINCES

TWO_TIER = "two_tier"
DOSSIERS = 60_000
SCOPE = (
    "Chính quyền hai cấp: chỉ mô phỏng 46 trong 148 xã, phường của tỉnh Phú Thọ (địa bàn Hòa Bình cũ). | "
    "Two-tier government: only the 46 of Phú Thọ's 148 communes that came from Hoà Bình are simulated."
)


def simulate_two_tier(
    out: Path,
    *,
    dossiers: int | None = None,
    seed: int | None = None,
    province: str,
    progress: Callable[[str], None] = lambda _: None,
) -> SimulationReport:
    """Write the extracts of a half-year after the reform; the same seed writes the same bytes.

    Args:
        out: landing folder; made if absent.
        dossiers: dossiers received in 2025-H2; default 60,000.
        seed: default 2022.
        province: agency code of the province, before or after the reform.
        progress: called with what was just done.

    Raises:
        UsageError: too few dossiers, another province, a folder that holds another time.
    """
    draw = Draw(DOSSIERS if dossiers is None else dossiers, SEED if seed is None else seed)
    if draw.dossiers < FEWEST:
        raise UsageError(f"{draw.dossiers} dossiers are too few.", f"A half-year needs at least {FEWEST}.")
    if province not in PROVINCES:
        raise UsageError(
            f"Province {province} cannot be simulated.", f"Set CCHC_PROVINCE to {' or '.join(PROVINCES)}."
        )
    refuse_other_time(read_record(out), HALF_YEAR.period.code)
    out.mkdir(parents=True, exist_ok=True)
    landing, cuts = Landing(out), HALF_YEAR.slow_extract_dates
    organisation, procedures = build_two_tier(draw.seed), procedures_after(draw.seed)
    write_organisation(organisation, landing, cuts)
    write_procedures(procedures, landing, cuts)
    write_tasks(tasks_after(draw.seed), landing, cuts)
    write_steering_after(organisation, landing)
    write_staff_after(organisation, draw.seed, landing)
    progress("organisation, procedures, tasks, staff")
    with working_database() as connection:
        write_answers_after(draw.seed, landing, connection)
        places = places_after(draw.seed)
        expected = simulate_dossiers(connection, landing, procedures, places, draw, progress, HALF_YEAR)
    landing.record(
        {
            "dossiers": draw.dossiers, "seed": draw.seed, "period": HALF_YEAR.period.code, "era": TWO_TIER,
            "scope": SCOPE,
        },
        expected,
    )  # fmt: skip
    return SimulationReport(
        out,
        draw.dossiers,
        draw.seed,
        tuple(landing.files),
        expected,
        period=HALF_YEAR.period.code,
        scope=SCOPE,
    )
