"""Every kind of file becomes rows, and every line of it is accounted for."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from orchestration.extracts.contract import feeds
from orchestration.settings import REPOSITORY
from tests.orchestration.ingest_lake import EVENTS, TestLake, dvcqg_object, make_lake


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path)


def counts(lake: TestLake, **options: object) -> list[tuple[str, int, int, int, int]]:
    report = lake.ingest(**options)
    assert report.broken == []
    found = []
    for result in report.of_status("new"):
        for output in result.entry.outputs:
            assert output.lines == output.accepted + output.quarantined + output.skipped
            assert output.rows == output.accepted + output.quarantined
            found.append((output.feed, output.lines, output.accepted, output.quarantined, output.skipped))
    return found


def workbook(rows: list[list[object]], merges: list[tuple[int, int, int, int, str]] = ()) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("Sheet")
    day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for place in merges:
        sheet.merge_range(*place)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(row, column, cell, day)
            elif cell is not None:
                sheet.write(row, column, cell)
    book.close()
    return stream.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_every_delimiter_and_encoding(lake: TestLake, delimiter: str, encoding: str):
    rows = [
        "dossier_code,event_at,status,step",
        "H1,2022-03-01 08:00:00,2,Tiếp nhận",
        "H1,2022-03-02 09:30:00,4,Xử lý",
    ]
    lake.land("dossier_events/2022-04-01_e.csv", "\r\n".join(rows).replace(",", delimiter).encode(encoding))
    assert counts(lake) == [("dossier_events", 3, 2, 0, 1)]
    assert lake.raw("dossier_events", "dossier_code, event_at, status, step, file_line") == [
        ("H1", datetime(2022, 3, 1, 8), "2", "Tiếp nhận", 2),
        ("H1", datetime(2022, 3, 2, 9, 30), "4", "Xử lý", 3),
    ]


@pytest.mark.parametrize("ending", ["csv.gz", "csv.zst"])
def test_compressed_csv(lake: TestLake, ending: str, tmp_path: Path):
    text = EVENTS + "H1,2022-03-01 08:00:00,2,1,,\n"
    if ending == "csv.zst":
        with pa.output_stream(str(lake.land(f"dossier_events/2022-04-01_e.{ending}", b"")), "zstd") as stream:
            stream.write(text.encode())
    else:
        lake.land(f"dossier_events/2022-04-01_e.{ending}", text)
    assert counts(lake) == [("dossier_events", 2, 1, 0, 1)]


def test_csv_lines_of_the_wrong_width_blank_lines_and_quoted_line_ends_keep_their_numbers(lake: TestLake):
    text = (
        "dossier_code,event_at,status,step\n"  # 1
        "H1,2022-03-01 08:00:00,2,one\n"  # 2
        "\n"  # 3
        "H2,2022-03-01 08:00:00\n"  # 4 too few
        'H3,2022-03-01 08:00:00,2,"first, ""quoted""\n'  # 5 spans two lines
        'second"\n'  # 6
        "H4,2022-03-01 08:00:00,2,four,too,many\n"  # 7
        '"H5",2022-03-01 08:00:00,2,in"side\n'  # 8
        ",,,\n"  # 9 blank
        "H6,2022-03-01 08:00:00,2,last"  # 10
    )
    lake.land("dossier_events/2022-04-01_e.csv", text)
    [(_, lines, accepted, quarantined, skipped)] = counts(lake)
    assert (accepted, quarantined) == (4, 2)
    assert lines == 10
    assert skipped == 4  # header, blank, spanned, empty
    assert lake.raw("dossier_events", "dossier_code, step, file_line") == [
        ("H1", "one", 2),
        ("H3", 'first, "quoted"\nsecond', 5),
        ("H5", 'in"side', 8),
        ("H6", "last", 10),
    ]
    assert lake.quarantined("dossier_events") == [(4, "wrong_width", None), (7, "wrong_width", None)]
    assert lake.rejected_text("dossier_events")[1] == (7, "H4,2022-03-01 08:00:00,2,four,too,many")


def test_header_names_match_without_case_and_order_and_extra_columns_are_listed(lake: TestLake):
    lake.land(
        "dossier_events/2022-04-01_e.csv", "Màu sắc,STATUS, Event_At ,Dossier_Code\nđỏ,2,2022-03-01,H1\n"
    )
    report = lake.ingest()
    assert report.broken == []
    assert any("columns not used: Màu sắc" in warning for warning in report.warnings)
    assert any("sequence" in warning for warning in report.warnings)
    assert lake.raw("dossier_events", "dossier_code, event_at, event_at_has_time") == [
        ("H1", datetime(2022, 3, 1), False)
    ]


def test_a_header_alone_gives_no_rows_and_is_no_error(lake: TestLake):
    lake.land("dossier_events/2022-04-01_e.csv", EVENTS)
    assert counts(lake) == [("dossier_events", 1, 0, 0, 1)]


def test_dvcqg_objects_give_dossiers_and_supplements(lake: TestLake):
    supplement = {
        "NgayBoSung": "20220303080000",
        "NgayTiepNhanBoSung": "20220305080000",
        "NgayHenTraMoi": "20220320170000",
    }
    lake.land(
        "dossiers/dvcqg/2022-04-01_d.jsonl.gz",
        json.dumps(
            dvcqg_object(
                "H28-1", DanhSachHoSoBoSung=[supplement, supplement | {"NgayBoSung": "20220308080000"}]
            )
        )
        + "\n\n"
        + json.dumps(dvcqg_object("H28-2", TrangThaiHoSo="77"))
        + "\nnot json at all\n[1]\n"
        + json.dumps(
            dvcqg_object("H28-3", NgayTra="", TaiLieuNop=[], DanhSachLePhi=[], DanhSachGiayToKetQua=[])
        )
        + "\n",
    )
    assert counts(lake) == [("dossiers", 6, 2, 3, 1), ("dossier_supplements", 2, 2, 0, 0)]
    columns = "dossier_code, filed_by, reused_components, fee_amount, has_electronic_result, paid_online, returned_at"
    first, last = lake.raw("dossiers", columns)
    assert first == ("H28-1", "self", 1, 20000, True, True, datetime(2022, 3, 14, 15))
    assert last == ("H28-3", "self", 0, 0, False, True, None)
    assert lake.quarantined("dossiers") == [
        (3, "bad_enum", "status"),
        (4, "wrong_width", None),
        (5, "wrong_width", None),
    ]
    assert lake.raw("dossier_supplements", "dossier_code, requested_at, due_before, due_after, file_line")[1] == (
        "H28-1", datetime(2022, 3, 8, 8), None, datetime(2022, 3, 20, 17), 1,
    )  # fmt: skip


def test_a_sum_with_an_amount_that_cannot_be_read_is_null_and_counted(lake: TestLake):
    lists = {
        "whole": [{"Gia": "15000"}, {"Gia": "5000.5"}, {"Gia": " "}, {"Ma": "P"}],
        "word": [{"Gia": "15000"}, {"Gia": "miễn phí"}],
        "too large": [{"Gia": "15000"}, {"Gia": "9" * 20}],
        "nothing stated": [{"Gia": ""}],
        "no list": [],
    }
    lake.land_json(
        "dossiers/dvcqg/2022-04-01_d.jsonl",
        [dvcqg_object(code, DanhSachLePhi=fees) for code, fees in lists.items()],
    )
    report = lake.ingest()
    assert report.feeds()["dossiers"]["accepted"] == 5
    assert lake.raw("dossiers", "dossier_code, fee_amount") == [
        ("whole", Decimal("20000.5")),
        ("word", None),
        ("too large", None),
        ("nothing stated", None),
        ("no list", 0),
    ]
    entry = report.files[0].entry
    assert entry is not None
    assert entry.outputs[0].findings == {"unreadable_amount:fee_amount": 2}
    explained = (REPOSITORY / "dbt_project" / "seeds" / "quality_classes.csv").read_text("utf-8")
    assert "\nunreadable_amount,*,suspicious," in explained


def test_a_json_document_is_read_like_json_lines(lake: TestLake):
    lake.land(
        "dossiers/dvcqg/2022-04-01_d.json", json.dumps([dvcqg_object("A"), dvcqg_object("B")], indent=1)
    )
    assert counts(lake)[0] == ("dossiers", 2, 2, 0, 0)


REGISTER = [
    ["UBND XÃ HÒA BÌNH", None, None, None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    [None, None, None, None, None, None, "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["SỔ THEO DÕI HỒ SƠ"],
    ["Từ ngày 15/03/2022 đến ngày 14/04/2022"],
    [],
    ["STT", "Mã hồ sơ", "Mã TTHC", "Hồ sơ", None, "Chủ hồ sơ", "Hình thức nộp", "Thời gian", None, None,
     "Cập nhật lúc"],
    [None, None, None, "Trích yếu hồ sơ", "Số bộ", None, None, "Nhận", None, "Trả", None],
    [None, None, None, None, None, None, None, "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", None],
    [1, "H28.1-01", "1.004889", "Khai sinh", 1, "Trần Thị Kín", "Trực tuyến", "01/04/2022 08:15:00",
     "05/04/2022 17:00:00", "04/04/2022 10:00:00", "04/04/2022 10:01:00"],
    [2, "H28.1-02", "1.004889", "Khai tử", 1, "Lê Văn Kín", "trực tiếp", datetime(2022, 4, 2, 9, 30),
     "07/04/2022", None, "02/04/2022 09:31"],
    [],
    ["Tổng cộng", None, None, None, 2],
    ["Người lập biểu"],
    ["Nguyễn Thị Biểu"],
]  # fmt: skip


def test_a_register_with_motto_merged_headings_and_totals(lake: TestLake):
    data = workbook(REGISTER, [(6, 0, 8, 0, "STT"), (6, 3, 6, 4, "Hồ sơ"), (6, 7, 6, 9, "Thời gian")])
    lake.land("dossiers/one_stop_register__H28.148.1/2022-04-15_so.xlsx", data)
    assert counts(lake) == [("dossiers", 15, 2, 0, 13)]
    columns = "dossier_code, agency_code, channel, status, received_at, due_at, due_at_has_time, finished_at, file_line"
    assert lake.raw("dossiers", columns) == [
        ("H28.1-01", "H28.148.1", "2", "10", datetime(2022, 4, 1, 8, 15), datetime(2022, 4, 5, 17), True,
         datetime(2022, 4, 4, 10), 10),
        ("H28.1-02", "H28.148.1", "1", "4", datetime(2022, 4, 2, 9, 30), datetime(2022, 4, 7), False, None, 11),
    ]  # fmt: skip


def test_staff_of_a_workbook_stand_under_their_pseudonym_alone(lake: TestLake):
    head = [
        "Số hiệu",
        "Họ và tên",
        "Số CCCD",
        "Mã đơn vị",
        "Chức vụ",
        "Biên chế",
        "Từ ngày",
        "Đến ngày",
        "Lý do thôi",
    ]
    rows = [
        ["DANH SÁCH NHÂN SỰ"],
        head,
        ["NV-7", "Phạm Thị Kín", "017000000007", "H28.1", "Phó", "Công chức", "01/02/2019", None, None],
    ]
    lake.land("staff/nhan_su/2022-04-01_ns.xlsx", workbook(rows))
    assert counts(lake) == [("staff", 3, 1, 0, 2)]
    [(key, position, payroll, start_on)] = lake.raw("staff", "person_key, position, payroll, start_on")
    assert (len(key), position, payroll, start_on) == (64, "deputy", "civil_servant", date(2019, 2, 1))


def test_finances_read_dotted_thousands(lake: TestLake):
    head = [
        "Mã đơn vị",
        "Năm",
        "Thu sự nghiệp",
        "Chi thường xuyên",
        "Tự bảo đảm chi đầu tư",
        "Nhóm được giao",
    ]
    rows = [
        ["TÀI CHÍNH"],
        head,
        ["H28.1.1", 2021, "1.234.567", "2.000", "Có", 2],
        ["H28.1.2", 2021, "12.34", "1", "Không", 3],
    ]
    lake.land("unit_finances/tai_chinh_don_vi/2022-04-01_tc.xlsx", workbook(rows))
    assert counts(lake) == [("unit_finances", 4, 1, 1, 2)]
    assert lake.raw("unit_finances", "year, own_revenue, self_funds_investment, granted_group") == [
        (2021, 1234567, True, "2")
    ]
    assert lake.quarantined("unit_finances") == [(4, "bad_type", "own_revenue")]


def test_tasks_of_a_workbook(lake: TestLake):
    head = ["Mã nhiệm vụ", "Số văn bản", "Cơ quan giao", "Ngày giao", "Nội dung", "Đơn vị chủ trì", "Hạn ban đầu",
            "Hạn hiện tại", "Ngày hoàn thành", "Tiến độ (%)", "Cập nhật lúc"]  # fmt: skip
    row = ["NV-1", "12/VPCP", "Thủ tướng Chính phủ", "05/01/2022", "Rà soát", "H28.2", "01/03/2022", "15/03/2022", None,
           "99,5", "02/02/2022 08:00:00"]  # fmt: skip
    lake.land("tasks/theo_doi_nhiem_vu/2022-04-01_nv.xlsx", workbook([["THEO DÕI NHIỆM VỤ"], head, row]))
    assert counts(lake) == [("tasks", 3, 1, 0, 2)]
    [(issuer, deadline, progress)] = lake.raw("tasks", "issuer, deadline, progress_pct::double")
    assert (issuer, deadline, progress) == ("prime_minister", date(2022, 3, 15), 99.5)


def test_parquet_with_typed_columns(lake: TestLake):
    table = pa.table(
        {
            "dossier_code": ["A", "B", None],
            "rated_at": pa.array([datetime(2022, 3, 1, 1, 30)] * 3, pa.timestamp("us", "UTC")),
            "score": pa.array([5, 9, 3], pa.int32()),
        }
    )
    path = lake.land("ratings/2022-04-01_r.parquet", b"")
    pq.write_table(table, path)
    assert counts(lake) == [("ratings", 3, 1, 2, 0)]
    assert lake.raw("ratings", "dossier_code, rated_at, score") == [("A", datetime(2022, 3, 1, 8, 30), 5)]
    assert lake.quarantined("ratings") == [(2, "bad_enum", "score"), (3, "missing_required", "dossier_code")]


def test_offsets_become_local_time(lake: TestLake):
    rows = [
        "A,2022-03-01T01:00:00Z,2",
        "B,2022-03-01T01:00+00:00,2",
        "C,2022-03-01 08:00:00.5+07,2",
        "D,2022-03-01T08:00:00,2",
    ]
    lake.land("dossier_events/2022-04-01_e.csv", "dossier_code,event_at,status\n" + "\n".join(rows))
    assert counts(lake) == [("dossier_events", 5, 4, 0, 1)]
    assert {row[0].replace(microsecond=0) for row in lake.raw("dossier_events", "event_at")} == {
        datetime(2022, 3, 1, 8)
    }


def test_raw_has_exactly_the_columns_of_the_contract(lake: TestLake):
    lake.land_json("dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object("A")])
    lake.ingest()
    [file] = (lake.lake.raw / "dossiers").rglob("*.parquet")
    described = duckdb.sql(
        f"describe select * from read_parquet('{file}', hive_partitioning = false)"
    ).fetchall()
    found = {row[0]: row[1].lower() for row in described}
    assert found == feeds()["dossiers"].raw_columns()
    assert file.parent.name == "extract_date=2022-04-01"
