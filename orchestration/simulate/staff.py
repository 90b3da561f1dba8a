"""People in posts, quotas, finances and functions regulations of the agencies.

Belongs here: the feeds `staff`, `payroll_quotas`, `unit_finances`, `function_regulations`. Does not belong here:
the register of agencies (`organisation.py`). Persons are made up: names carry the word "Mẫu", identity numbers the
province code 000, which nobody has.

By counting: 26,000 persons present on 14/09/2022; payroll within the quotas; every specialised agency of province
and districts has a functions regulation issued after the baseline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from orchestration.simulate import reference
from orchestration.simulate.calendar import PERIOD, SLOW_EXTRACT_DATES, extract_of
from orchestration.simulate.draw import drawer
from orchestration.simulate.landing import Landing, Row
from orchestration.simulate.organisation import Agency, Organisation
from orchestration.simulate.xlsx import table_sheet

PRESENT = 26_000
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
EXITS = ("Nghỉ hưu", "Nghỉ hưu", "Nghỉ hưu", "Thôi việc", "Thôi việc", "Từ trần", "Khác")
STREAMLINED = 640
STREAMLINED_IN_PERIOD = 87
LEFT = 1_150
MOVED = 300


@dataclass(frozen=True)
class Post:
    """One person in one post."""

    person: int
    agency: str
    position: str
    payroll: str
    start: date
    end: date | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Size:
    """How many people of which kind an agency has on the last day of the period."""

    agency: Agency
    people: int
    deputies: int
    payroll: str


def agency_sizes(organisation: Organisation) -> list[Size]:
    """Sizes of all agencies with staff; together they are `PRESENT`."""
    end = PERIOD.end
    sizes: list[Size] = []
    for row in reference.departments():
        agency = next(a for a in organisation.agencies if a.code == row["agency_code"])
        sizes.append(Size(agency, int(row["staff"]), int(row["deputies"]), "Công chức"))
    for kind, people, deputies, payroll in (
        ("one_stop_unit", 5, 1, "Công chức"), ("district_committee", 4, 2, "Công chức"),
        ("commune_committee", 20, 2, "Cán bộ cấp xã"), ("management_board", 12, 1, "Viên chức"),
    ):  # fmt: skip
        sizes += [Size(agency, people, deputies, payroll) for agency in organisation.active(kind, end)]
    divisions = [a for a in organisation.active("specialised_agency", end) if a.level == "district"]
    sizes += [Size(a, 9 + n % 4, 1 + n % 2, "Công chức") for n, a in enumerate(divisions)]
    branches = [a for a in organisation.active("subordinate_unit", end) if a.block]
    sizes += [Size(a, 22, 1, "Viên chức") for a in branches]
    units = organisation.active("public_service_unit", end)
    weights = [_unit_weight(unit) for unit in units]
    left = PRESENT - sum(size.people for size in sizes)
    shares = [left * weight // sum(weights) for weight in weights]
    for number in range(left - sum(shares)):
        shares[number] += 1
    sizes += [
        Size(unit, share, 1 if share <= 20 else 2, "Viên chức")
        for unit, share in zip(units, shares, strict=True)
    ]
    return sizes


def _unit_weight(unit: Agency) -> int:
    if unit.name.startswith("Bệnh viện"):
        return 320
    if unit.name.startswith(("Trung tâm Y tế", "Trường Trung học phổ thông")):
        return 90
    return 26 + len(unit.name) % 9


def build_posts(organisation: Organisation, seed: int) -> list[Post]:
    """Everybody present, those who moved within the province, those who left since the baseline."""
    rng = drawer(seed, "staff")
    posts: list[Post] = []
    for size in agency_sizes(organisation):
        earliest = max(size.agency.established, date(2014, 1, 1))
        for seat in range(size.people):
            position = "Trưởng" if seat == 0 else "Phó" if seat <= size.deputies else "Nhân viên"
            payroll = "Hợp đồng" if seat and seat % 17 == 0 and size.payroll == "Viên chức" else size.payroll
            start = earliest + timedelta(days=rng.randrange(max(1, (date(2021, 12, 1) - earliest).days)))
            posts.append(Post(len(posts) + 1, size.agency.code, position, payroll, start))
    present = len(posts)
    staff = [number for number, post in enumerate(posts) if post.position == "Nhân viên"]
    codes = [posts[number].agency for number in staff]
    for number in rng.sample(staff, MOVED):
        now = posts[number]
        moved = date(2022, 1, 3) + timedelta(days=rng.randrange(240))
        posts[number] = Post(now.person, now.agency, now.position, now.payroll, moved)
        posts.append(Post(now.person, rng.choice(codes), "Nhân viên", now.payroll, date(2016, 9, 1), moved,
                          "Chuyển công tác"))  # fmt: skip
    for number in range(STREAMLINED + LEFT):
        streamlined = number < STREAMLINED
        in_period = number < STREAMLINED_IN_PERIOD or (not streamlined and number % 5 == 0)
        first = date(2021, 12, 16) if in_period else date(2018, 1, 15)
        end = first + timedelta(days=rng.randrange(270 if in_period else 1400))
        position = "Phó" if number % 6 == 0 else "Nhân viên"
        reason = "Tinh giản" if streamlined else rng.choice(EXITS)
        payroll = "Công chức" if number % 4 == 0 else "Viên chức"
        posts.append(
            Post(present + number + 1, rng.choice(codes), position, payroll, date(2012, 2, 1), end, reason)
        )
    return posts


def write_staff(organisation: Organisation, seed: int, landing: Landing) -> None:
    """Write the workbooks `nhan_su`, quotas, finances and functions regulations."""
    posts = build_posts(organisation, seed)
    for cut in (FIRST_CUT, SECOND_CUT):
        landing.workbook(
            f"staff/nhan_su/{cut}_nhan_su.xlsx",
            table_sheet("Nhân sự", TITLE, HEADINGS, _staff_rows(posts, cut)),
        )
    _quotas(organisation, seed, landing)
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


def _quotas(organisation: Organisation, seed: int, landing: Landing) -> None:
    rng = drawer(seed, "quotas")
    rows = [
        (size.agency.code, year, size.people + (year == 2021) * 2 + rng.randint(0, max(1, size.people // 20)))
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
        spending = (_unit_weight(unit) * 90 + rng.randint(0, 900)) * 1_000_000
        share = rng.choices((0, 5, 18, 45, 85, 104, 112), (30, 34, 14, 9, 5, 5, 3))[0]
        for year in (2020, 2021):
            percent = share if year == 2021 or share < 100 or rng.random() < 0.7 else 92
            invests = percent > 110
            group = 1 if invests else 2 if percent >= 100 else 3 if percent >= 10 else 4
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
