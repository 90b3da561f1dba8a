"""What several unit tests share: one small simulated province-year, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestration.simulate.run import SimulationReport, simulate

if TYPE_CHECKING:
    from pathlib import Path

DOSSIERS = 1500


@pytest.fixture(scope="session")
def province_year(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    """A province-year of 1,500 dossiers; not to be written into."""
    return simulate(tmp_path_factory.mktemp("province") / "landing", dossiers=DOSSIERS, seed=7)


@pytest.fixture
def landing(province_year: SimulationReport) -> Path:
    """Its landing folder."""
    return province_year.out
