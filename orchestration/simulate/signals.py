"""The signals of gaming that can be planted on top of a province-year.

Belongs here: their list. Does not belong here: the files that carry them (`signal_dossiers.py`), faults that a rule or
the ingest catches (`defects.py`).

None of them stops a release: each is counted in `data_quality` under the class of its name (`rule_id`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestration.simulate import signal_dossiers
from orchestration.simulate.kinds import Kind

if TYPE_CHECKING:
    from orchestration.simulate.defect_files import Fault
    from orchestration.simulate.landing import Landing

SOME = 6
"""Dossiers that carry a signal: more than the five that make a bunch, few enough to be listed."""


def _signal(
    plants: tuple[str, str],
    message: tuple[str, str],
    plant: Callable[[Landing, int, int], Fault],
    *,
    count: Callable[[int], int] = lambda _: SOME,
    quality_class: str | None = None,
) -> Kind:
    return Kind(
        *plants,
        quality_class or plant.__name__,
        *message,
        plant,
        count,
        caught_by="qc",
    )


SIGNALS: dict[str, Kind] = {
    "due_rewritten_at_expiry": _signal(
        ("ngày hẹn trả bị lùi một ngày sau khi đã hết hạn", "due dates put off by a day after they had expired"),
        ("Ngày hẹn trả bị lùi đúng lúc hoặc sau khi hết hạn.", "The due date was put off at or after expiry."),
        signal_dossiers.due_rewritten_at_expiry,
    ),
    "supplement_on_last_day": _signal(
        ("yêu cầu bổ sung vào sáng ngày hẹn trả", "supplements requested on the morning of the day due"),
        ("Yêu cầu bổ sung đúng ngày làm việc cuối cùng.", "A supplement was requested on the last working day."),
        signal_dossiers.supplement_on_last_day,
    ),
    "suspension_without_supplement": _signal(
        ("chờ bổ sung mà không có phiếu yêu cầu", "waits for a supplement that no record requests"),
        ("Chờ bổ sung mà không có phiếu yêu cầu bổ sung.", "No supplement record explains the suspension."),
        signal_dossiers.suspension_without_supplement,
    ),
    "end_bunched_at_due": _signal(
        ("sáu hồ sơ của một cơ quan kết thúc năm phút trước giờ hẹn trả trong một ngày",
         "six dossiers of one agency that end five minutes before their due times on one day"),
        ("Nhiều hồ sơ kết thúc sát giờ hẹn trả.", "Several dossiers ended just before their due times."),
        signal_dossiers.end_bunched_at_due,
    ),
    "closed_in_same_second": _signal(
        ("sáu hồ sơ của một cơ quan đóng trong cùng một giây", "six dossiers that one agency closed in one second"),
        ("Nhiều hồ sơ được đóng trong cùng một giây.", "Several dossiers were closed in the same second."),
        signal_dossiers.closed_in_same_second,
    ),
    "ended_before_receipt": _signal(
        ("sáu hồ sơ kết thúc trước ngày tiếp nhận một ngày, dưới giới hạn",
         "six dossiers that ended a day before receipt, below the limit"),
        ("Hồ sơ kết thúc trước khi tiếp nhận.", "Dossiers ended before they were received."),
        signal_dossiers.ended_before_receipt,
        quality_class="finished_before_received",
    ),
    "ended_outside_office_hours": _signal(
        ("hồ sơ kết thúc lúc 5 giờ 30 sáng", "dossiers that ended at half past five in the morning"),
        ("Hồ sơ kết thúc ngoài giờ làm việc.", "Dossiers ended outside office hours."),
        signal_dossiers.ended_outside_office_hours,
    ),
    "online_typed_by_officer": _signal(
        ("sáu người nộp trực tuyến cùng một số điện thoại, hai hồ sơ có số giấy tờ giữ chỗ",
         "six applicants online with one telephone, and two dossiers with a placeholder identity"),
        ("Hồ sơ trực tuyến có vẻ do cán bộ nhập thay.", "Dossiers filed online seem to be typed in by an officer."),
        signal_dossiers.online_typed_by_officer,
        count=lambda _: SOME + 2,
    ),
    "closed_without_result": _signal(
        ("hồ sơ đã xong, chưa trả, mất kết quả điện tử",
         "finished dossiers, not collected, whose electronic result is gone"),
        ("Hồ sơ đã xong mà không có kết quả.", "Dossiers were closed without a result."),
        signal_dossiers.closed_without_result,
    ),
    "withdrawn_and_refiled": _signal(
        ("hồ sơ bị rút rồi được cùng người nộp lại trong một tuần",
         "dossiers withdrawn and filed again by the same person within a week"),
        ("Rút hồ sơ rồi nộp lại.", "Withdrawn and filed again."),
        signal_dossiers.withdrawn_and_refiled,
        count=lambda dossiers: max(1, min(3, dossiers // 1000)),
    ),
    "forbidden_transition": _signal(
        ("chuyển từ tiếp nhận thẳng sang nghĩa vụ tài chính",
         "dossiers that went from receipt straight to a financial obligation"),
        ("Bước chuyển trạng thái không được phép.", "A change of status that is not allowed."),
        signal_dossiers.forbidden_transition,
    ),
    "moments_out_of_order": _signal(
        ("hồ sơ nộp một giờ sau khi tiếp nhận", "dossiers filed an hour after they were received"),
        ("Các thời điểm không theo thứ tự.", "Moments stand in the wrong order."),
        signal_dossiers.moments_out_of_order,
    ),
}  # fmt: skip
