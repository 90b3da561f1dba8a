"""`cchc release diff`: what moved between two releases, and because of what, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.console.output import Console
from orchestration.lake import Lake
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.release.moves import CauseOfMove, MovedFigure, ReleaseDiff

CAUSES = {
    "late": ("bản ghi đến muộn", "late arrivals"),
    "corrected": ("bản ghi được sửa", "corrected records"),
    "withdrawn": ("bản ghi bị rút", "withdrawn records"),
    "moment": ("thời điểm chốt lùi về sau", "the later known-at itself"),
    "records": ("bản ghi (đến muộn, sửa, rút)", "records (late, corrected, withdrawn)"),
    "rules": ("quy tắc, mục tiêu, danh mục", "rules, targets, dated tables"),
    "code": ("mã chương trình", "code"),
    "settings": ("thiết lập", "settings"),
    "period": ("kỳ hoặc lịch", "period or calendar"),
    "unexplained": ("KHÔNG GIẢI THÍCH ĐƯỢC", "UNEXPLAINED"),
}
ORDERS = {
    "alone": (
        "Chỉ bản ghi, hoặc chỉ cách tính, khác nhau.",
        "Only the records, or only the way of computing, differ.",
    ),
    "before": (
        "Bản ghi được tính trước, theo cách tính cũ; phần còn lại là do cách tính.",
        "Records first, under the earlier way of computing; the rest is the way of computing.",
    ),
    "after": (
        "Cách tính cũ không còn chạy được ở bản mã này: cách tính được đổi trước, bản ghi theo cách tính mới.",
        "This checkout no longer computes the earlier way: the way of computing first, records under the later one.",
    ),
    "release": (
        "Tách qua bản công bố nằm giữa hai bản.",
        "Told apart by a release that lies between the two.",
    ),
    "joint": (
        "Bản mã này không chạy được cách tính nào của hai bản: không tách được bản ghi với cách tính.",
        "This checkout computes neither way and no release lies between: records and computing are not told apart.",
    ),
}
BACKWARDS = (
    (
        "CHÚ Ý: {first} được chốt sau {second}. Nguyên nhân nêu theo chiều thời gian, từ {second} đến {first}; số thì "
        "theo chiều đã hỏi, từ {first} sang {second}: bản ghi đến muộn bị trừ đi, bản ghi bị rút được cộng lại."
    ),
    (
        "NOTE: {first} is known later than {second}. Causes are told in the order of time, from {second} to {first}; "
        "numbers as asked, from {first} to {second}: late arrivals are taken off, withdrawn records are added back."
    ),
)
MEMBERS = 5
AGENCIES = 10


def diff(console: Console, before: str, after: str, *, codes: bool) -> None:
    """What moved between two releases, and because of what.

    Args:
        console: where it goes.
        before: the release from which.
        after: the one to which.
        codes: look the dossiers named up in the restricted zone; each look-up is logged there.
    """
    from orchestration.release.diff import diff as compare  # noqa: PLC0415

    settings = load_settings()
    lake = Lake(settings.lake)
    found = compare(lake, before, after, settings)
    known = _codes(lake, found) if codes else {}
    console.line(
        f"{found.before} (known at {found.known_at_before}) → {found.after} ({found.known_at_after})"
    )
    _print_causes(console, found)
    _print_figures(console, [figure for figure in found.figures if figure.is_headline], known)
    _print_others(console, found)
    for record in found.records:
        console.line(
            f"{_said(record.cause)[0]} · {record.feed}: {record.records:,} "
            f"({record.unchanged:,} không đổi · unchanged), {len(record.agencies)} cơ quan · agencies"
            + (f": {', '.join(known.get(key, key) for key in record.sample)}" if record.sample else "")
        )
    turned = found.known_at_before > found.known_at_after
    sides = ("earlier", "later") if turned else ("later", "earlier")
    for name, items in zip(sides, (found.inputs_added, found.inputs_removed), strict=True):
        for item in items:
            console.line(
                f"read only {name}: {item['feed']} {item['file']} (recorded {item['recorded_at'][:19]})"
            )
    for moved in found.dossiers[: 1 + AGENCIES]:
        agency = "all agencies" if moved.agency_code == "*" else moved.agency_code
        console.line(
            f"dossiers of {agency}: {moved.added} new, {moved.changed} changed, {moved.removed} gone; {moved.late} late"
        )
    if len(found.dossiers) > 1 + AGENCIES:
        console.line(f"… {len(found.dossiers) - 1 - AGENCIES} cơ quan khác · further agencies: --json")
    body = found.to_json() | ({"dossier_codes": known} if codes else {})
    body.pop("schema_version", None)
    console.document("release diff", body)


def _said(cause: str) -> tuple[str, str]:
    """A cause in both languages; a joint one names its parts."""
    parts = [CAUSES.get(part, (part, part)) for part in cause.split("+")]
    return " + ".join(part[0] for part in parts), " + ".join(part[1] for part in parts)


def _print_causes(console: Console, found: ReleaseDiff) -> None:
    if found.backwards:
        names = {"first": found.before, "second": found.after}
        for text in BACKWARDS:
            console.line(text.format(**names))
    for text in ORDERS[found.order]:
        console.line(text + (f" ({found.between})" if found.between else ""))
    if found.components_changed:
        console.line(f"Khác nhau · differ: {', '.join(found.components_changed)}")
    elif found.rules_changed:
        console.line("Cách tính khác nhau (build fingerprint). · The way of computing differs.")
    for name, (old, new) in found.settings_changed.items():
        console.line(f"Thiết lập · setting {name}: {old} → {new}")
    if not found.adds_up:
        console.line("KHÔNG CỘNG ĐÚNG: có phần thay đổi không nguyên nhân nào giải thích.")
        console.line("DOES NOT ADD UP: part of the move is explained by no cause.")


def _moved_by(cause: CauseOfMove) -> str:
    moved = f"{cause.numerator:+,}" + (f" / {cause.denominator:+,}" if cause.denominator else "")
    return moved + (f" ({cause.dossiers:,} hồ sơ · dossiers)" if cause.dossiers else "")


def _value(side: dict[str, object] | None) -> str:
    if side is None or side["value"] is None:
        return "–"
    counts = f" ({side['numerator']:,}/{side['denominator']:,})" if side["denominator"] else ""
    return f"{side['value']:.6g}{counts}"


def _print_figures(console: Console, figures: list[MovedFigure], known: dict[str, str]) -> None:
    if not figures:
        console.line("Không chỉ tiêu công bố nào thay đổi. · No headline figure moved.")
        return
    rows = []
    for figure in figures:
        causes = "\n".join(f"{_said(cause.cause)[0]}: {_moved_by(cause)}" for cause in figure.causes)
        if figure.target_moved:
            causes = "\n".join(filter(None, (causes, "mục tiêu thay đổi · the target changed")))
        rows.append(
            [
                f"{figure.indicator_code}:{figure.variant}",
                _value(figure.before),
                _value(figure.after),
                "" if figure.delta is None else f"{figure.delta:+g}",
                causes,
            ]
        )
    console.table(
        ["figure", "before", "after", "moved by", "cause: numerator / denominator"],
        rows,
        frozenset({1, 2, 3}),
    )
    for figure in figures:
        for cause in figure.causes:
            _print_dossiers(console, figure, cause, known)


def _print_dossiers(console: Console, figure: MovedFigure, cause: CauseOfMove, known: dict[str, str]) -> None:
    if not cause.dossiers:
        return
    agencies = [f"{agency} {dossiers:,}" for agency, (dossiers, _, _) in cause.agencies.items()]
    rest = f" và {len(agencies) - MEMBERS} cơ quan khác · and more" if len(agencies) > MEMBERS else ""
    console.line(
        f"{figure.indicator_code}:{figure.variant} · {_said(cause.cause)[1]}: {', '.join(agencies[:MEMBERS])}{rest}; "
        + ", ".join(known.get(key, key) for key in cause.sample_keys)
    )


def _print_others(console: Console, found: ReleaseDiff) -> None:
    others = [figure for figure in found.figures if not figure.is_headline]
    if others:
        names = ", ".join(f"{figure.indicator_code}:{figure.variant}" for figure in others)
        console.line(f"Chỉ tiêu khác thay đổi · other figures that moved ({len(others)}): {names}")
    if found.other_periods:
        rows = sum(period.rows_moved for period in found.other_periods)
        console.line(
            f"Kỳ trước trong chuỗi · earlier periods of the series: {rows:,} dòng · rows in {len(found.other_periods)}"
        )


def _keys(found: ReleaseDiff) -> Iterable[str]:
    """Every dossier that the answer names."""
    keys = {key for figure in found.figures for cause in figure.causes for key in cause.sample_keys}
    keys |= {
        key for item in found.records if item.feed in {"dossiers", "national_dossiers"} for key in item.sample
    }
    return sorted(keys | {key for moved in found.dossiers for key in moved.sample_keys})


def _codes(lake: Lake, found: ReleaseDiff) -> dict[str, str]:
    """The dossiers' codes, from the restricted zone, where the map still has them."""
    from orchestration.errors import UsageError  # noqa: PLC0415
    from orchestration.extracts.pseudonyms import lookup  # noqa: PLC0415

    codes: dict[str, str] = {}
    for key in _keys(found):
        try:
            codes[key] = lookup(lake, key)
        except UsageError:
            continue
    return codes
