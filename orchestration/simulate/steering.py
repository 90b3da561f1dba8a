"""Steering: tasks of the Government and the Prime Minister, dialogues, publications, surveys, documents.

Belongs here: the feeds `tasks`, `steering_events`, `legal_documents`, `feedback`, `survey_responses`. Does not
belong here: anything at the grain of a dossier.

By counting for 2022-9M: 78 tasks of Government and Prime Minister, 60 completed on time, 18 in progress in time;
one dialogue; index and task level of 2021 published for every agency owed one; surveys held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

import pyarrow as pa

from orchestration.simulate import reference
from orchestration.simulate.calendar import SLOW_EXTRACT_DATES, extract_of
from orchestration.simulate.draw import drawer
from orchestration.simulate.landing import PARQUET, Landing, Row
from orchestration.simulate.reference import PROVINCE
from orchestration.simulate.xlsx import table_sheet

if TYPE_CHECKING:
    import duckdb

TASK_HEADINGS = (
    "Mã nhiệm vụ", "Số văn bản", "Cơ quan giao", "Ngày giao", "Nội dung", "Đơn vị chủ trì", "Hạn ban đầu",
    "Hạn hiện tại", "Ngày hoàn thành", "Tiến độ (%)", "Cập nhật lúc",
)  # fmt: skip
EVENT_COLUMNS = ("event_code", "kind", "held_on", "refers_to_year", "agency_code", "title", "participants")
DOCUMENT_COLUMNS = (
    "document_no", "kind", "planned_on", "issued_on", "checked_on", "found_unlawful", "handled_on",
)  # fmt: skip
FEEDBACK_COLUMNS = ("feedback_code", "agency_code", "received_at", "due_at", "answered_at", "satisfied")
TASK_TITLE = "THEO DÕI NHIỆM VỤ CHÍNH PHỦ, THỦ TƯỚNG CHÍNH PHỦ VÀ ỦY BAN NHÂN DÂN TỈNH GIAO"
TOPICS = (
    "Báo cáo kết quả giải ngân vốn đầu tư công", "Triển khai Chương trình phục hồi và phát triển kinh tế - xã hội",
    "Xây dựng kế hoạch chuyển đổi số", "Rà soát, đơn giản hóa thủ tục hành chính", "Sắp xếp đơn vị sự nghiệp công lập",
    "Thực hiện chương trình mục tiêu quốc gia", "Bảo đảm an toàn hồ, đập mùa mưa lũ", "Phòng, chống dịch COVID-19",
    "Tháo gỡ khó khăn cho doanh nghiệp", "Thực hiện Đề án 06 về dữ liệu dân cư", "Quản lý đất đai, khoáng sản",
    "Bảo đảm trật tự an toàn giao thông",
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A task with the days on which its record changed."""

    code: str
    document: str
    issuer: str
    assigned: date
    content: str
    lead: str
    original: date | None
    deadline: date | None
    completed: date | None

    @property
    def extended_on(self) -> date | None:
        """Day of the extension, ten days before the original deadline."""
        if self.original is None or self.deadline == self.original:
            return None
        return max(self.original - timedelta(days=10), self.assigned + timedelta(days=1))


def build_tasks(seed: int) -> list[Task]:
    """All tasks: those counted, those completed the year before, those assigned later, those of the province."""
    rng = drawer(seed, "tasks")
    leads = [row["agency_code"] for row in reference.departments()]
    tasks: list[Task] = []

    def add(
        issuer: str, assigned: date, original: date | None, deadline: date | None, done: date | None
    ) -> None:
        number = len(tasks) + 1
        document = f"{rng.randint(20, 1400)}/{'NQ-CP' if issuer == 'Chính phủ' else 'TTg-TH'}"
        if issuer == "UBND tỉnh":
            document = f"{rng.randint(20, 1400)}/UBND-TH"
        tasks.append(Task(f"NV-{number:04d}", document, issuer, assigned, f"{rng.choice(TOPICS)} (số {number})",
                          rng.choice(leads), original, deadline, done))  # fmt: skip

    central = ("Chính phủ", "Thủ tướng Chính phủ", "Thủ tướng Chính phủ")
    for number in range(60):
        done = date(2022, 1, 6) + timedelta(days=rng.randint(0, 249))
        assigned = done - timedelta(days=rng.randint(12, 45))
        deadline = done + timedelta(days=0 if number == 0 else rng.randint(0, 9))
        original = (
            max(deadline - timedelta(days=15), assigned + timedelta(days=2)) if 0 < number < 6 else deadline
        )
        dated = number < 58
        add(rng.choice(central), assigned, original if dated else None, deadline if dated else None, done)
    for number in range(18):
        assigned = date(2022, 5, 4) + timedelta(days=rng.randint(0, 120))
        deadline = date(2022, 9, 30) + timedelta(days=rng.randint(0, 91))
        original = date(2022, 9, 12) if number < 2 else deadline
        later_done = date(2022, 9, 16) + timedelta(days=2 * number) if 2 <= number < 5 else None
        add(rng.choice(central), assigned, original, deadline, later_done)
    for _ in range(9):
        done = date(2021, 10, 4) + timedelta(days=rng.randint(0, 50))
        deadline = done + timedelta(days=rng.randint(0, 5))
        add(rng.choice(central), done - timedelta(days=30), deadline, deadline, done)
    for number in range(3):
        later = date(2022, 12, 20)
        add(rng.choice(central), date(2022, 9, 15) + timedelta(days=number), later, later, None)
    for _ in range(140):
        assigned = date(2021, 12, 1) + timedelta(days=rng.randint(0, 270))
        deadline = assigned + timedelta(days=rng.randint(15, 60))
        done = deadline + timedelta(days=rng.randint(-9, 3))
        add("UBND tỉnh", assigned, deadline, deadline, done if done < date(2022, 9, 15) else None)
    return tasks


def task_row(task: Task, cut: date, cuts: Sequence[date] = SLOW_EXTRACT_DATES) -> Row | None:
    """The task's row in the workbook as it stood at an extract, None when it had not changed since the last one."""
    changes = [day for day in (task.assigned, task.extended_on, task.completed) if day]
    if cut not in {extract_of(day, cuts) for day in changes}:
        return None
    seen = max(day for day in changes if day < cut)
    done = task.completed is not None and task.completed < cut
    extended = task.extended_on is not None and task.extended_on < cut
    progress = 100 if done else 20 + len(task.content) * 7 % 60
    return task_cells(task, task.deadline if extended else task.original, task.completed if done else None,
                      progress, datetime.combine(seen, time(16, 30)))  # fmt: skip


def task_cells(task: Task, deadline: date | None, done: date | None, progress: int, updated: datetime) -> Row:
    """Cells of one task as the workbook shows them."""
    return (task.code, task.document, task.issuer, _day(task.assigned), task.content, task.lead, _day(task.original),
            _day(deadline), _day(done), str(progress), f"{updated:%d/%m/%Y %H:%M:%S}")  # fmt: skip


def _day(day: date | None) -> str | None:
    return f"{day:%d/%m/%Y}" if day else None


def write_tasks(tasks: Sequence[Task], landing: Landing, cuts: Sequence[date] = SLOW_EXTRACT_DATES) -> None:
    """Write the workbooks `theo_doi_nhiem_vu`."""
    for cut in cuts:
        rows = [row for task in tasks if (row := task_row(task, cut, cuts)) is not None]
        if rows:
            landing.workbook(
                f"tasks/theo_doi_nhiem_vu/{cut}_theo_doi_nhiem_vu.xlsx",
                table_sheet("Nhiệm vụ", TASK_TITLE, TASK_HEADINGS, rows),
            )


def write_steering(seed: int, landing: Landing, connection: duckdb.DuckDBPyConnection) -> None:
    """Write `steering_events`, `legal_documents`, `feedback` and `survey_responses`."""
    rng = drawer(seed, "steering")
    by_extract(landing, "steering_events", EVENT_COLUMNS, _events(rng), lambda row: row[2])
    by_extract(landing, "legal_documents", DOCUMENT_COLUMNS, document_rows(rng), document_day)
    by_extract(landing, "feedback", FEEDBACK_COLUMNS, feedback_rows(rng), feedback_day)
    owed = [r["agency_code"] for r in reference.departments()] + [
        u.agency_code for u in reference.districts()
    ]
    write_survey(rng, landing, connection, owed, date(2022, 5, 15))


def by_extract(
    landing: Landing,
    feed: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    day: Callable[[Row], date],
    cuts: Sequence[date] = SLOW_EXTRACT_DATES,
) -> None:
    """Write a small feed, each extract with the rows whose day lies since the last one."""
    kept = [(extract_of(day(row), cuts), row) for row in rows]
    for cut in cuts:
        part = [row for found, row in kept if found == cut]
        if part:
            landing.csv(f"{feed}/{cut}_{feed}.csv", columns, part)


def _events(rng: Random) -> list[Row]:
    owed = [r["agency_code"] for r in reference.departments()] + [
        u.agency_code for u in reference.districts()
    ]
    rows: list[Row] = [
        ("SK-001", "dialogue", date(2021, 10, 13), 2021, PROVINCE, "Đối thoại với doanh nghiệp năm 2021", 180),
        ("SK-002", "dialogue", date(2022, 6, 22), 2022, PROVINCE,
         "Lãnh đạo tỉnh đối thoại với người dân, cộng đồng doanh nghiệp", 240),
        ("SK-003", "par_index_publication", date(2022, 3, 18), 2021, PROVINCE,
         "Công bố Chỉ số cải cách hành chính năm 2021 của các sở, ban, ngành, huyện, thành phố", None),
        ("SK-004", "survey", date(2022, 4, 12), 2022, PROVINCE, "Điều tra xã hội học đo lường sự hài lòng", 1260),
        ("SK-005", "survey", date(2022, 8, 9), 2022, PROVINCE, "Khảo sát lãnh đạo về cải cách hành chính", 310),
    ]  # fmt: skip
    for number, agency in enumerate(owed, 6):
        rows.append((f"SK-{number:03d}", "task_level_publication", date(2022, 3, 25), 2021, agency,
                     "Công bố mức độ hoàn thành nhiệm vụ năm 2021", None))  # fmt: skip
    for number in range(14):
        kind = "inspection" if number % 2 else "directive"
        title = (
            "Kiểm tra công tác cải cách hành chính" if number % 2 else "Văn bản chỉ đạo cải cách hành chính"
        )
        rows.append((f"SK-{number + 40:03d}", kind, date(2022, 1, 10) + timedelta(days=rng.randint(0, 235)), 2022,
                     rng.choice(owed) if number % 2 else PROVINCE, title, None))  # fmt: skip
    return rows


def document_rows(rng: Random) -> list[Row]:
    """Legal documents of the province-year: planned, issued, checked, handled."""
    rows: list[Row] = []
    for number in range(1, 65):
        planned = date(2021, 12, 20) + timedelta(days=rng.randint(0, 300))
        issued = planned + timedelta(days=rng.randint(-20, 4))
        known = issued if issued < SLOW_EXTRACT_DATES[-1] else None
        checked = known + timedelta(days=20) if known and number % 3 == 0 else None
        if checked and checked >= SLOW_EXTRACT_DATES[-1]:
            checked = None
        unlawful = number in (12, 30, 45) if checked else None
        handled = checked + timedelta(days=9) if checked and unlawful else None
        kind, mark = ("Nghị quyết", "NQ-HĐND") if number % 3 else ("Quyết định", "QĐ-UBND")
        rows.append((f"{number}/2022/{mark}", kind, planned, known, checked, unlawful, handled))
    return [row for row in rows if extract_of(document_day(row))]


def document_day(row: Row) -> date:
    """Day on which the record of a document last changed."""
    day: date = row[6] or row[4] or row[3] or row[2]
    return day


def feedback_day(row: Row) -> date:
    """Day on which the record of a feedback last changed."""
    return datetime.fromisoformat(row[4] or row[2]).date()


def feedback_rows(rng: Random) -> list[Row]:
    """Feedback that departments and districts received in the province-year."""
    owed = [r["agency_code"] for r in reference.departments()] + [
        u.agency_code for u in reference.districts()
    ]
    rows: list[Row] = []
    for number in range(1, 421):
        day = date(2021, 12, 1) + timedelta(days=rng.randint(0, 290))
        received = datetime.combine(day, time(rng.randint(7, 21), rng.randint(0, 59)))
        due = received + timedelta(days=14)
        answered = received + timedelta(days=rng.randint(1, 13) if rng.random() > 0.03 else 17)
        late = answered >= datetime.combine(SLOW_EXTRACT_DATES[-1], time())
        rows.append((f"PAKN-{number:05d}", rng.choice(owed), f"{received:%Y-%m-%dT%H:%M:%S}",
                     f"{due:%Y-%m-%dT%H:%M:%S}", None if late else f"{answered:%Y-%m-%dT%H:%M:%S}",
                     None if late else rng.random() < 0.93))  # fmt: skip
    return rows


def write_survey(
    rng: Random, landing: Landing, connection: duckdb.DuckDBPyConnection, owed: Sequence[str], cut: date
) -> None:
    """Write the answers to one survey about the agencies owed one, delivered in one extract."""
    factors = ("access", "procedure", "staff", "result", "feedback")
    rows = [
        (f"SIPAS-{cut.year}", f"R{person:05d}", cut.year, owed[person % len(owed)], factor,
         rng.choices((1, 2, 3, 4, 5), (1, 2, 5, 58, 34))[0], f"{(700 + person % 7 * 100) / 1000:.1f}")
        for person in range(1, 1261) for factor in factors
    ]  # fmt: skip
    names = ("survey_code", "respondent_code", "year", "agency_code", "factor", "score", "weight")
    connection.register("survey", pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))
    landing.copy(
        connection, "select * replace (weight::decimal(18,8) as weight) from survey",
        f"survey_responses/{cut}_survey_responses.parquet", PARQUET,
    )  # fmt: skip
    connection.unregister("survey")
