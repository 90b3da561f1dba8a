"""The page of a release for people: `report/index.html`, self-contained, Vietnamese first.

Belongs here: laying out what manifest, audit and marts say. Does not belong here: any number or judgement of
its own. Every value is escaped; the page loads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from orchestration.reasons import reason_in_words
from orchestration.release.certificate import failed_rules
from orchestration.release.contents import literal
from orchestration.release.cuts import Cut, read_cuts
from orchestration.release.page_text import STYLE, TEXTS
from orchestration.release.points import ServicePoints, read_points
from orchestration.release.printing import EN, VI, day_text, number_text, target_text, value_text
from orchestration.release.published import waivers_by_figure
from orchestration.release.restated import label_of, moves_of, reason_of, value_after, value_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    Words = Mapping[str, Any]
    Rows = list[dict[str, Any]]

PAGE = "report/index.html"
ON_TIME = "dossiers_on_time_rate"
_ABSENT = ("not_assessed", "not_applicable")


@dataclass(frozen=True)
class _Notes:
    """What is said beside figures: values of the province, reasons, waivers, what cuts and points are made of."""

    province: Mapping[tuple[str, str], Mapping[str, Any]]
    waived: frozenset[str]
    cuts: Mapping[str, Cut]
    points: ServicePoints | None

    def reason(self, row: Mapping[str, Any]) -> str | None:
        reason: str | None = self.province.get((row["indicator_code"], row["variant"]), {}).get("reason")
        return reason

    def total(self, code: str) -> float | None:
        """The value of an indicator as a whole; its variants are parts of it."""
        return self.province.get((code, "default"), {}).get("value")


def write_page(folder: Path, manifest: Mapping[str, Any], audit: Mapping[str, Any]) -> Path:
    """Write `folder/report/index.html` from the documents and the marts in the folder."""
    path = folder / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = _in_order(_rows(folder, "headline_figures"), _rows(folder, "dim_indicator"))
    quality = _rows(folder, "data_quality")
    notes = _Notes(
        _province(folder, manifest),
        frozenset(waivers_by_figure(audit)),
        read_cuts(folder, manifest),
        read_points(folder, manifest),
    )
    halves = "".join(_half(language, manifest, audit, figures, quality, notes) for language in (VI, EN))
    title = f"{TEXTS[VI]['title']} · {manifest['period']['code']}"
    path.write_text(
        f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{halves}</body></html>\n",
        "utf-8",
    )
    return path


def _rows(folder: Path, table: str) -> Rows:
    """Rows of a mart; none where the release has no such mart."""
    path = folder / "marts" / f"{table}.parquet"
    if not path.is_file():
        return []
    import duckdb  # noqa: PLC0415

    source = f"read_parquet({literal(str(path))})"
    with duckdb.connect() as connection:
        relation = connection.execute(f"select * from {source}")
        names = [column[0] for column in relation.description]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def _in_order(figures: Rows, indicators: Rows) -> Rows:
    """Figures as the catalogue of indicators orders them."""
    order = {(row["indicator_code"], row["variant"]): row["sort_order"] for row in indicators}
    last = max(order.values(), default=0) + 1
    return sorted(figures, key=lambda row: order.get((row["indicator_code"], row["variant"]), last))


def _province(folder: Path, manifest: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of `indicator_values` for the province in the released period, by indicator and variant."""
    path = folder / "marts" / "indicator_values.parquet"
    if not path.is_file():
        return {}
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select indicator_code, variant, value, reason from read_parquet({literal(str(path))}) "
            "where period_code = ? and agency_level = '*' and agency_code = '*'",
            [manifest["period"]["code"]],
        ).fetchall()
    return {(code, variant): {"value": value, "reason": reason} for code, variant, value, reason in rows}


def _half(
    language: str,
    manifest: Mapping[str, Any],
    audit: Mapping[str, Any],
    figures: Rows,
    quality: Rows,
    notes: _Notes,
) -> str:
    """The page in one language."""
    words = TEXTS[language]
    parts = [
        _heading(words, manifest),
        _notices(words, manifest),
        _figures(words, language, [row for row in figures if row["is_headline"]], notes),
        _on_time_line(words, language, figures, notes),
        _points_line(language, notes),
        _cut_lines(language, figures, notes),
        _variants(words, language, [row for row in figures if not row["is_headline"]], notes),
        _waivers(words, audit),
        _moves(words, language, audit),
        _absent(words, language, figures, notes),
        _rules(words, language, audit),
        _quality(words, language, quality),
        _inputs(words, language, manifest),
    ]
    return f'<main lang="{language}">{"".join(parts)}</main>'


def _table(heads: Iterable[str], rows: Iterable[Iterable[tuple[str, str]]]) -> str:
    """A table from (class, text) cells; the text is escaped here and nowhere else."""
    lines = [list(cells) for cells in rows]
    kinds = ["number" if "number" in kind else "" for kind, _ in lines[0]] if lines else []
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(text)}</th>' for text, kind in zip(heads, kinds, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td class="{kind}">{escape(text)}</td>' for kind, text in cells) + "</tr>"
        for cells in lines
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _section(title: str, content: str, note: str = "") -> str:
    shown = f"<p>{escape(note)}</p>" if note else ""
    return f"<section><h2>{escape(title)}</h2>{shown}{content}</section>"


def _heading(words: Words, manifest: Mapping[str, Any]) -> str:
    period = manifest["period"]
    span = words["span"].format(
        code=period["code"], start=day_text(period["start"]), end=day_text(period["end"])
    )
    known = words["known"].format(day=day_text(manifest["known_at"]), time=manifest["known_at"][11:16])
    return (
        f"<header><h1>{escape(words['title'])}</h1><p>{escape(span)}</p>"
        f"<p>{escape(known)}</p><p><code>{escape(manifest['release_id'])}</code></p></header>"
    )


def _notices(words: Words, manifest: Mapping[str, Any]) -> str:
    chosen = [words["simulated"]] if manifest["simulated"] else []
    chosen += [words["provisional"]] if manifest["period"]["provisional"] else []
    return "".join(f'<p class="notice">{escape(text)}</p>' for text in chosen)


def _figure_cells(
    words: Words, language: str, row: Mapping[str, Any], notes: _Notes
) -> list[tuple[str, str]]:
    value = value_text(row["value"], row["numerator"], row["denominator"], row["unit"], language)
    parts = (
        ""
        if row["denominator"] is None
        else " / ".join(
            value_text(row[name], None, None, "", language) for name in ("numerator", "denominator")
        )
    )
    status = words["status"].get(row["status"], row["status"])
    reason = reason_in_words(notes.reason(row), language)
    if row["status"] in _ABSENT and reason:
        status = f"{status}: {reason}"
    if row["status"] in {"missed", "not_assessed"} and row["indicator_code"] in notes.waived:
        status = f"{status} ({words['waived']})"
    return [
        ("", str(row[f"label_{language}"])),
        ("number strong", value),
        ("number", parts),
        ("number", target_text(row["operator"], row["target"], row["unit"], language)),
        (f"status {row['status']}", status),
    ]


def _on_time_line(words: Words, language: str, figures: Rows, notes: _Notes) -> str:
    """Every definition of "on time" in one line, with the overdue and the suspended stock."""
    rates = {row["variant"]: row for row in figures if row["indicator_code"] == ON_TIME}
    parts = [
        f"{name} {value_text(row['value'], row['numerator'], row['denominator'], row['unit'], language, detail=True)}"
        for variant, name in words["on_time_variants"].items()
        if (row := rates.get(variant))
    ]
    parts += [
        f"{name} {value_text(notes.total(code), None, None, '', language)}"
        for code, name in words["stock"].items()
    ]
    return f"<p><strong>{escape(words['on_time'])}</strong> {escape(' · '.join(parts))}</p>" if rates else ""


def _points_line(language: str, notes: _Notes) -> str:
    """The service index as points out of those that could be assessed."""
    if notes.points is None:
        return ""
    label, said = notes.points.said(language)
    return f"<p><strong>{escape(label)}</strong> {escape(said)}</p>"


def _cut_lines(language: str, figures: Rows, notes: _Notes) -> str:
    """What each reduction of units is made of, with both days: net beside gross."""
    lines = [
        f"<p><strong>{escape(str(row[f'label_{language}']))}:</strong> {escape(cut.said(language))}</p>"
        for row in figures
        if row["is_headline"] and (cut := notes.cuts.get(row["indicator_code"]))
    ]
    return "".join(lines)


def _figures(words: Words, language: str, rows: Rows, notes: _Notes) -> str:
    cells = [_figure_cells(words, language, row, notes) for row in rows]
    return _section(words["figures"], _table(words["figure_heads"], cells))


def _variants(words: Words, language: str, rows: Rows, notes: _Notes) -> str:
    if not rows:
        return ""
    cells = [_figure_cells(words, language, row, notes) for row in rows]
    return _section(words["variants"], _table(words["figure_heads"], cells), words["variants_note"])


def _moves(words: Words, language: str, audit: Mapping[str, Any]) -> str:
    """Figures that are not as they were last released for this period, each with its reason."""
    moves = moves_of(audit)
    if not moves:
        return ""
    cells = [
        [
            ("", label_of(move, language)),
            ("number", value_before(move)),
            ("number", value_after(move)),
            ("", reason_of(move, language)),
        ]
        for move in moves
    ]
    note = words["moves_note"].format(release_id=moves[0]["since"])
    return _section(words["moves"], _table(words["move_heads"], cells), note)


def _waivers(words: Words, audit: Mapping[str, Any]) -> str:
    waivers = audit.get("waivers", [])
    if not waivers:
        return _section(words["waivers"], f"<p>{escape(words['no_waivers'])}</p>")
    names = ("rule_id", "reason", "person")
    cells = [
        [*(("", waiver[name]) for name in names), ("", day_text(waiver["expires_on"]))] for waiver in waivers
    ]
    return _section(words["waivers"], _table(words["waiver_heads"], cells), words["waivers_note"])


def _absent(words: Words, language: str, rows: Rows, notes: _Notes) -> str:
    absent = [row for row in rows if row["status"] in _ABSENT]
    if not absent:
        return _section(words["absent"], f"<p>{escape(words['nothing_absent'])}</p>")
    cells = [
        [
            ("", str(row[f"label_{language}"])),
            ("", reason_in_words(notes.reason(row), language) or "–"),
        ]
        for row in absent
    ]
    return _section(words["absent"], _table(words["absent_heads"], cells))


def _rules(words: Words, language: str, audit: Mapping[str, Any]) -> str:
    failed = failed_rules(audit)
    rules = [rule for suite in audit["suites"] for rule in suite["rules"]]
    idle = sum(bool(rule.get("not_applicable")) for rule in rules)
    note = words["rules_note"].format(count=len(rules), idle=idle, failed=len(failed))
    if not failed:
        return _section(words["rules"], "", note)
    cells = [
        [
            ("", rule["rule_id"]),
            ("", words["class"].get(rule["class"], rule["class"])),
            ("", rule[f"message_{language}"]),
        ]
        for rule in failed
    ]
    return _section(words["rules"], _table(words["rule_heads"], cells), note)


def _quality(words: Words, language: str, rows: Rows) -> str:
    """Classes of doubtful records summed over agencies and fields, the largest first."""
    texts = ("meaning", "action", "office")
    sums: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = (str(row["feed"]), *(str(row[f"{name}_{language}"] or "–") for name in texts))
        sums[key] = sums.get(key, 0) + int(row["records"])
    cells = [
        [("", feed), ("", meaning), ("number", number_text(records, 0, language)), ("", action), ("", office)]
        for (feed, meaning, action, office), records in sorted(
            sums.items(), key=lambda item: (-item[1], item[0])
        )
        if records
    ]
    if not cells:
        return _section(words["quality"], f"<p>{escape(words['no_quality'])}</p>")
    return _section(words["quality"], _table(words["quality_heads"], cells))


def _inputs(words: Words, language: str, manifest: Mapping[str, Any]) -> str:
    names = ("rows", "accepted", "quarantined", "skipped")
    sums: dict[str, list[int]] = {}
    for item in manifest["inputs"]:
        counts = sums.setdefault(item["feed"], [0, 0, 0, 0, 0])
        for index, count in enumerate([1, *(item[name] for name in names)]):
            counts[index] += count
    cells = [
        [("", feed), *(("number", number_text(count, 0, language)) for count in counts)]
        for feed, counts in sorted(sums.items())
    ]
    return _section(words["inputs"], _table(words["input_heads"], cells))
