"""The catalogue of figures, `docs/figures.md`, written from the seeds: `python -m expectations.figures_page`.

Belongs here: how indicators, targets, baselines and the rules that guard them read as a page. Does not belong here: the
definitions (`dbt_project/seeds/`), the rules (`rules.yml`).
"""

from __future__ import annotations

import csv
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from expectations.registry import Rule, load_registry
from orchestration.release.lineage import upstream
from orchestration.release.marts import model_lineage
from orchestration.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Row = dict[str, str]
PAGE = REPOSITORY / "docs" / "figures.md"
SEEDS = REPOSITORY / "dbt_project" / "seeds"
ACTS = REPOSITORY / "docs" / "legal_acts.csv"
"""The acts that definitions and targets name, with their dates; of a yearly index, the years that they cover."""

AREAS = {
    "0": ("Công tác chỉ đạo, điều hành", "Steering"),
    "1": ("Cải cách thể chế", "Institutions"),
    "2": ("Cải cách thủ tục hành chính", "Administrative procedures"),
    "3": ("Cải cách tổ chức bộ máy hành chính", "Organisation"),
    "4": ("Cải cách chế độ công vụ", "Civil service"),
    "5": ("Cải cách tài chính công", "Public finance"),
    "6": ("Xây dựng và phát triển chính quyền điện tử, chính quyền số", "Digital government"),
    "all": ("Các lĩnh vực", "All areas"),
}
"""The areas of Resolution 76/NQ-CP of 15/07/2021, and what lies before and across them."""

_SHAPE = ("rows_", "columns_", "column_types_", "file_")
_OF_EVERY_FIGURE = ("indicator_values", "headline_figures")
_HEAD = """# Danh mục chỉ tiêu · Catalogue of figures

Written from `dbt_project/seeds/` (`indicators`, `targets`, `baselines`) and `expectations/rules.yml` by
`python -m expectations.figures_page`; do not edit by hand. A definition is dated: the one in force on the last day of a
period counts for it. Every figure stands in the mart `indicator_values`, one row per period and member of its grain; a
figure without a value is a row with a reason. *Unverified* marks a legal reference that nobody has compared with the
text of the law yet. The dates of the acts come from `docs/legal_acts.csv`; those marked `memory` there were written
down from memory and are to be compared with the text before they are quoted.

{counts}

Every figure is guarded by: {general}. What each rule holds, why, and what to do: [rules.md](rules.md).
"""


def figures_page(dbt_manifest: Path) -> str:
    """The page as Markdown.

    Args:
        dbt_manifest: dbt's manifest of the project, for the models behind a figure.
    """
    indicators = sorted(_seed("indicators"), key=lambda row: int(row["sort_order"]))
    rules = list(load_registry().values())
    lineage = model_lineage(dbt_manifest, ["indicator_values"])
    sections = [_head(indicators, rules)]
    for area, members in groupby(indicators, key=lambda row: row["area_code"]):
        vi, en = AREAS[area]
        number = f"{area}. " if area != "all" else ""
        sections.append(f"## {number}{vi} · {en}\n")
        for code, variants in groupby(members, key=lambda row: row["indicator_code"]):
            sections.append(_indicator(code, list(variants), rules, lineage))
    return "\n".join(sections)


def _head(indicators: Sequence[Row], rules: Sequence[Rule]) -> str:
    codes = {row["indicator_code"] for row in indicators}
    printed = {row["indicator_code"] for row in indicators if row["is_headline"] == "true"}
    counts = (
        f"{len(codes)} figures in {len(indicators)} variants; {len(printed)} of them are headline figures, which the "
        "province's statement prints."
    )
    general = [
        rule.rule_id
        for rule in rules
        if rule.table in _OF_EVERY_FIGURE
        and rule.indicator_code is None
        and rule.rule_class == "integrity"
        and not rule.rule_id.startswith(_SHAPE)
    ]
    return _HEAD.format(counts=counts, general=_codes(general))


def _indicator(
    code: str, variants: Sequence[Row], rules: Sequence[Rule], lineage: Mapping[str, list[str]]
) -> str:
    lines = [f"### `{code}`\n"]
    for row in variants:
        lines += _variant(row)
    first = variants[0]
    facts = [
        f"Unit `{first['unit']}`; one row per {_grain(first['grain'])}.",
        f"Requires the feeds {_codes(first['feeds'].split(';'))}.",
        f"Computed by {_codes(sorted({row['source_model'] for row in variants if row['source_model']}))}."
        if any(row["source_model"] for row in variants)
        else "Not computed yet.",
        *_targets(code),
        *_baselines(code),
        *_guards(code, variants, rules, lineage),
    ]
    return "\n".join([*lines, *(f"- {fact}" for fact in facts), ""])


def _variant(row: Row) -> list[str]:
    name = f"`{row['variant']}`" + (", **số liệu chính · headline**" if row["is_headline"] == "true" else "")
    parts = [("định nghĩa · definition", "definition"), ("tử số · numerator", "numerator")]
    if row["denominator_vi"]:
        parts.append(("mẫu số · denominator", "denominator"))
    return [
        f"| {name} | {_cell(row['label_vi'])} | {_cell(row['label_en'])} |",
        "|---|---|---|",
        *(
            f"| {title} | {_cell(row[f'{part}_vi'])} | {_cell(row[f'{part}_en'])} |"
            for title, part in parts
            if row[f"{part}_vi"] or row[f"{part}_en"]
        ),
        f"| căn cứ · legal basis | {_cell(row['legal_basis'])}{_mark(row)} | {_dates_of_acts(row['legal_basis'])} |",
        "",
    ]


def acts_in(text: str) -> list[Row]:
    """The acts that a legal basis names, in its order.

    Raises:
        KeyError: an act stands in no row of `docs/legal_acts.csv`.
    """
    known = {row["act"]: row for row in _rows(ACTS)}
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name = part.split(",", maxsplit=1)[0].split(" ngày ", maxsplit=1)[0]
        found.append(known[name])
    return found


def _dates_of_acts(text: str) -> str:
    return "; ".join(_dates_of(act) for act in acts_in(text))


def _dates_of(act: Row) -> str:
    parts = [
        f"issued {act['issued_on']}" if act["issued_on"] else "",
        f"from {act['in_force_from']}" if act["in_force_from"] else "",
        f"until {act['in_force_until']}, exclusive" if act["in_force_until"] else "",
        f"then {act['replaced_by']}" if act["replaced_by"] else "",
    ]
    name = act["act"].split(" ")[2] if act["issued_on"] else act["act"]
    return f"{name}: {', '.join(filter(None, parts)) or 'no date'}"


def _targets(code: str) -> list[str]:
    return [
        f"Target{_of_variant(row)}: {row['operator']} {_amount(row)} ({row['class']}, "
        f"{'at every level' if row['applies_to'] == 'every_level' else 'of the province'}), "
        f"{_span(row)}; {row['legal_reference']}{_mark(row)}."
        for row in _seed("targets")
        if row["indicator_code"] == code
    ]


def _baselines(code: str) -> list[str]:
    return [
        f"Baseline: {row['baseline_on']} ({row['status']}{', ' + row['decision_no'] if row['decision_no'] else ''}); "
        f"{row['legal_reference']}."
        for row in _seed("baselines")
        if row["indicator_code"] == code
    ]


def _guards(
    code: str, variants: Sequence[Row], rules: Sequence[Rule], lineage: Mapping[str, list[str]]
) -> list[str]:
    own = [rule.rule_id for rule in rules if rule.indicator_code == code]
    behind: set[str] = set()
    feeds: set[str] = set()
    for row in variants:
        named = [feed for feed in row["feeds"].split(";") if feed]
        behind |= set(upstream({"lineage": lineage}, row["source_model"], named))
        feeds |= set(named)
    of_records = [
        rule.rule_id
        for rule in rules
        if (rule.table in behind or feeds & set(rule.feeds))
        and rule.indicator_code is None
        and rule.table not in _OF_EVERY_FIGURE
        and not rule.rule_id.startswith(_SHAPE)
    ]
    found = [f"Guarded by {_codes(own)}."] if own else []
    return [*found, *([f"Its records are guarded by {_codes(of_records)}."] if of_records else [])]


def _seed(name: str) -> list[Row]:
    return _rows(SEEDS / f"{name}.csv")


@cache
def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _amount(row: Row) -> str:
    share = float(row["target"])
    return f"{share * 100:g} %" if _unit_of(row["indicator_code"]) == "ratio" else f"{share:g}"


def _unit_of(code: str) -> str:
    return next(row["unit"] for row in _seed("indicators") if row["indicator_code"] == code)


def _of_variant(row: Row) -> str:
    return "" if row["variant"] == "default" else f" of `{row['variant']}`"


def _mark(row: Row) -> str:
    return "" if row["verified"] == "true" else " (*unverified*)"


def _span(row: Row) -> str:
    return f"from {row['valid_from']}" + (f" until {row['valid_to']}, exclusive" if row["valid_to"] else "")


def _grain(grain: str) -> str:
    return {"province": "province", "level": "province and level", "agency": "province, level and agency"}[
        grain
    ]


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|") or "–"


if __name__ == "__main__":
    from orchestration.warehouse.parsed_project import MANIFEST, ensure_parsed

    ensure_parsed()
    PAGE.write_text(figures_page(MANIFEST), "utf-8")
