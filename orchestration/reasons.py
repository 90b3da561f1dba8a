"""Why a figure has no value, in words: the codes of `indicator_values.reason`, said once for pages and audits.

Belongs here: a sentence in Vietnamese and English for each code that an indicator model or `indicator_values` gives.
Does not belong here: deciding which reason holds (dbt).
"""

from __future__ import annotations

REASONS: dict[str, dict[str, str]] = {
    "feed_not_delivered": {"vi": "chưa có nguồn nào giao dữ liệu", "en": "no source delivers the feed"},
    "model_not_built": {"vi": "chưa có mô hình tính", "en": "no model computes it yet"},
    "no_baseline": {"vi": "chưa có mốc so sánh", "en": "there is no baseline to compare with"},
    "no_unit_of_level": {"vi": "không còn đơn vị nào ở cấp này", "en": "no unit of this level exists"},
    "agency_ended": {"vi": "cơ quan đã kết thúc hoạt động", "en": "the agency had ended"},
    "no_national_copy": {"vi": "chưa có nguồn nào là bản quốc gia", "en": "no source is the national copy"},
    "not_counted_by_agency": {"vi": "không đếm theo từng cơ quan", "en": "it is not counted by agency"},
    "not_in_force": {"vi": "bộ chỉ số chưa có hiệu lực", "en": "the index was not in force yet"},
    "no_scores_of_year_before": {
        "vi": "chưa có điểm của năm trước",
        "en": "nobody has scored the year before",
    },
    "scores_incomplete": {"vi": "chưa chấm đủ mọi tiêu chí", "en": "not every criterion is scored"},
    "denominator_zero": {"vi": "mẫu số bằng 0", "en": "the denominator is 0"},
    "rule_unverified": {
        "vi": "quy tắc áp dụng chưa được xác minh",
        "en": "the rule that applies is not verified",
    },
    "staff_not_delivered": {"vi": "chưa có dữ liệu nhân sự", "en": "no staff is delivered"},
    "baseline_not_delivered": {
        "vi": "chưa có dữ liệu của ngày gốc",
        "en": "the records of the baseline day are not delivered",
    },
    "year_not_delivered": {
        "vi": "chưa có dữ liệu của năm",
        "en": "the records of the year are not delivered:",
    },
}
"""Code → language → words. A code may carry a detail after a colon: `feed_not_delivered:tasks`."""


def reason_in_words(reason: str | None, language: str) -> str:
    """`feed_not_delivered:tasks` in words; an unknown code stands as it is, no reason is empty."""
    if not reason:
        return ""
    code, _, detail = reason.partition(":")
    words = REASONS.get(code, {}).get(language, code)
    return f"{words} {detail}" if detail else words
