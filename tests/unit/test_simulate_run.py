"""Same seed, same bytes; whole files or none; memory with a bound; what the folder already holds."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from orchestration.errors import UsageError
from orchestration.simulate import dossiers, run
from orchestration.simulate.landing import Landing
from orchestration.simulate.run import simulate


def _bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes_whatever_the_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(tmp_path, dossiers=300, seed=5)
    first = _bytes(tmp_path)
    monkeypatch.setattr(dossiers, "THREADS", 1)
    simulate(tmp_path, dossiers=300, seed=5)
    assert _bytes(tmp_path) == first


def test_another_seed_writes_other_dossiers_and_the_same_figures(
    province_year: run.SimulationReport, tmp_path: Path
) -> None:
    other = simulate(tmp_path, dossiers=province_year.dossiers, seed=province_year.seed + 1)
    name = "dossiers_received"
    assert other.expected[name] == province_year.expected[name] == province_year.dossiers
    name = "dossiers/dvcqg/2022-05-15_dvcqg.jsonl.gz"
    assert (other.out / name).read_bytes() != (province_year.out / name).read_bytes()


def test_memory_has_a_bound_that_larger_years_respect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times the usual test size within a limit that its tables do not fit in: the engine spills."""
    monkeypatch.setattr(dossiers, "MEMORY_LIMIT", "90MB")
    report = simulate(tmp_path, dossiers=60_000, seed=5)
    assert report.expected["dossiers_received"] == 60_000


def test_no_part_is_left_and_every_file_is_listed_as_simulated(province_year: run.SimulationReport) -> None:
    record = json.loads((province_year.out / "SIMULATED.json").read_text("utf-8"))
    found = _bytes(province_year.out)
    del found["SIMULATED.json"]
    assert record["files"] == found
    assert not any(name.endswith(".part") for name in found)
    assert (record["seed"], record["dossiers"], record["schema_version"]) == (7, 1500, 1)


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.csv("tasks/2022-01-15_x.csv", ("a",), [(1,)])
    with pytest.raises(ZeroDivisionError):
        landing.csv("tasks/2022-01-15_x.csv", ("a",), ([1 // (1 - n)] for n in range(2)))
    assert (tmp_path / "tasks/2022-01-15_x.csv").read_text() == "a\n1\n"
    assert [path.name for path in (tmp_path / "tasks").iterdir()] == ["2022-01-15_x.csv"]


def test_another_province_and_too_few_dossiers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="H17"):
        simulate(tmp_path, province="H17")
    with pytest.raises(UsageError, match="too few"):
        simulate(tmp_path, dossiers=10)
    assert list(tmp_path.iterdir()) == []


def test_office_programs_can_open_the_workbooks(province_year: run.SimulationReport) -> None:
    """Every member is well-formed XML and every relation leads to a member."""
    for path in province_year.out.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            names = set(archive.namelist())
            for name in names:
                ET.fromstring(archive.read(name))
            relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            assert {f"xl/{relation.get('Target')}" for relation in relations} <= names
            assert b"simulated" in archive.read("docProps/core.xml").lower()
