"""What a run led to, on the terminal: headline figures of a release, or why a candidate was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration.console.output import Console
from orchestration.errors import CchcError
from orchestration.lake import Lake
from orchestration.release.certificate import failed_rules
from orchestration.release.cuts import read_cuts
from orchestration.release.documents import AUDIT, MANIFEST, read_document
from orchestration.release.pointers import pointed_at
from orchestration.release.printing import EN, VI, day_text, target_text, value_text
from orchestration.release.released import CURRENT
from orchestration.release.restated import moves_of, reason_of, value_after, value_before

STATUS_VI = {
    "met": "đạt",
    "missed": "KHÔNG ĐẠT",
    "no_target": "",
    "not_assessed": "chưa đánh giá",
    "not_applicable": "không áp dụng",
}
REFUSING = {"integrity", "required", "commitment"}


def labels_of(folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Vietnamese and English label of every headline figure, from the marts of a candidate or release."""
    import duckdb  # noqa: PLC0415

    path = folder / "marts" / "headline_figures.parquet"
    rows = duckdb.execute(
        "select indicator_code, variant, label_vi, label_en from read_parquet(?)", [str(path)]
    ).fetchall()
    return {(code, variant): (label_vi, label_en) for code, variant, label_vi, label_en in rows}


def _shown(figure: dict[str, Any]) -> str:
    text = value_text(figure["value"], figure["numerator"], figure["denominator"], figure["unit"])
    if figure["unit"] == "ratio" and figure["denominator"]:
        count = value_text(figure["numerator"], None, None, "count")
        return f"{text} ({count}/{value_text(figure['denominator'], None, None, 'count')})"
    return text


def print_figures(console: Console, folder: Path, figures: list[dict[str, Any]]) -> None:
    """The headline figures as a table."""
    labels = labels_of(folder)
    rows = [
        [
            labels.get((figure["indicator_code"], figure["variant"]), ("", ""))[0],
            _shown(figure),
            target_text(figure["operator"], figure["target"], figure["unit"]),
            STATUS_VI.get(figure["status"], figure["status"]),
            figure["indicator_code"],
        ]
        for figure in figures
        if figure["is_headline"]
    ]
    console.table(["Chỉ tiêu", "Giá trị", "Mục tiêu", "Kết quả", "code"], rows, right=frozenset({1, 2}))


def print_cuts(console: Console, folder: Path, manifest: dict[str, Any]) -> None:
    """What each reduction of units is made of, with its baseline: `119 = 803 (31/12/2017) − 684 (14/09/2022)`."""
    cuts = read_cuts(folder, manifest)
    for figure in manifest["figures"]:
        cut = cuts.get(figure["indicator_code"])
        if figure["is_headline"] and cut:
            console.line(f"{figure['indicator_code']}: {cut.said(VI)}")


def _heading(console: Console, manifest: dict[str, Any]) -> None:
    period = manifest["period"]
    console.line(
        f"Kỳ {period['code']}: {day_text(period['start'])} – {day_text(period['end'])}, "
        f"known at {manifest['known_at'][:19].replace('T', ' ')}"
    )
    if manifest["simulated"]:
        console.line("SIMULATED DATA / DỮ LIỆU MÔ PHỎNG: not the figures of any real office.")
    if period["provisional"]:
        console.line("PROVISIONAL / TẠM TÍNH: the period is not over.")


def print_waivers(console: Console, audit: dict[str, Any]) -> None:
    """Every waiver that this release used or could have used."""
    for waiver in audit["waivers"]:
        console.line(
            f"Waived / Miễn trừ: {waiver['rule_id']} ({waiver['period']}), {waiver['reason']}, "
            f"responsible: {waiver['person']}, until {waiver['expires_on']}"
        )


def print_moves(console: Console, audit: dict[str, Any]) -> None:
    """Every figure that is not as it was last released for this period, with the reason."""
    for move in moves_of(audit):
        console.line(
            f"Thay đổi / Moved: {move['indicator_code']}:{move['variant']} {value_before(move)} → {value_after(move)} "
            f"({move['since']}): {reason_of(move, VI)} · {reason_of(move, EN)}"
        )


def print_release(console: Console, lake: Lake, release_id: str, *, already: bool) -> None:
    """The figures of a release and where it lies."""
    folder = lake.release_of(release_id)
    manifest, audit = read_document(folder / MANIFEST), read_document(folder / AUDIT)
    _heading(console, manifest)
    print_figures(console, folder, manifest["figures"])
    print_cuts(console, folder, manifest)
    print_waivers(console, audit)
    print_moves(console, audit)
    word = "already released, nothing changed" if already else "released"
    current = pointed_at(lake, CURRENT)
    console.line(
        f"{release_id}: {word}" + (" (current)" if current == release_id else f"; current is {current}")
    )
    console.line(f"Release: {folder}")
    console.line(f"Page:    {folder / 'report' / 'index.html'}")
    console.document(
        "run",
        {
            "status": "already_released" if already else "released",
            "release_id": release_id,
            "current": current,
            "folder": str(folder),
            "figures": manifest["figures"],
            "waivers": audit["waivers"],
            "moves": moves_of(audit),
        },
    )


def print_refusal(console: Console, lake: Lake, release_id: str, error: CchcError) -> None:
    """Why a candidate was refused, in lines a person understands, and what readers still see."""
    folder = lake.candidate_of(release_id)
    manifest = read_document(folder / MANIFEST)
    audit = read_document(folder / AUDIT) if (folder / AUDIT).is_file() else {"suites": [], "waivers": []}
    failed = [rule for rule in failed_rules(audit) if rule["class"] in REFUSING]
    waived = {waiver["rule_id"] for waiver in audit["waivers"]}
    _heading(console, manifest)
    print_figures(console, folder, manifest["figures"])
    print_cuts(console, folder, manifest)
    print_moves(console, audit)
    console.line(f"REFUSED / TỪ CHỐI CÔNG BỐ: {release_id}")
    for rule in failed:
        mark = "waived" if rule["rule_id"] in waived else rule["class"]
        console.line(f"  [{mark}] {rule['rule_id']}")
        console.line(f"      {rule['message_vi']}")
        console.line(f"      {rule['message_en']}")
        if rule["sample_keys"]:
            console.line(f"      records: {', '.join(rule['sample_keys'])}")
    if not failed:
        console.line(f"  {error.message}")
    current = pointed_at(lake, CURRENT)
    console.line(f"The candidate and its audit stay in {folder}")
    console.line(f"Readers still see: {current or 'no release yet'}")
    console.line(
        "Mend the source and run again. A required or commitment rule can be waived in expectations/waivers.yml: "
        "the figure is then released as missed."
    )
    console.document(
        "run",
        {
            "status": "refused",
            "release_id": release_id,
            "current": current,
            "folder": str(folder),
            "figures": manifest["figures"],
            "failed_rules": failed,
            "waivers": audit["waivers"],
            "moves": moves_of(audit),
        },
    )
