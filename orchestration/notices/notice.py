"""What a notice says, in Vietnamese and English.

Belongs here: the words. Does not belong here: sending them (`send.py`). No notice holds personal data, records,
addresses or secrets: it names rules, files, sources and runs. Of an unexpected error it tells step and kind alone.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from orchestration.errors import EXIT_BROKEN_EXTRACT, EXIT_REFUSED, CchcError

if TYPE_CHECKING:
    from orchestration.extracts.sources import SourceStatus

SCHEMA_VERSION = 1
ENGINEERS_VI, ENGINEERS_EN = "Bộ phận kỹ thuật dữ liệu", "Data engineering"
OWNER_VI, OWNER_EN = "Đơn vị quản lý hệ thống nguồn", "The owner of the source system"


@dataclass(frozen=True)
class Notice:
    """One notice.

    Attributes:
        kind: `failed_run`, `refused_release`, `broken_extract` or `silent_source`.
        what_vi, what_en: what happened.
        where: run, source or release.
        who_vi, who_en: who acts.
        next_vi, next_en: what to do.
    """

    kind: str
    what_vi: str
    what_en: str
    where: str
    who_vi: str
    who_en: str
    next_vi: str
    next_en: str

    @property
    def subject(self) -> str:
        """One line."""
        return f"CCHC: {self.what_vi} | {self.what_en}".replace("\n", " ")[:200]

    @property
    def text(self) -> str:
        """The notice for people."""
        return (
            f"{self.what_vi}\nỞ đâu: {self.where}\nAi xử lý: {self.who_vi}\nViệc cần làm: {self.next_vi}\n\n"
            f"{self.what_en}\nWhere: {self.where}\nWho acts: {self.who_en}\nNext: {self.next_en}\n"
        )

    def to_json(self) -> dict[str, Any]:
        """The notice for machines; `text` is what chat services show."""
        return {
            "text": f"{self.subject}\n\n{self.text}",
            "schema_version": SCHEMA_VERSION,
            "notice": asdict(self),
        }


def _without_text(message: str) -> str:
    """The step and the kind of an unexpected error: its text may quote what it was given."""
    found = re.match(r"The step \S+ failed: \w+", message)
    return f"{found[0]}." if found else message.split(":", maxsplit=1)[0]


def of_failed_run(job: str, run_id: str, error: CchcError) -> Notice:
    """The notice of a run that ended without its result, by the kind of its error."""
    where = f"{job}, run {run_id}"
    if error.exit_code == EXIT_REFUSED:
        return Notice(
            "refused_release",
            "Bản công bố bị từ chối; bản trước vẫn là bản hiện hành.",
            f"A release was refused; the former one stays current. {error.message}",
            where,
            "Đơn vị phụ trách các quy tắc nêu trên",
            "The owners of the rules named",
            "Xem audit.json của bản dự tuyển; sửa số liệu tại nguồn rồi chạy lại, "
            "hoặc ghi miễn trừ có người chịu trách nhiệm.",
            "Read audit.json of the candidate; mend the source and run again, "
            "or enter a waiver that somebody answers for.",
        )
    if error.exit_code == EXIT_BROKEN_EXTRACT:
        return Notice(
            "broken_extract",
            "Một tệp trích xuất sai quy cách.",
            f"An extract broke its contract. {error.message}",
            where,
            OWNER_VI,
            OWNER_EN,
            "Nguồn gửi lại tệp đúng quy cách; các tệp khác đã được nhận.",
            error.hint or "The source delivers the file again; all others were taken.",
        )
    return Notice(
        "failed_run",
        "Một lần chạy thất bại.",
        f"A run failed. {_without_text(error.message)}",
        where,
        ENGINEERS_VI,
        ENGINEERS_EN,
        "Xem nhật ký của lần chạy trong giao diện Dagster.",
        "Look at the run's log in the Dagster UI.",
    )


def of_silent_source(source: SourceStatus) -> Notice:
    """The notice of a source that should have delivered by now."""
    last = source.last_extract_date
    return Notice(
        "silent_source",
        f"Nguồn {source.source_name} ({source.feed}) chưa gửi dữ liệu đúng nhịp ({source.rhythm}).",
        f"The source {source.source_name} ({source.feed}) is silent for longer than its rhythm ({source.rhythm}); "
        f"its last extract is of {last}, the next one was due on {source.expected_on}.",
        f"{source.feed}/{source.source_name}",
        OWNER_VI,
        OWNER_EN,
        "Kiểm tra hệ thống nguồn và gửi dữ liệu còn thiếu.",
        "Ask the source for what is missing; cchc source list shows all sources.",
    )
