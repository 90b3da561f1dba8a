"""People in posts, quotas, finances and functions regulations of the agencies, as files.

Belongs here: the feeds `staff`, `payroll_quotas`, `unit_finances`, `function_regulations`. Does not belong here:
who holds which post (`staff_posts.py`), the register of agencies (`organisation.py`). Persons are made up: names
carry the word "Mẫu", identity numbers the province code 000, which nobody has.

By counting: payroll within the quotas; every specialised agency of province and districts has a functions regulation
issued after the baseline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from orchestration.simulate.calendar import PERIOD, SLOW_EXTRACT_DATES, extract_of
from orchestration.simulate.draw import drawer
from orchestration.simulate.landing import Landing, Row
from orchestration.simulate.organisation import Organisation
from orchestration.simulate.staff_posts import Post, agency_sizes, build_posts, unit_weight
from orchestration.simulate.xlsx import table_sheet

FIRST_CUT = SLOW_EXTRACT_DATES[0]
SECOND_CUT = SLOW_EXTRACT_DATES[2]
HEADINGS = (
    "Số hiệu", "Họ và tên", "Số CCCD", "Mã đơn vị", "Chức vụ", "Biên chế", "Từ ngày", "Đến ngày", "Lý do thôi",
    "Cập nhật lúc",
)  # fmt: skip
TITLE = "DANH SÁCH CÁN BỘ, CÔNG CHỨC, VIÊN CHỨC, NGƯỜI LAO ĐỘNG"
FAMILY = ("Bùi", "Đinh", "Quách", "Hà", "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Bạch", "Xa", "Sùng")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dung",
    "Đức",
    "Giang",
    "Hà",
    "Hùng",
    "Lan",
    "Minh",
    "Nga",
    "Phương",
    "Quân",
    "Thảo",
)


def write_staff(organisation: Organisation, seed: int, landing: Landing) -> None:
    """Write the workbooks `nhan_su`, quotas, finances and functions regulations."""
    posts = build_posts(organisation, seed)
    for cut in (FIRST_CUT, SECOND_CUT):
        landing.workbook(
            f"staff/nhan_su/{cut}_nhan_su.xlsx",
            table_sheet("Nhân sự", TITLE, HEADINGS, _staff_rows(posts, cut)),
        )
    _quotas(organisation, posts, seed, landing)
    _finances(organisation, seed, landing)
    _regulations(organisation, landing)


def _staff_rows(posts: Sequence[Post], cut: date) -> Iterator[Row]:
    """Posts as they stood at the first extract, and what had changed at the second one."""
    for post in posts:
        ended = post.end is not None and post.end < cut
        if cut == FIRST_CUT:
            if post.start >= cut:
                continue
        elif post.start < FIRST_CUT and (post.end is None or post.end < FIRST_CUT):
            continue
        seen = post.end if ended and post.end else max(post.start, date(2021, 12, 1))
        yield (
            f"CB{post.person:06d}", _name(post.person), f"000{post.person * 7919 % 10**9:09d}", post.agency,
            post.position, post.payroll, _day(post.start), _day(post.end) if ended else None,
            post.reason if ended else None, f"{datetime.combine(seen, time(9)):%d/%m/%Y %H:%M:%S}",
        )  # fmt: skip


def _name(person: int) -> str:
    return f"{FAMILY[person % 12]} {('Văn', 'Thị')[person % 2]} Mẫu {GIVEN[person // 12 % 14]}"


def _day(day: date | None) -> str | None:
    return f"{day:%d/%m/%Y}" if day else None


def _quotas(organisation: Organisation, posts: Sequence[Post], seed: int, landing: Landing) -> None:
    """Quotas of both years: a seat for everybody in post, those seconded included, and a few more."""
    rng = drawer(seed, "quotas")
    seats = Counter(post.agency for post in posts if post.end is None)
    rows = [
        (
            size.agency.code,
            year,
            seats[size.agency.code] + (year == 2021) * 2 + rng.randint(0, max(1, size.people // 20)),
        )
        for year in (2021, 2022)
        for size in agency_sizes(organisation)
        if size.payroll in ("Công chức", "Viên chức")
    ]
    columns = ("agency_code", "year", "quota")
    landing.csv(f"payroll_quotas/{FIRST_CUT}_payroll_quotas.csv", columns, rows)


def _finances(organisation: Organisation, seed: int, landing: Landing) -> None:
    rng = drawer(seed, "finances")
    rows = []
    for unit in organisation.active("public_service_unit", date(2021, 12, 31)):
        spending = (unit_weight(unit) * 90 + rng.randint(0, 900)) * 1_000_000
        share = rng.choices((0, 5, 18, 45, 85, 104, 112), (30, 34, 14, 9, 5, 5, 3))[0]
        moved = False
        for year in (2020, 2021):
            percent = share if year == 2021 or share < 100 or rng.random() < 0.7 else 92
            moved = moved or percent != share
            invests = percent > 110
            granted = 92 if moved and rng.random() < 0.3 else percent
            group = 1 if granted > 110 else 2 if granted >= 100 else 3 if granted >= 10 else 4
            rows.append((unit.code, str(year), _dotted(spending * percent // 100), _dotted(spending),
                         "Có" if invests else "Không", str(group)))  # fmt: skip
    headings = (
        "Mã đơn vị",
        "Năm",
        "Thu sự nghiệp",
        "Chi thường xuyên",
        "Tự bảo đảm chi đầu tư",
        "Nhóm được giao",
    )
    sheet = table_sheet("Tài chính", "TÌNH HÌNH TÀI CHÍNH ĐƠN VỊ SỰ NGHIỆP CÔNG LẬP", headings, rows)
    landing.workbook(f"unit_finances/tai_chinh_don_vi/{SLOW_EXTRACT_DATES[1]}_tai_chinh_don_vi.xlsx", sheet)


def _dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _regulations(organisation: Organisation, landing: Landing) -> None:
    rows = []
    for number, agency in enumerate(organisation.active("specialised_agency", PERIOD.end), 1):
        issued = date(2018, 3, 1) + timedelta(days=number * 11 % 1600)
        replaces = f"{number + 20}/2015/QĐ-UBND" if number % 3 else None
        rows.append((agency.code, f"{number + 10}/{issued.year}/QĐ-UBND", issued, replaces))
    columns = ("agency_code", "document_no", "issued_on", "replaces_document_no")
    for cut in SLOW_EXTRACT_DATES:
        part = [row for row in rows if extract_of(row[2]) == cut]
        if part:
            landing.csv(f"function_regulations/{cut}_function_regulations.csv", columns, part)
