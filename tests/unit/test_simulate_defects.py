"""Each fault: planted on top, in the files that are named, as often as is said."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from expectations.registry import load_registry
from expectations.verdict import REFUSES, effect
from orchestration.errors import UsageError
from orchestration.settings import REPOSITORY
from orchestration.simulate.defects import list_defects
from orchestration.simulate.run import SimulationReport, simulate
from orchestration.simulate.signals import SIGNALS

NAMES = {
    "unpublished_procedure", "overdue_task", "on_time_under_target", "lost_agency", "duplicated_codes",
    "broken_encoding", "missing_column", "swapped_day_month", "future_dates", "finished_before_received",
    "totals_row", "unit_double_counted", "unmatched_control_total", "national_copy",
}  # fmt: skip
LOGGED = {"suspension_without_supplement", "forbidden_transition"}
"""Signals planted in the log of events; all others in portal objects."""


@pytest.fixture(scope="module")
def faulty(province_year: SimulationReport, tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    """A copy of the province-year with every fault on top."""
    out = tmp_path_factory.mktemp("faulty") / "landing"
    shutil.copytree(province_year.out, out)
    return simulate(out, defects=[defect.name for defect in list_defects()])


def _file(report: SimulationReport, name: str) -> Path:
    planted = next(planted for planted in report.defects if planted.name == name)
    assert len(planted.files) == 1
    return report.out / planted.files[0]


def _objects(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _events(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _count(report: SimulationReport, name: str) -> int:
    return next(planted.count for planted in report.defects if planted.name == name)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_fourteen_defects_and_twelve_signals_are_listed_with_what_catches_them() -> None:
    defects = list_defects()
    assert {defect.name for defect in defects if defect.caught_by != "qc"} == NAMES
    assert {defect.name for defect in defects if defect.caught_by == "qc"} == set(SIGNALS)
    assert len(SIGNALS) == 12
    assert all(
        defect.count > 0 and defect.rule_id and defect.plants_vi and defect.message_vi for defect in defects
    )
    assert all(json.dumps(defect.to_json()) for defect in defects)


def test_the_audit_has_every_rule_that_must_catch_a_defect() -> None:
    rules = load_registry()
    for defect in list_defects():
        if defect.caught_by == "rule":
            assert effect(rules[defect.rule_id].rule_class, success=False, waived=False) == REFUSES, (
                defect.name
            )


def test_only_small_later_files_are_added(province_year: SimulationReport, faulty: SimulationReport) -> None:
    before = {str(p.relative_to(province_year.out)) for p in province_year.out.rglob("*") if p.is_file()}
    after = {str(p.relative_to(faulty.out)) for p in faulty.out.rglob("*") if p.is_file()}
    added = after - before
    assert added == set(faulty.written)
    assert len(added) == len(NAMES) + len(SIGNALS)
    assert all("2022-09-30_defect_" in name for name in added)
    unchanged = "dossiers/dvcqg/2022-09-15_dvcqg.jsonl.gz"
    assert (province_year.out / unchanged).read_bytes() == (faulty.out / unchanged).read_bytes()


def test_an_empty_folder_gets_the_province_year_and_the_defect(tmp_path: Path) -> None:
    report = simulate(tmp_path, dossiers=300, seed=5, defects=["unpublished_procedure"])
    assert (tmp_path / "dossiers/dvcqg/2022-09-15_dvcqg.jsonl.gz").is_file()
    assert report.written[-1] == "procedures/2022-09-30_defect_unpublished_procedure.csv"
    again = simulate(tmp_path, defects=["overdue_task"])
    assert again.dossiers == 300
    assert again.written == ("tasks/theo_doi_nhiem_vu/2022-09-30_defect_overdue_task.xlsx",)
    listed = json.loads((tmp_path / "SIMULATED.json").read_text("utf-8"))["files"]
    assert set(again.written + report.written) <= set(listed)


def test_an_unknown_defect_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        simulate(tmp_path, defects=["nonsense"])
    assert "unpublished_procedure" in (caught.value.hint or "")
    assert list(tmp_path.iterdir()) == []


def test_unpublished_procedure(faulty: SimulationReport) -> None:
    (row,) = _rows(_file(faulty, "unpublished_procedure"))
    assert row["published_on"] == ""
    assert row["sector_code"].startswith("G20")
    delivered = [
        r
        for path in sorted((faulty.out / "procedures").glob("2022-0?-15_procedures.csv"))
        for r in _rows(path)
    ]
    assert (row["procedure_code"], row["valid_from"]) in {
        (r["procedure_code"], r["valid_from"]) for r in delivered
    }


def test_overdue_task(faulty: SimulationReport) -> None:
    rows = CalamineWorkbook.from_path(_file(faulty, "overdue_task")).get_sheet_by_index(0).to_python()
    task = dict(zip(rows[1], rows[2], strict=True))
    assert len(rows) == 3
    assert task["Hạn hiện tại"] == "07/09/2022"
    assert task["Ngày hoàn thành"] == ""
    assert task["Cơ quan giao"] != "UBND tỉnh"


def test_national_copy(faulty: SimulationReport) -> None:
    rows = _objects(_file(faulty, "national_copy"))
    here: dict[str, dict] = {}
    for path in sorted((faulty.out / "dossiers/dvcqg").glob("2022-*_dvcqg.jsonl.gz")):
        here |= {row["MaHoSo"]: row for row in _objects(path)}
    other = [row for row in rows if row["TrangThaiHoSo"] != here[row["MaHoSo"]]["TrangThaiHoSo"]]
    assert len(rows) == len({row["MaHoSo"] for row in rows}) == 10 * _count(faulty, "national_copy")
    assert len(other) == _count(faulty, "national_copy")
    assert all(here[row["MaHoSo"]]["TrangThaiHoSo"] in "568" for row in other)
    assert all(row["TrangThaiHoSo"] == "9" for row in other)


def test_on_time_under_target(faulty: SimulationReport) -> None:
    rows = _objects(_file(faulty, "on_time_under_target"))
    assert len(rows) == _count(faulty, "on_time_under_target") == len({row["MaHoSo"] for row in rows})
    assert all(row["NgayTiepNhan"] <= row["NgayHenTra"] for row in rows)
    assert all(row["NgayHenTra"][:8] < row["NgayKetThucXuLy"][:8] < "20220915" for row in rows)
    late = faulty.expected["dossiers_late"] + len(rows)
    assert 0.003 < late / faulty.expected["dossiers_resolved"] < 0.005


def test_duplicated_codes(faulty: SimulationReport) -> None:
    rows = _objects(_file(faulty, "duplicated_codes"))
    assert len(rows) == 2 * _count(faulty, "duplicated_codes")
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        assert (first["MaHoSo"], first["NgayCapNhat"]) == (second["MaHoSo"], second["NgayCapNhat"])
        assert first["TrangThaiHoSo"] != second["TrangThaiHoSo"]


def test_swapped_day_month(faulty: SimulationReport) -> None:
    rows = _objects(_file(faulty, "swapped_day_month"))
    assert len(rows) == _count(faulty, "swapped_day_month")
    for row in rows:
        assert row["NgayTiepNhan"] > row["NgayKetThucXuLy"]
        assert row["NgayTiepNhan"] < "20220915"
        assert row["MaHoSo"].split("-")[1] <= "22" + row["NgayTiepNhan"][6:8] + row["NgayTiepNhan"][4:6]


def test_future_dates_and_finished_before_received(faulty: SimulationReport) -> None:
    future = _objects(_file(faulty, "future_dates"))
    assert len(future) == _count(faulty, "future_dates")
    assert all(row["NgayTra"].startswith("2099") for row in future)
    before = _objects(_file(faulty, "finished_before_received"))
    assert len(before) == _count(faulty, "finished_before_received")
    assert all(row["NgayKetThucXuLy"] < row["NgayTiepNhan"] for row in before)


def test_agencies_lost_and_counted_twice(faulty: SimulationReport) -> None:
    (lost,) = _rows(_file(faulty, "lost_agency"))
    assert lost["kind"] == "commune_committee"
    assert lost["deleted_at"] == "2022-09-30T18:00:00"
    (twice,) = _rows(_file(faulty, "unit_double_counted"))
    assert twice["dissolved_on"] == ""
    events = [r for path in (faulty.out / "organisation_events").glob("*.csv") for r in _rows(path)]
    assert any(e["agency_code"] == twice["agency_code"] and e["event_type"] == "merge" for e in events)


def test_files_that_cannot_be_taken(faulty: SimulationReport) -> None:
    with pytest.raises(UnicodeDecodeError):
        _file(faulty, "broken_encoding").read_text("utf-8")
    rows = CalamineWorkbook.from_path(_file(faulty, "missing_column")).get_sheet_by_index(0).to_python()
    assert "Ngày giao" not in rows[1]
    assert len(rows[1]) == 10


def test_totals_row(faulty: SimulationReport) -> None:
    rows = CalamineWorkbook.from_path(_file(faulty, "totals_row")).get_sheet_by_index(0).to_python()
    assert len(rows) - 2 == _count(faulty, "totals_row") == 12
    assert all(row[0].startswith("Lũy kế") and row[2] == "" for row in rows[2:])


def test_unmatched_control_total(faulty: SimulationReport) -> None:
    (wrong,) = _rows(_file(faulty, "unmatched_control_total"))
    held = _rows(faulty.out / "control_totals/2022-09-15_control_totals.csv")
    (right,) = [row for row in held if row["source"] == wrong["source"]]
    assert int(wrong["value"]) - int(right["value"]) == 150
    assert {**wrong, "value": ""} == {**right, "value": ""}


def test_no_two_faults_are_planted_in_one_dossier(faulty: SimulationReport) -> None:
    planted = [
        {row["MaHoSo"] for row in _objects(path)}
        for path in (faulty.out / "dossiers/dvcqg").glob("*_defect_*")
    ]
    planted += [{row["dossier_code"] for row in _events(_file(faulty, name))} for name in sorted(LOGGED)]
    assert len(planted) == 5 + len(SIGNALS)
    assert sum(map(len, planted)) == len(set.union(*planted))


def test_every_signal_has_its_class_in_data_quality_and_its_list() -> None:
    with (REPOSITORY / "dbt_project/seeds/quality_classes.csv").open(encoding="utf-8", newline="") as handle:
        classes = {row["quality_class"] for row in csv.DictReader(handle)}
    lists = {path.stem for path in (REPOSITORY / "dbt_project/models/qc").glob("*.sql")}
    named = {signal.rule_id for signal in SIGNALS.values()}
    assert named <= classes
    assert {f"qc_{name}" for name in named} | {"qc_signal_counts"} == lists


def test_signals_are_planted_in_the_records_that_are_listed(faulty: SimulationReport) -> None:
    for planted in faulty.defects:
        if planted.name not in SIGNALS:
            continue
        carriers = (
            {row["dossier_code"] for row in _events(_file(faulty, planted.name))}
            if planted.name in LOGGED
            else {row["MaHoSo"] for row in _objects(_file(faulty, planted.name))}
        )
        assert len(set(planted.records)) == planted.count == len(carriers)
        if planted.name == "withdrawn_and_refiled":
            assert not carriers & set(planted.records)
        else:
            assert carriers == set(planted.records)


def test_a_signal_planted_again_is_planted_in_the_same_records(
    faulty: SimulationReport, tmp_path: Path
) -> None:
    before = _file(faulty, "end_bunched_at_due").read_bytes()
    shutil.copytree(faulty.out, tmp_path / "landing")
    again = simulate(tmp_path / "landing", defects=["end_bunched_at_due"])
    assert _file(again, "end_bunched_at_due").read_bytes() == before
