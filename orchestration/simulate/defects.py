"""The faults that can be planted on top of a province-year, and what must catch each.

Belongs here: the list of faults, their counts, choosing which are planted. Does not belong here: the files that
carry them (`defect_files.py`, `defect_dossiers.py`), signals of gaming (`signals.py`), which are listed here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from orchestration.errors import UsageError
from orchestration.simulate import defect_dossiers, defect_files
from orchestration.simulate.arrivals import LATE_SHARE
from orchestration.simulate.kinds import Kind
from orchestration.simulate.national_copy import NATIONAL_COPY
from orchestration.simulate.signals import SIGNALS

if TYPE_CHECKING:
    from orchestration.simulate.landing import Landing

DEFAULT_DOSSIERS = 336_418
SUBTOTALS = 12


@dataclass(frozen=True)
class Defect:
    """A fault that can be planted.

    Attributes:
        name: name on the command line.
        plants_vi, plants_en: what is planted.
        count: how many records carry it in a province-year of the default size.
        caught_by: `rule` (an audit rule refuses), `ingest` (the file is not read, exit 4), `qc` (`data_quality`
            counts it; nothing is refused) or `figure` (an indicator shows it; nothing is refused).
        rule_id: the rule that must fail, the check of the ingest, the class in `data_quality`, or the indicator.
        message_vi, message_en: what a person should be told.
    """

    name: str
    plants_vi: str
    plants_en: str
    count: int
    caught_by: str
    rule_id: str
    message_vi: str
    message_en: str

    def to_json(self) -> dict[str, Any]:
        """The defect as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Planted:
    """A fault that was planted.

    Attributes:
        name: the defect.
        count: records that carry it.
        rule_id: what must catch it.
        files: relative paths of the extracts that carry it.
        records: what it was planted in: codes of procedures, tasks, agencies, dossiers; at most ten.
    """

    name: str
    count: int
    rule_id: str
    files: tuple[str, ...]
    records: tuple[str, ...]


def _late(dossiers: int) -> int:
    """Late ones to add so that the rate falls to about 99.63 %."""
    return ceil(0.0037 * dossiers) - int(dossiers * LATE_SHARE)


def _per_mille(share: int) -> Callable[[int], int]:
    return lambda dossiers: ceil(dossiers * share / 1000)


_KINDS: dict[str, Kind] = {
    "unpublished_procedure": Kind(
        "một thủ tục hành chính đang có hiệu lực không còn ngày công khai",
        "one procedure in force loses its day of publication",
        "procedures_published_all",
        "Một thủ tục chưa được công khai: cơ quan chịu trách nhiệm phải công khai.",
        "One procedure is not published: its responsible agency has to publish it.",
        defect_files.unpublished_procedure,
    ),
    "overdue_task": Kind(
        "một nhiệm vụ Chính phủ, Thủ tướng Chính phủ giao đang thực hiện bị quá hạn",
        "one task of the Government in progress is past its deadline",
        "no_task_overdue",
        "Một nhiệm vụ đã quá hạn mà chưa hoàn thành.",
        "One task is overdue.",
        defect_files.overdue_task,
    ),
    "on_time_under_target": Kind(
        "thêm hồ sơ trễ hạn (0,13 % số tiếp nhận): ngày hẹn trả lùi về ngày tiếp nhận",
        "more late dossiers (0.13 % of those received): their due date goes back to the day of receipt",
        "dossiers_on_time_target",
        "Tỷ lệ đúng hạn dưới mục tiêu 99,7 %.",
        "The on-time rate is below its target of 99.7 %.",
        defect_dossiers.on_time_under_target,
        _late,
    ),
    "lost_agency": Kind(
        "một Ủy ban nhân dân cấp xã bị xóa khỏi danh mục cơ quan, hồ sơ của xã vẫn còn",
        "one commune committee vanishes from the register of agencies while its dossiers remain",
        "limit_unknown_agency",
        "Hồ sơ của một cơ quan không có trong danh mục vượt giới hạn.",
        "Dossiers of an agency that no register knows are above the limit.",
        defect_files.lost_agency,
    ),
    "duplicated_codes": Kind(
        "mã hồ sơ giao hai lần trong một tệp với nội dung trái nhau (0,8 % số tiếp nhận)",
        "dossier codes delivered twice in one file with conflicting content (0.8 % of those received)",
        "limit_quarantined_dossiers",
        "Bản ghi trùng mã bị cách ly (duplicate_in_file) vượt giới hạn.",
        "Records with a repeated code are quarantined (duplicate_in_file), above the limit.",
        defect_dossiers.duplicated_codes,
        _per_mille(8),
    ),
    "broken_encoding": Kind(
        "một tệp thủ tục dùng bảng mã TCVN3 thay cho UTF-8",
        "one file of procedures in the legacy encoding TCVN3 instead of UTF-8",
        "undecodable_file",
        "Tệp không đọc được theo UTF-8: giao lại tệp đúng bảng mã.",
        "The file is not UTF-8: deliver it again in the right encoding.",
        defect_files.broken_encoding,
        caught_by="ingest",
    ),
    "missing_column": Kind(
        "một tệp theo dõi nhiệm vụ thiếu cột bắt buộc “Ngày giao”",
        "one workbook of tasks lacks the required column “Ngày giao” (assigned_on)",
        "missing_required_column",
        "Tệp thiếu cột bắt buộc: giao lại tệp đủ cột.",
        "A required column is missing: deliver the file with it.",
        defect_files.missing_column,
        caught_by="ingest",
    ),
    "swapped_day_month": Kind(
        "ngày tiếp nhận bị đảo ngày và tháng, thành sau ngày kết thúc (0,6 % số tiếp nhận)",
        "day and month of receipt are swapped, so that it falls after the end (0.6 % of those received)",
        "limit_finished_before_received",
        "Hồ sơ kết thúc trước khi tiếp nhận vượt giới hạn: ngày và tháng có thể bị đảo.",
        "Dossiers finished before receipt are above the limit: day and month may be swapped.",
        defect_dossiers.swapped_day_month,
        _per_mille(6),
    ),
    "future_dates": Kind(
        "ngày trả kết quả ở năm 2099 (0,3 % số tiếp nhận)",
        "results returned in the year 2099 (0.3 % of those received)",
        "limit_future_dated",
        "Hồ sơ có ngày trong tương lai vượt giới hạn.",
        "Dossiers dated in the future are above the limit.",
        defect_dossiers.future_dates,
        _per_mille(3),
    ),
    "finished_before_received": Kind(
        "ngày kết thúc trước ngày tiếp nhận một ngày (0,6 % số tiếp nhận)",
        "finished a day before receipt (0.6 % of those received)",
        "limit_finished_before_received",
        "Hồ sơ kết thúc trước khi tiếp nhận vượt giới hạn.",
        "Dossiers finished before they were received are above the limit.",
        defect_dossiers.finished_before_received,
        _per_mille(6),
    ),
    "totals_row": Kind(
        "12 dòng lũy kế trong bảng theo dõi nhiệm vụ bị đọc như dữ liệu",
        "12 running-total rows in the workbook of tasks that are read as data",
        "limit_quarantined_tasks",
        "Dòng lũy kế bị cách ly (missing_required) vượt giới hạn: bỏ dòng tổng hoặc sửa hồ sơ nguồn.",
        "Total rows are quarantined (missing_required), above the limit: drop them or mend the profile.",
        defect_files.totals_row,
        lambda _: SUBTOTALS,
    ),
    "unit_double_counted": Kind(
        "một đơn vị sự nghiệp đã sáp nhập vẫn còn hoạt động trong danh mục, cạnh đơn vị nhận sáp nhập",
        "one public service unit that was merged stays active in the register, beside the unit that took it in",
        "organisation_stock_flow",
        "Đơn vị đã sáp nhập theo quyết định vẫn được tính: số giảm không khớp biến động tổ chức.",
        "A unit merged by decision is still counted: the reduction does not follow from the changes.",
        defect_files.unit_double_counted,
    ),
    "unmatched_control_total": Kind(
        "nguồn báo số tiếp nhận lớn hơn 150 hồ sơ so với dữ liệu đã giao",
        "a source states 150 dossiers received more than it delivered",
        "control_totals_agree",
        "Số liệu nguồn báo không khớp dữ liệu đã giao.",
        "What the source states does not agree with what it delivered.",
        defect_files.unmatched_control_total,
    ),
    **SIGNALS,
    "national_copy": NATIONAL_COPY,
}


def list_defects() -> list[Defect]:
    """Every fault that can be planted."""
    return [
        Defect(name, kind.plants_vi, kind.plants_en, kind.count(DEFAULT_DOSSIERS), kind.caught_by, kind.rule_id,
               kind.message_vi, kind.message_en)
        for name, kind in _KINDS.items()
    ]  # fmt: skip


def require_defects(names: Sequence[str]) -> None:
    """Check the names.

    Raises:
        UsageError: a name is unknown.
    """
    for name in names:
        if name not in _KINDS:
            raise UsageError(f"{name!r} is no defect.", f"Known defects: {', '.join(_KINDS)}.")


def plant(landing: Landing, names: Sequence[str], seed: int, dossiers: int) -> tuple[Planted, ...]:
    """Deliver faults on top of the province-year that the landing folder holds.

    Raises:
        UsageError: the folder lacks the extracts that a fault is planted in.
    """
    planted = []
    for name in dict.fromkeys(names):
        kind = _KINDS[name]
        fault = kind.plant(landing, seed, kind.count(dossiers))
        planted.append(Planted(name, fault.count, kind.rule_id, fault.files, fault.records[:10]))
    return tuple(planted)
