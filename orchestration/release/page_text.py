"""The words and the style of the page, in Vietnamese and English.

Belongs here: texts that are the same for every release. Does not belong here: anything about one release.
"""

from __future__ import annotations

from typing import Any

TEXTS: dict[str, dict[str, Any]] = {
    "vi": {
        "title": "Kết quả cải cách hành chính",
        "span": "Kỳ {code}: từ ngày {start} đến hết ngày {end}",
        "known": "Theo dữ liệu nhận được đến {time} ngày {day}",
        "simulated": "Dữ liệu mô phỏng: số liệu dưới đây được sinh ra để chạy thử, không phản ánh "
        "hoạt động của cơ quan nào.",
        "provisional": "Số liệu tạm tính: kỳ báo cáo chưa kết thúc.",
        "figures": "Số liệu chính",
        "figure_heads": ("Chỉ tiêu", "Kết quả", "Tử số / mẫu số", "Mục tiêu", "Đánh giá"),
        "on_time": "Đúng hạn theo từng cách tính:",
        "on_time_variants": {
            "form_06a": "biểu 06a",
            "index_766": "Quyết định 766",
            "strict": "chặt chẽ",
            "due_cohort": "theo kỳ đến hạn",
            "recomputed": "theo hạn tính lại",
        },
        "stock": {"dossiers_overdue": "đang quá hạn", "dossiers_suspended": "đang tạm dừng"},
        "variants": "Cùng chỉ tiêu theo cách tính khác",
        "variants_note": "Mỗi cách tính được nêu theo tên của nó; mục tiêu chỉ gắn với cách tính chính.",
        "status": {
            "met": "Đạt",
            "missed": "Không đạt",
            "no_target": "Không có mục tiêu",
            "not_assessed": "Chưa đánh giá",
            "not_applicable": "Không áp dụng",
        },
        "class": {
            "integrity": "Toàn vẹn",
            "required": "Bắt buộc có số liệu",
            "commitment": "Cam kết",
            "policy": "Mục tiêu chính sách",
        },
        "waived": "có miễn trừ",
        "moves": "Số liệu đã công bố nay thay đổi",
        "moves_note": "So với lần công bố trước của cùng kỳ, {release_id}.",
        "move_heads": ("Chỉ tiêu", "Trước", "Nay", "Lý do"),
        "waivers": "Miễn trừ",
        "waivers_note": "Số liệu được công bố với đánh giá không đạt; người nêu tên chịu trách nhiệm.",
        "no_waivers": "Không có.",
        "waiver_heads": ("Quy tắc", "Lý do", "Người chịu trách nhiệm", "Hiệu lực đến"),
        "absent": "Chỉ tiêu chưa đánh giá",
        "nothing_absent": "Mọi chỉ tiêu chính đều được đánh giá.",
        "absent_heads": ("Chỉ tiêu", "Lý do"),
        "rules": "Kiểm tra trước khi công bố",
        "rules_note": "Đã kiểm tra {count} quy tắc: {failed} không đạt, {idle} không áp dụng.",
        "rule_heads": ("Quy tắc", "Loại", "Nội dung"),
        "quality": "Chất lượng dữ liệu",
        "no_quality": "Không có bản ghi bị loại hoặc nghi vấn.",
        "quality_heads": ("Nguồn", "Vấn đề", "Số bản ghi", "Việc cần làm", "Đơn vị xử lý"),
        "inputs": "Dữ liệu đầu vào",
        "input_heads": ("Nguồn", "Tệp", "Bản ghi", "Chấp nhận", "Cách ly", "Dòng bỏ qua"),
    },
    "en": {
        "title": "Administrative-reform figures",
        "span": "Period {code}: {start} to {end}, both days included",
        "known": "From the records that had arrived by {time} on {day}",
        "simulated": "Simulated data: these figures were generated to try the system out "
        "and describe no real agency.",
        "provisional": "Provisional: the period is not over.",
        "figures": "Headline figures",
        "figure_heads": ("Figure", "Value", "Numerator / denominator", "Target", "Verdict"),
        "on_time": "On time by each definition:",
        "on_time_variants": {
            "form_06a": "form 06a",
            "index_766": "Decision 766",
            "strict": "strict",
            "due_cohort": "due cohort",
            "recomputed": "recomputed deadlines",
        },
        "stock": {"dossiers_overdue": "overdue", "dossiers_suspended": "suspended"},
        "variants": "The same figures by other definitions",
        "variants_note": "Each definition stands under its name; a target belongs to the headline one.",
        "status": {
            "met": "Met",
            "missed": "Missed",
            "no_target": "No target",
            "not_assessed": "Not assessed",
            "not_applicable": "Not applicable",
        },
        "class": {
            "integrity": "Integrity",
            "required": "Required",
            "commitment": "Commitment",
            "policy": "Policy",
        },
        "waived": "waived",
        "moves": "Figures released before that moved",
        "moves_note": "Compared with the last release of the same period, {release_id}.",
        "move_heads": ("Figure", "Before", "Now", "Reason"),
        "waivers": "Waivers",
        "waivers_note": "The figure is released as missed; the person named answers for it.",
        "no_waivers": "None.",
        "waiver_heads": ("Rule", "Reason", "Person responsible", "Valid until"),
        "absent": "What is not assessed",
        "nothing_absent": "Every headline figure is assessed.",
        "absent_heads": ("Figure", "Reason"),
        "rules": "Checks before publication",
        "rules_note": "{count} rules were judged: {failed} did not hold, {idle} did not apply.",
        "rule_heads": ("Rule", "Class", "Message"),
        "quality": "Data quality",
        "no_quality": "No record was quarantined or suspicious.",
        "quality_heads": ("Feed", "Problem", "Records", "What to do", "Who acts"),
        "inputs": "Inputs",
        "input_heads": ("Feed", "Files", "Records", "Accepted", "Quarantined", "Lines skipped"),
    },
}

STYLE = """
:root{color-scheme:light;--ink:#1b1f24;--muted:#59626d;--line:#d8dde3;--soft:#f5f7f9}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:#fff;font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:64rem;margin:0 auto;padding:2rem 1.25rem}
main+main{border-top:4px solid var(--line)}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
header p{margin:.15rem 0;color:var(--muted)}
code{font:0.9em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.notice{margin:1rem 0;padding:.6rem .9rem;border-left:4px solid #b35900;background:#fff4e5}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{padding:.4rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{background:var(--soft);font-weight:600}
.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td:first-child{min-width:9rem}
.strong{font-weight:600}
.status{min-width:10rem}
.status.met{color:#14632f}
.status.missed{color:#a3161b;font-weight:600}
.status.not_assessed,.status.not_applicable,.status.no_target{color:var(--muted)}
@media print{main{max-width:none;padding:0}main+main{break-before:page;border:0}}
"""
