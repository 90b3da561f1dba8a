"""The extracts of the dossier family: portal objects, event log, registers, ratings, control totals.

Belongs here: which files are delivered when, and in which clothes. Does not belong here: what happened to the
dossiers (`sql/plan.sql`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.simulate import reference
from orchestration.simulate.arrivals import PORTAL, REGISTER
from orchestration.simulate.calendar import PROVINCE_YEAR, Span
from orchestration.simulate.landing import PARQUET, Landing
from orchestration.simulate.xlsx import Sheet, row_xml

if TYPE_CHECKING:
    import duckdb

SQL = Path(__file__).with_name("sql")
BEGINNING = datetime(2000, 1, 1)  # noqa: DTZ001 - local time like everything here
JSON = "format json, compression none"
CSV = "format csv, header, compression none, timestampformat '%Y-%m-%dT%H:%M:%S'"
EVENTS = (
    ("t1", "1", 1, "Nộp hồ sơ"),
    ("t2", "2", 2, "Tiếp nhận"),
    ("t4a", "4", 3, "Phân công"),
    ("t4b", "4", 4, "Thẩm định"),
    ("t5", "5", 5, "Yêu cầu bổ sung"),
    ("t5b", "4", 6, "Nhận bổ sung"),
    ("t6", "6", 7, "Chờ nghĩa vụ tài chính"),
    ("t6b", "4", 8, "Đã hoàn thành nghĩa vụ tài chính"),
    ("t8", "8", 9, "Tạm dừng"),
    ("t8b", "4", 10, "Tiếp tục xử lý"),
    ("t9a", "9", 11, "Có kết quả"),
    ("t4r", "4", 12, "Thu hồi kết quả"),
    ("t4c", "4", 13, "Ký duyệt"),
    ("t9", "9", 14, "Có kết quả"),
    ("t10", "10", 15, "Trả kết quả"),
    ("t7", "7", 16, "Công dân rút hồ sơ"),
    ("t3", "3", 17, "Từ chối"),
)
"""Columns of the plan with the status, the sequence and the step of their event, in order of time."""
REGISTER_WIDTHS = (6, 24, 26, 40, 8, 24, 20, 16, 14, 20, 20, 20, 18, 20)
REGISTER_HEAD: Sequence[Sequence[str | None]] = (
    ("STT", "Hồ sơ", None, None, None, "Người nộp hồ sơ", None, None, None, "Thời gian", None, None,
     "Người nhận hồ sơ", "Cập nhật lúc"),
    (None, "Mã số", None, "Nội dung", None, "Thông tin", None, None, "Cách nộp", "Tiếp nhận", None, "Kết quả"),
    (None, "Mã hồ sơ", "Mã TTHC", "Trích yếu hồ sơ", "Số bộ", "Chủ hồ sơ", "Địa chỉ", "Số điện thoại",
     "Hình thức nộp", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả"),
)  # fmt: skip
REGISTER_MERGES = (
    "A1:F1", "H1:N1", "H2:N2", "A4:N4", "A5:N5", "A7:A9", "B7:E7", "F7:I7", "J7:L7", "M7:M9", "N7:N9", "B8:C8",
    "D8:E8", "F8:H8", "J8:K8",
)  # fmt: skip
REGISTER_FIRST_ROW = 10


def windows(cuts: Sequence[date]) -> Iterator[tuple[date, datetime, datetime]]:
    """Each extract with the moments between which it looks: (date in the name, from, up to but not including)."""
    previous = BEGINNING
    for cut in cuts:
        moment = datetime.combine(cut, time())
        yield cut, previous, moment
        previous = moment


def write_dossiers(
    connection: duckdb.DuckDBPyConnection,
    landing: Landing,
    progress: Callable[[str], None],
    registers: Sequence[reference.Unit],
    span: Span = PROVINCE_YEAR,
) -> None:
    """Write everything that the plan tells: dossiers, events, registers, ratings, control totals."""
    portal = (SQL / "dvcqg.sql").read_text("utf-8")
    for cut, previous, moment in windows(span.extract_dates):
        _look(connection, previous, moment)
        landing.copy_gzip(connection, portal, f"dossiers/{PORTAL}/{cut}_{PORTAL}.jsonl.gz", JSON)
        landing.copy_gzip(connection, _events_sql(), f"dossier_events/mot_cua/{cut}_mot_cua.csv.gz", CSV)
        progress(f"dossiers {cut}")
    for cut, previous, moment in windows(span.slow_extract_dates):
        _look(connection, previous, moment)
        landing.copy(connection, _RATINGS, f"ratings/{cut}_ratings.parquet", PARQUET)
        for unit in registers:
            _register(connection, landing, unit, (cut, previous), span)
    progress("registers, ratings")
    _control_totals(connection, landing, span)


def _look(connection: duckdb.DuckDBPyConnection, previous: datetime, moment: datetime) -> None:
    connection.execute(f"set variable previous_cut = timestamp '{previous}'")
    connection.execute(f"set variable cut = timestamp '{moment}'")


def _events_sql() -> str:
    parts = [
        f"select code as dossier_code, {column} as event_at, '{status}' as status, {sequence} as sequence, "
        f"'CB' || lpad(pick(id, 'officer', 9000)::varchar, 4, '0') as actor_code, '{step}' as step from plan "
        f"where source = '{PORTAL}' and {column} >= getvariable('previous_cut') and {column} < getvariable('cut')"
        for column, status, sequence, step in EVENTS
    ]
    return " union all ".join(parts) + " order by event_at, dossier_code, sequence"


_RATINGS = f"""
    with rated as (
        select
            code as dossier_code,
            t10 + to_seconds(600 + pick(id, 'rates', 200000)) as rated_at,
            [1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5][1 + pick(id, 'score', 12)]::bigint as score,
        from plan
        where source = '{PORTAL}' and t10 is not null and chance(id, 'rating', 34)
    )
    select * from rated
    where rated_at >= getvariable('previous_cut') and rated_at < getvariable('cut')
    order by rated_at, dossier_code
"""


def _register(
    connection: duckdb.DuckDBPyConnection,
    landing: Landing,
    unit: reference.Unit,
    window: tuple[date, datetime],
    span: Span,
) -> None:
    """Write one register: motto, title, days covered, three header rows, records, totals."""
    cut, previous = window
    source = f"{REGISTER}__{unit.agency_code}"
    connection.execute(f"set variable register_source = '{source}'")
    query = (SQL / "registers.sql").read_text("utf-8")
    columns = ["number::varchar", "code", "procedure_code", "summary", "copies", "applicant", "address", "phone",
               "channel", "received_at", "due_at", "returned_at", "clerk", "updated_at"]  # fmt: skip
    xml = row_xml(columns, f"(number + {REGISTER_FIRST_ROW - 1})")
    rows = connection.execute(f"select {xml} from ({query}) order by number").fetchall()
    first = max(previous, span.period.start_at)
    covered = f"Từ ngày {first:%d/%m/%Y} đến ngày {cut - timedelta(days=1):%d/%m/%Y}"
    name = f"ỦY BAN NHÂN DÂN {unit.name}".upper()
    motto = [None] * 6
    head: list[Sequence[str | None]] = [
        [name, *motto, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [None, *motto, "Độc lập - Tự do - Hạnh phúc"],
        [],
        ["SỔ THEO DÕI HỒ SƠ"],
        [covered],
        [],
        *REGISTER_HEAD,
    ]
    total = (REGISTER_FIRST_ROW + len(rows), ["Tổng cộng", str(len(rows))])
    body = (text for (text,) in rows)
    sheet = Sheet("Sổ theo dõi", head, body, REGISTER_MERGES, REGISTER_WIDTHS, [total])
    landing.workbook(f"dossiers/{source}/{cut}_so_theo_doi.xlsx", sheet)


def _control_totals(connection: duckdb.DuckDBPyConnection, landing: Landing, span: Span) -> None:
    """What each source says it holds: received since the start of the period, and at the end all its records.

    `rows` counts the distinct dossier codes that the source has delivered up to its last extract: the portal from
    the first filing on, a register from receipt on.
    """
    columns = ("feed", "source", "agency_code", "covers_from", "covers_to", "measure", "value")
    for cut, _, moment in windows(span.slow_extract_dates):
        received = connection.execute(f"""
            select source, count(*) from plan
            where t2 >= timestamp '{span.period.start_at}' and t2 < timestamp '{moment}'
            group by source order by source
        """).fetchall()
        rows = [("received", *row) for row in received]
        if cut == span.extract_dates[-1]:
            held = f"""
                select source, count(*) from plan
                where case when source = '{PORTAL}' then first_at else t2 end < timestamp '{moment}'
                group by source order by source
            """
            rows += [("rows", *row) for row in connection.execute(held).fetchall()]
        last = cut - timedelta(days=1)
        landing.csv(
            f"control_totals/{cut}_control_totals.csv", columns,
            [("dossiers", source, None, span.period.start, last, measure, value) for measure, source, value in rows],
        )  # fmt: skip
