"""Old exports that are HTML tables named `.xls`: read as the sheet they show, every row accounted for."""

from __future__ import annotations

import base64
import lzma
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from orchestration.extracts.readers import html_tables
from tests.orchestration.ingest_lake import TestLake, make_lake

FILE = "dossiers/one_stop_register__H28.148.1/2022-04-15_so.xls"
COLUMNS = "dossier_code, channel, status, received_at, due_at, due_at_has_time, finished_at, file_line"
HEAD = """
<tr><th rowspan="3">STT</th><th rowspan=3>Mã hồ sơ</th><th rowspan=3>Mã TTHC</th><th colspan=2>Hồ sơ</th>
<th rowspan=3>Chủ hồ sơ</th><th rowspan=3>Hình thức nộp</th><th colspan=3>Thời gian</th>
<th rowspan=3>Cập nhật lúc</th></tr>
<tr><th rowspan=2>Trích yếu hồ sơ</th><th rowspan=2>Số bộ</th><th colspan=2>Nhận</th><th>Trả</th></tr>
<tr><th>Ngày<br>tiếp nhận</th><th>Ngày hẹn&nbsp;trả</th><th>Ngày <b>tr</b>ả</th></tr>
"""
FIRST = """<tr><td>1</td><td>H28.1-01</td><td>1.004889</td><td>Khai sinh &amp; c&#432; tr&uacute;</td><td>1</td>
<td>Trần Thị Kín</td><td>Trực tuyến</td><td>01/04/2022 08:15:00</td><td>05/04/2022 17:00:00</td>
<td>04/04/2022 10:00:00</td><td>04/04/2022 10:01:00</td></tr>"""
SECOND = """<tr><td>2<td style='mso-number-format:"\\@"'>H28.1-02<td>1.004889<td>Khai tử<td>1<td>Lê Văn Kín<td>trực tiếp
<td>02/04/2022 09:30<td>07/04/2022<td><td>02/04/2022 09:31"""
READ = [
    ("H28.1-01", "2", "10", datetime(2022, 4, 1, 8, 15), datetime(2022, 4, 5, 17), True, datetime(2022, 4, 4, 10)),
    ("H28.1-02", "1", "4", datetime(2022, 4, 2, 9, 30), datetime(2022, 4, 7), False, None),
]  # fmt: skip
BIFF = (
    "T>t=p0RR90|NsC0{{Uz+z8r=ycVP6SgepJ`9Cjyy@{xwzh{`9r;h?w11QTbQ&6v4qH5DqE;RDmf=*-ddOF!ADBJp6^u*dE%)j~d{qlzMT"
    "fmIQ38#MY4`=iQc0LNj?E2yB6I4}u}%N>gz-_b`H4Rqu1*e8#bC}XCrObY5-I-IZ7@B>D*#y4PEm=sEa$Cs90zi58uIB=>B5BWQ{9?2A^"
    "he@pPr}6mETkuZKMqTJZR;j*^i^UnA%6#9LP;L;7`U{vgF-`FdMD1KCLmx9TYX0?kGar>~K=v!S5>@@J7zbMRb?CQF>&qS{e?s~<AJDXU"
    "glsT|LFZT+!#pm5J7C`!n@M{H&bkIbN!OYx$URZ0Q&3k&HAiTL4^|oGcv|E#x(G@4orN05ib59%vOmw%T#9@60$`Figo`UXSYQmnN8!-k"
    "2M?2=B2NhN6kfMSzA_%GB0{WGUTyX5quG>Pd;xrxOj19>`!89g0^s>Ap{z7tsc`x8d)F>9=r)IUOTJjOT7V=wAusxKm%M(_TBZF$&-AeR"
    "K3ggycG?=3)7i`VV?7T>v&-RIa1;T*QD;UJ${$T=rBtK8^@#!X$@R$g!IT{o#%X9yMLrrE_vWDLnFAU66jEOS>>sajPHSYwSRusHM2o9A"
    "``v5Udz0ruPy9ZGjwWXTvhReD`ZkNbq%je=CUSRM)oD(vfhl4UTwRQunjN-jV^ImV4NwT8Ql4fJJxE}ki;n~<7|N<}cvo^9sAiZVvc)Bf"
    "@xBePKZJR9>1x3!NL;JU*7poCObW&dk)6O1i#%2oS|zD*;yt$1;Hs*^CSex-)pJOS<_vUcy&*)>oo8%Az}*<4Nc(z%W>p)ubSn6fyfMfA"
    "rzkK"
)
"""A workbook of the old binary kind: a title, a header, one record."""


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path)


def page(*rows: str, before: str = "", after: str = "", head: str = "<meta charset=utf-8>") -> str:
    title = '<tr><td colspan=11 style="text-align:center"><b>SỔ THEO DÕI HỒ SƠ</b></td></tr>'
    return (
        f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head>{head}<style>td {{mso-x:1}}</style></head>"
        f"<body>{before}<table border=1>{title}{HEAD}{''.join(rows)}</table>{after}</body></html>"
    )


def accepted(lake: TestLake, content: str | bytes, file: str = FILE) -> tuple[int, int, int, int]:
    """Lines, accepted, quarantined, skipped of one page."""
    lake.land(file, content)
    report = lake.ingest()
    assert report.broken == [], report.broken[0].message()
    [output] = report.of_status("new")[0].entry.outputs
    assert output.lines == output.accepted + output.quarantined + output.skipped
    return output.lines, output.accepted, output.quarantined, output.skipped


def broken(lake: TestLake, content: str | bytes, file: str = FILE) -> str:
    lake.land(file, content)
    report = lake.ingest()
    assert not report.of_status("new")
    [error] = report.broken
    assert "Kín" not in error.message()
    return error.found


def test_titles_merged_headings_entities_and_cells_that_are_not_closed(lake: TestLake):
    totals = "<tr><td colspan=4>Tổng cộng</td><td>2</td></tr>"
    signed = "<tr><td colspan=5>Người lập biểu</td></tr><tr><td>Nguyễn Thị Biểu</td></tr>"
    assert accepted(lake, page(FIRST, SECOND, totals, signed)) == (9, 2, 0, 7)
    assert [row[:-1] for row in lake.raw("dossiers", COLUMNS)] == READ
    assert [row[-1] for row in lake.raw("dossiers", COLUMNS)] == [5, 6]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>"),
        ("utf-16", "<meta http-equiv=Content-Type content='text/html; charset=utf-8'>"),
        ("utf-16-le", "<meta charset=utf-16>"),
        ("utf-8", "<meta charset='utf-16'>"),
        ("cp1258", '<META content="text/html; charset=Windows-1258" http-equiv="Content-Type">'),
    ],
)
def test_the_encoding_is_what_the_bytes_say_then_what_the_page_says(lake: TestLake, encoding: str, head: str):
    text = page(FIRST, SECOND, head=head)
    if encoding == "cp1258":  # this code page has no composed letters with two marks
        text = "".join(decomposed(sign) for sign in text)
    assert accepted(lake, text.encode(encoding))[1] == 2
    assert [row[:-1] for row in lake.raw("dossiers", COLUMNS)] == READ


def decomposed(sign: str) -> str:
    """A sign as windows-1258 writes it: a letter and, where it has one, a tone mark."""
    import unicodedata

    try:
        sign.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", sign)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        return unicodedata.normalize("NFC", marks.replace(tone, "")) + tone
    return sign


def test_a_cell_merged_down_holds_for_every_row_and_one_merged_across_for_its_first(lake: TestLake):
    rows = (
        "<tr><td rowspan=2>1</td><td>A</td><td rowspan=2>1.004889</td><td colspan=4>x</td><td>01/04/2022</td><td></td>"
        "<td></td><td rowspan=0>02/04/2022</td></tr><tr><td>B</td><td colspan=4>x</td><td>02/04/2022</td></tr>"
        "<tr><td>3</td><td>C</td><td>1.000001</td></tr>"
    )
    assert accepted(lake, page(rows))[1:3] == (3, 0)
    columns = "dossier_code, procedure_code, received_at::date::varchar, updated_at::date::varchar"
    assert lake.raw("dossiers", columns) == [
        ("A", "1.004889", "2022-04-01", "2022-04-02"),
        ("B", "1.004889", "2022-04-02", "2022-04-02"),
        ("C", "1.000001", None, "2022-04-02"),
    ]  # fmt: skip


def test_scripts_styles_and_comments_are_no_data_and_markup_in_text_is(lake: TestLake):
    row = FIRST.replace(
        "H28.1-01", "<script>document.write('<td>X')</script>H28.1-01<!-- <td>Y --><style>td{}</style>"
    ).replace("1.004889", "=cmd|'/c calc'!A0 &lt;b&gt;")
    assert accepted(lake, page(row, after="<script>var t = '<td>';</script>"))[1] == 1
    assert lake.raw("dossiers", "dossier_code, procedure_code") == [("H28.1-01", "=cmd|'/c calc'!A0 <b>")]


def test_tables_stand_below_each_other_and_a_header_repeated_over_each_page_is_no_record(lake: TestLake):
    before = "<table><tr><td>UBND XÃ</td></tr></table>"
    after = (
        f"<table>{HEAD}{SECOND}</table><table><tr><td>Người lập biểu</td></tr><tr><td>Ai</td></tr></table>"
    )
    assert accepted(lake, page(FIRST, before=before, after=after)) == (12, 2, 0, 10)
    assert [row[:-1] for row in lake.raw("dossiers", COLUMNS)] == READ


def test_a_table_that_only_places_another_and_one_inside_a_cell(lake: TestLake):
    inner = FIRST.replace("Khai sinh", "<table><tr><td>Khai</td></tr><tr><td>sinh</td></tr></table>").replace(
        "H28.1-01", "<table><tr><td>H28.1-01</td></tr></table>"
    )
    content = f"<html><table><tr><td>{page(inner, SECOND)}</td></tr></table></html>"
    lines, *counts = accepted(lake, content)
    assert (lines, counts) == (7, [2, 0, 5])
    assert [row[:-1] for row in lake.raw("dossiers", COLUMNS)] == READ


def test_a_huge_cell_is_a_cell(lake: TestLake):
    row = FIRST.replace("Khai sinh", "x" * 12_000_000)
    assert accepted(lake, page(row, SECOND))[1:3] == (2, 0)


def test_rows_that_are_no_records_are_quarantined_not_lost(lake: TestLake):
    row = SECOND.replace("H28.1-02", "").replace("1.004889", "")
    assert accepted(lake, page(FIRST, row, "<tr><td>Phòng Tư pháp</td></tr>")) == (7, 1, 2, 4)
    assert [line for line, _, _ in lake.quarantined("dossiers")] == [6, 7]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (page(FIRST, SECOND)[:-40], "never closed"),
        (page(FIRST, SECOND).split("<td>Khai tử")[0], "never closed"),
        ("<html><body><p>Phiên làm việc đã hết hạn</p></body></html>", "without a table"),
        ("<html><table></table></html>", "without a table"),
        (page(FIRST, head="<meta charset=x-nothing>"), "unknown encoding"),
        (page(FIRST).encode("utf-16-le") + b"\x00", "text"),
        (page(FIRST).encode() + b"<p>\xff", "no utf-8 text"),
        (page("<tr>" + "<td colspan=9999>" * 9), "columns"),
        (page("<tr>" + "<td colspan=1000 rowspan=60000>" * 9 + "<tr><td>x" * 8000), "merged cells"),
        (page(FIRST).replace("Hình thức nộp", "Mã hồ sơ"), "twice"),
        ("<html><table><tr><td>a</td><td>b</td></tr></table>", "the columns a, b"),
    ],
)
def test_a_broken_page_is_named_and_leaves_nothing(
    lake: TestLake, content: str | bytes, found: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(html_tables, "CELLS", 100_000)
    assert found in broken(lake, content)
    assert not list(lake.lake.root.rglob("*.parquet"))


@pytest.mark.parametrize("name", ["so.xls", "so.xlsx", "so.html"])
def test_the_content_decides_not_the_name(lake: TestLake, name: str):
    folder = Path(FILE).parent
    assert accepted(lake, page(FIRST, SECOND), f"{folder}/2022-04-15_{name}")[1] == 2


def test_workbooks_old_and_new_are_told_apart_by_their_bytes(lake: TestLake, tmp_path: Path):
    old = lzma.decompress(base64.b85decode(BIFF))
    assert old.startswith(b"\xd0\xcf\x11\xe0")
    folder = Path(FILE).parent
    assert accepted(lake, old, f"{folder}/2022-04-15_a.xls") == (3, 1, 0, 2)
    new = tmp_path / "new.xlsx"
    with xlsxwriter.Workbook(new) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Mã hồ sơ", "Mã TTHC", "Ngày trả", "Cập nhật lúc"])
        sheet.write_row(1, 0, ["H28.1-02", "1.004889", "", "04/04/2022"])
    assert accepted(lake, new.read_bytes(), f"{folder}/2022-04-16_b.xls") == (2, 1, 0, 1)
    assert lake.raw("dossiers", "dossier_code") == [("H28.1-02",), ("H28.1-01",)]
