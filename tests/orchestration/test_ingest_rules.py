"""What is rejected and why, what is kept and counted, and which files are broken as a whole."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.errors import UsageError
from tests.orchestration.ingest_lake import EVENTS, TestLake, dvcqg_object, make_lake


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"MaTTHC": "  "}, "missing_required", "procedure_code"),
        ({"NgayCapNhat": ""}, "missing_required", "updated_at"),
        ({"NgayTiepNhan": "20220231081500"}, "bad_type", "received_at"),
        ({"NgayTiepNhan": "01/03/2022"}, "bad_type", "received_at"),
        ({"NgayHenTra": "00010101000000"}, "bad_value", "due_at"),
        ({"TrangThaiHoSo": "11"}, "bad_enum", "status"),
        ({"TrangThaiHoSo": "00"}, "bad_enum", "status"),
        ({"HoSoCoThanhPhanSoHoa": "x"}, "bad_type", "has_digitised_components"),
        ({"DanhSachLePhi": [{"Gia": "123456789012345678"}]}, "", ""),
        ({"DonViXuLy": "H28.\ufffd"}, "bad_encoding", "agency_code"),
        ({"ChuHoSo": "Nguyá»…n VÄƒn A"}, "bad_encoding", "applicant_name"),
    ],
)
def test_each_reason_of_quarantine(lake: TestLake, changes: dict[str, object], reason: str, field: str):
    lake.land_json("dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object("A"), dvcqg_object("B", **changes)])
    lake.ingest()
    if reason:
        assert lake.quarantined("dossiers") == [(2, reason, field)]
        assert lake.rejected_text("dossiers")[0][1].startswith('{"MaHoSo": "B"')
    else:
        assert (
            len(lake.raw("dossiers")) == 2
        )  # a sum that does not fit is no fee, not a reason to lose a dossier


def test_vietnamese_in_capitals_and_quotation_marks_is_no_broken_text(lake: TestLake):
    names = ["XÃ HỘI", "ĐÃ KÝ", "MÃ SỐ Â", "«đánh giá» tốt", "Ä", "Nguyê\u0303n"]
    lake.land_json(
        "dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object(str(i), ChuHoSo=n) for i, n in enumerate(names)]
    )
    lake.ingest()
    assert lake.quarantined("dossiers") == []
    assert lake.query(
        "select applicant_name from rows order by file_line", "restricted/personal", "dossiers"
    )[-1] == ("Nguyễn",)


def test_an_optional_value_outside_its_list_becomes_null_and_a_finding(lake: TestLake):
    lake.land_json(
        "dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object("A", KenhThucHien="9"), dvcqg_object("B")]
    )
    report = lake.ingest()
    assert lake.raw("dossiers", "channel") == [(None,), ("2",)]
    assert report.of_status("new")[0].entry.outputs[0].findings == {"out_of_list:channel": 1}


def test_future_times_are_accepted_and_counted_but_deadlines_are_no_finding(lake: TestLake):
    late, deadline = (
        dvcqg_object("A", NgayTra="20300101000000"),
        dvcqg_object("B", NgayHenTra="20300101000000"),
    )
    lake.land_json("dossiers/dvcqg/2022-04-01_d.jsonl", [late, deadline])
    report = lake.ingest()
    assert report.of_status("new")[0].entry.outputs[0].findings == {"future_dated": 1}
    assert len(lake.raw("dossiers")) == 2


def test_repeats_of_one_version_are_rejected_and_further_versions_are_not(lake: TestLake):
    objects = [
        dvcqg_object("A"),
        dvcqg_object("A"),
        dvcqg_object("A", NgayHenTra="20220401000000"),
        dvcqg_object("A", NgayCapNhat="20220320000000"),
    ]
    lake.land_json("dossiers/dvcqg/2022-04-01_d.jsonl", objects)
    lake.ingest()
    assert [row[0] for row in lake.raw("dossiers", "file_line")] == [1, 4]
    assert lake.quarantined("dossiers") == [
        (2, "duplicate_in_file", "dossier_code"),
        (3, "duplicate_in_file", "dossier_code"),
    ]


def test_null_equals_null_in_keys(lake: TestLake):
    lake.land(
        "dossier_events/2022-04-01_e.csv",
        EVENTS + "A,2022-03-01 08:00:00,2,,,\n" * 2 + "A,2022-03-01 08:00:00,2,1,,\n",
    )
    lake.ingest()
    assert lake.quarantined("dossier_events") == [(3, "duplicate_in_file", "dossier_code")]
    assert len(lake.raw("dossier_events")) == 2


def test_row_hash_tells_content_and_nothing_else(lake: TestLake):
    base = dvcqg_object("A")
    lake.land_json("dossiers/dvcqg/2022-04-01_a.jsonl", [base])
    lake.land_json("dossiers/dvcqg/2022-05-01_b.jsonl", [base | {"SoDienThoai": "0900000000"}])
    lake.land_json("dossiers/dvcqg/2022-06-01_c.jsonl", [base | {"NgayHenTra": "20220315"}])
    lake.ingest()
    hashes = dict(lake.raw("dossiers", "extract_date::varchar, row_hash"))
    assert hashes["2022-04-01"] == hashes["2022-05-01"]
    assert hashes["2022-04-01"] != hashes["2022-06-01"]


GOOD = EVENTS + "A,2022-03-01 08:00:00,2,1,,\n"


@pytest.mark.parametrize(
    ("file", "content", "column", "found"),
    [
        ("dossier_events/2022-04-01_x.csv", b"", None, "empty"),
        ("dossier_events/2022-04-01_x.csv", "dossier_code,status\nA,2\n", "event_at", "dossier_code, status"),
        ("dossier_events/2022-04-01_x.csv", GOOD.encode() + b"A,2022-03-01 08:00:00,\xff\xfe,1,,\n", None, "line 3"),
        ("dossier_events/2022-04-01_x.csv.gz.part2", b"x", None, "ending"),
        ("dossier_events/2022-04-01_x.csv", GOOD + '"A,2022-03-01 08:00:00,2,1,,\n' + GOOD, None, "line 3"),
        ("dossiers/dvcqg/2022-04-01_x.jsonl", '{"MaHoSo": "A", "MaTTHC": "1"}\n', "agency_code", "MaHoSo, MaTTHC"),
        ("dossiers/dvcqg/2022-04-01_x.jsonl", "<html>\n<body>\n", None, "no JSON"),
        ("tasks/theo_doi_nhiem_vu/2022-04-01_x.xlsx", b"PK not a workbook", None, "workbook"),
        ("ratings/2022-04-01_x.parquet", b"PAR1 nothing", None, "Parquet"),
        ("dossier_events/2022-04-01_x.csv", "status,status,event_at,dossier_code\n2,2,2022-03-01,A\n", None, "twice"),
        ("dossiers/one_stop_register/2022-04-01_x.csv",
         "Mã hồ sơ,Mã TTHC,Ngày trả,Cập nhật lúc\nA,1,,01/03/2022\n", "agency_code", "no part after __"),
    ],
)  # fmt: skip
def test_a_broken_file_is_named_and_leaves_nothing(
    lake: TestLake, file: str, content: str | bytes, column: str | None, found: str
):
    lake.land(file, content)
    lake.land("ratings/2022-04-01_good.csv", "dossier_code,rated_at,score\nA,2022-03-01 08:00:00,5\n")
    report = lake.ingest()
    [broken] = report.broken
    assert (broken.file, broken.column) == (file, column)
    assert found in broken.found
    assert broken.expected
    assert broken.hint
    assert len(report.of_status("new")) == 1
    assert len(lake.raw("ratings")) == 1
    assert len(list(lake.lake.ledger.glob("*"))) == 1
    assert not list(lake.lake.root.rglob("*.tmp"))
    assert len(lake.ingest().broken) == 1, "tried again next time"


@pytest.mark.parametrize("cut", [30, 200])
def test_a_compressed_file_cut_off_is_broken(lake: TestLake, cut: int):
    data = gzip.compress(
        (EVENTS + "".join(f"A{i},2022-03-01 08:00:00,2,1,,\n" for i in range(5000))).encode()
    )
    path = lake.land("dossier_events/2022-04-01_e.csv", b"")
    path.rename(path.with_name("2022-04-01_e.csv.gz")).write_bytes(data[:-cut])
    [broken] = lake.ingest().broken
    assert "to its end" in broken.found


def test_errors_never_quote_a_file_without_header(lake: TestLake):
    lake.land(
        "dossiers/2022-04-01_d.csv", "Nguyễn Văn Kín,017099001234,H28.1\nTrần Thị Kín,017099004321,H28.1\n"
    )
    [broken] = lake.ingest().broken
    assert "Kín" not in broken.message()
    assert "017099001234" not in broken.message()


def test_what_is_left_alone_and_what_is_pointed_out(lake: TestLake, tmp_path: Path):
    outside = tmp_path / "outside.csv"
    outside.write_text(GOOD)
    lake.land("dossier_events/2022-04-01_e.csv.part", GOOD)
    lake.land("dossier_events/.hidden.csv", GOOD)
    lake.land("SIMULATED.json", '{"files": {}}')
    lake.land("nonsense/2022-04-01_e.csv", GOOD)
    lake.land("dossier_events/a/b/2022-04-01_e.csv", GOOD)
    (lake.lake.landing / "dossier_events/2022-04-01_link.csv").symlink_to(outside)
    report = lake.ingest()
    assert [broken.file for broken in report.broken] == ["dossier_events/2022-04-01_link.csv"]
    assert {warning.split(":")[0] for warning in report.warnings} == {
        "nonsense/2022-04-01_e.csv",
        "dossier_events/a/b/2022-04-01_e.csv",
    }
    assert report.of_status("new") == []


def test_unknown_feeds_and_files_are_wrong_usage(lake: TestLake):
    with pytest.raises(UsageError, match="no feed 'nonsense'"):
        lake.ingest(feeds=["nonsense"])
    with pytest.raises(UsageError, match="no file of a feed"):
        lake.ingest(replay=Path("dossiers/none.csv"))


def test_only_the_feeds_asked_for_are_taken(lake: TestLake):
    lake.land("dossier_events/2022-04-01_e.csv", GOOD)
    lake.land("ratings/2022-04-01_r.csv", "dossier_code,rated_at,score\nA,2022-03-01 08:00:00,5\n")
    assert list(lake.ingest(feeds=["ratings"]).feeds()) == ["ratings"]


def test_the_day_of_an_extract_comes_from_its_name_else_from_the_clock(lake: TestLake):
    lake.land("dossier_events/export_2022-13-40_2022-04-02_x.csv", GOOD)
    lake.land("dossier_events/export.csv", GOOD.replace("A,", "B,"))
    lake.ingest(clock=lambda: datetime(2022, 10, 5, 7))
    assert [str(row[0]) for row in lake.raw("dossier_events", "extract_date")] in (
        [["2022-04-02", "2022-10-05"], ["2022-10-05", "2022-04-02"]]
    )
