"""What sources delivered, what is expected, and profiles tried on samples."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.defs.extracts import assets
from orchestration.errors import BrokenExtractError, UsageError
from orchestration.extracts.ledger import read_ledger
from orchestration.extracts.sources import check_source, list_sources
from orchestration.periods import parse_period
from orchestration.planning import RunOptions, plan_run
from orchestration.warehouse.context import BuildScope
from orchestration.warehouse.raw_views import prepare_build_database
from tests.orchestration.ingest_lake import EVENTS, TestLake, dvcqg_object, make_lake


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path / "lake")


def test_sources_with_their_last_delivery_and_the_next(lake: TestLake):
    lake.land_json("dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object("A")])
    lake.land_json("dossiers/dvcqg/2022-05-01_d.jsonl", [dvcqg_object("B", MaTTHC="")])
    lake.ingest()
    lake.land("dossier_events/mot_cua/2022-04-01_e.csv", EVENTS)
    waiting, portal = list_sources(lake.lake, date(2022, 6, 4))
    assert (portal.source_name, portal.profile, portal.files) == ("dvcqg", "dvcqg", 2)
    assert (portal.accepted, portal.quarantined) == (1, 1)
    assert (portal.last_extract_date, portal.expected_on) == (date(2022, 5, 1), date(2022, 6, 4))
    assert not portal.overdue
    assert list_sources(lake.lake, date(2022, 6, 5))[1].overdue
    assert (waiting.source_name, waiting.files, waiting.expected_on) == ("mot_cua", 0, None)
    assert json.dumps([portal.to_dict(), waiting.to_dict()])


def test_a_sample_is_judged_and_nothing_is_written(lake: TestLake, tmp_path: Path):
    sample = tmp_path / "sample.jsonl"
    supplement = {"NgayBoSung": "hôm qua"}
    objects = [
        dvcqg_object("A"),
        dvcqg_object("B", NgayTra="mai"),
        dvcqg_object("C", DanhSachHoSoBoSung=[supplement]),
    ]
    sample.write_text("\n".join(json.dumps(item) for item in objects))
    report = check_source("dvcqg", sample, lake.settings)
    assert report.broken is None
    assert report.feeds == {
        "dossiers": {"accepted": 2, "quarantined": 1},
        "dossier_supplements": {"accepted": 0, "quarantined": 1},
    }
    assert report.problems == [
        {"feed": "dossiers", "line": 2, "column": "returned_at", "reason": "bad_type"},
        {"feed": "dossier_supplements", "line": 3, "column": "requested_at", "reason": "bad_type"},
    ]
    assert report.reasons["dossiers:bad_type:returned_at"] == 1
    assert (report.lines, report.skipped) == (3, 0)
    assert report.mapping["dossier_code"] == "MaHoSo"
    assert "Bí Mật" not in json.dumps(report.to_dict(), ensure_ascii=False)
    assert not lake.lake.root.exists()


def test_a_broken_sample_says_why(lake: TestLake, tmp_path: Path):
    sample = tmp_path / "sample.csv"
    sample.write_text("dossier_code,status\nA,2\n")
    report = check_source("dossier_events", sample, lake.settings)
    assert report.broken is not None
    assert report.broken.column == "event_at"


def test_unknown_profiles_and_samples_are_wrong_usage(lake: TestLake, tmp_path: Path):
    with pytest.raises(UsageError, match="no profile 'nobody'"):
        check_source("nobody", tmp_path / "x.csv", lake.settings)
    with pytest.raises(UsageError, match="no file"):
        check_source("dvcqg", tmp_path / "x.csv", lake.settings)


def test_whom_a_source_expects_is_in_the_ledger_and_in_the_build_database(lake: TestLake, tmp_path: Path):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    columns = "columns: {feedback_code: feedback_code, agency_code: agency_code, received_at: received_at}\n"
    profile = profiles / "duong_day_nong.yml"
    profile.write_text("feed: feedback\nexpects: {agencies: [H28.1]}\n" + columns)
    header = "feedback_code,agency_code,received_at\n"
    lake.land("feedback/duong_day_nong/2022-08-15_f.csv", header + "A,H28.1,2022-08-01T08:00:00\n")
    lake.land("feedback/2022-09-15_f.csv", header + "B,H28.2,2022-08-01T08:00:00\n")
    lake.ingest(profiles=profiles)
    profile.write_text("feed: feedback\nexpects: {agencies: [H28.1, 000.00.02.H28]}\n" + columns)
    lake.land("feedback/duong_day_nong/2022-09-15_f.csv", header + "C,H28.1,2022-09-01T08:00:00\n")
    lake.ingest(profiles=profiles)
    assert sorted((entry.file, entry.expects) for entry in read_ledger(lake.lake)) == [
        ("feedback/2022-09-15_f.csv", {}),
        ("feedback/duong_day_nong/2022-08-15_f.csv", {"agencies": ["H28.1"]}),
        ("feedback/duong_day_nong/2022-09-15_f.csv", {"agencies": ["H28.1", "000.00.02.H28"]}),
    ]
    scope = BuildScope(parse_period("2022-9M"), lake.now, provisional=False)
    database = prepare_build_database(lake.lake, lake.settings, scope, read_ledger(lake.lake))
    with duckdb.connect(str(database), read_only=True) as connection:
        expected = connection.execute("from raw.expected_agencies order by agency_code").fetchall()
    newest = date(2022, 9, 15)
    assert expected == [
        ("feedback", "duong_day_nong", "000.00.02.H28", newest),
        ("feedback", "duong_day_nong", "H28.1", newest),
    ]


def test_a_ledger_document_from_before_expectations_still_counts(lake: TestLake):
    lake.land("feedback/2022-09-15_f.csv", "feedback_code,agency_code,received_at\nB,H28.2,2022-08-01\n")
    lake.ingest()
    [path] = lake.lake.ledger.glob("*.json")
    document = json.loads(path.read_text("utf-8"))
    del document["expects"]
    path.write_text(json.dumps(document), "utf-8")
    assert [entry.expects for entry in read_ledger(lake.lake)] == [{}]


COPIED = """\
columns: {dossier_code: MaHoSo, procedure_code: MaTTHC, agency_code: DonVi, status: TrangThai, updated_at: Luc}
"""


def test_a_national_copy_is_in_a_relation_of_its_own_and_in_no_other(lake: TestLake, tmp_path: Path):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "quoc_gia.yml").write_text("feed: dossiers\nnational_copy: true\n" + COPIED)
    lake.land(
        "dossiers/2022-09-15_d.csv",
        "dossier_code,procedure_code,agency_code,status,updated_at\nA,P,H28.1,5,2022-09-01T08:00:00\n",
    )
    lake.land(
        "dossiers/quoc_gia/2022-12-30_d.csv",
        "MaHoSo,MaTTHC,DonVi,TrangThai,Luc\nA,P,H28.1,9,2022-09-02T08:00:00\nB,P,H28.1,9,2022-09-02T08:00:00\n",
    )
    lake.ingest(profiles=profiles)
    ledger = read_ledger(lake.lake)
    assert {entry.source_name: entry.national_copy for entry in ledger} == {
        "canonical": False,
        "quoc_gia": True,
    }
    scope = BuildScope(parse_period("2022-9M"), lake.now, provisional=False)
    database = prepare_build_database(lake.lake, lake.settings, scope, ledger)
    with duckdb.connect(str(database), read_only=True) as connection:
        own = connection.execute("select dossier_code, status from raw.dossiers").fetchall()
        copied = connection.execute(
            "select dossier_code, status from raw.national_dossiers order by 1"
        ).fetchall()
        told = connection.execute(
            "select source_name, national_copy from raw.deliveries order by 1"
        ).fetchall()
    assert own == [("A", "5")]
    assert copied == [("A", "9"), ("B", "9")]
    assert told == [("canonical", False), ("quoc_gia", True)]


@pytest.mark.parametrize(("declared", "stops"), [("", True), ("national_copy: true\n", False)])
def test_a_broken_file_of_the_national_copy_is_told_and_stops_no_run(
    lake: TestLake, tmp_path: Path, declared: str, stops: bool
):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "quoc_gia.yml").write_text("feed: dossiers\n" + declared + COPIED)
    lake.land("dossiers/quoc_gia/2022-12-30_d.csv", "MaHoSo,MaTTHC\nA,P\n")
    report = lake.ingest(profiles=profiles)
    assert [error.feed for error in report.broken] == ["dossiers"]
    with pytest.raises(BrokenExtractError) if stops else nullcontext():
        assets.stop_on_broken(report, every_feed=False)
    with pytest.raises(BrokenExtractError):
        assets.stop_on_broken(report, every_feed=True)


def test_a_national_copy_says_nothing_of_which_period_is_over(lake: TestLake, tmp_path: Path):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "quoc_gia.yml").write_text("feed: dossiers\nnational_copy: true\n" + COPIED)
    lake.land(
        "dossiers/quoc_gia/2022-12-30_d.csv", "MaHoSo,MaTTHC,DonVi,TrangThai,Luc\nA,P,H28.1,9,2022-09-02\n"
    )
    lake.ingest(profiles=profiles)
    with pytest.raises(UsageError, match="No extract of the feed dossiers"):
        plan_run(lake.lake, lake.settings, RunOptions())
