"""How figures are printed: half up, once, and never 100 where one is missing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from orchestration.release.printing import day_text, number_text, percent_text, target_text, value_text


@pytest.mark.parametrize(
    ("numerator", "denominator", "detail", "expected"),
    [
        (1, 1, False, "100,0 %"),
        (335_410, 336_418, False, "99,7 %"),
        (99_949, 100_000, False, "99,9 %"),
        (99_950, 100_000, False, "99,9 %"),
        (336_417, 336_418, False, "99,9 %"),
        (336_417, 336_418, True, "99,99 %"),
        (1, 8, False, "12,5 %"),
        (1, 800, False, "0,1 %"),
        (5, 10_000, False, "0,1 %"),
        (49, 100_000, False, "0,0 %"),
        (1_005, 100_000, True, "1,01 %"),
        (0, 3, False, "0,0 %"),
    ],
)
def test_a_rate_is_rounded_half_up_on_its_integers(numerator, denominator, detail, expected) -> None:
    value = numerator / denominator
    assert value_text(value, numerator, denominator, "ratio", detail=detail) == expected


def test_languages_differ_in_their_signs() -> None:
    assert value_text(336_418.0, 336_418, None, "count", "vi") == "336.418"
    assert value_text(336_418.0, 336_418, None, "count", "en") == "336,418"
    assert percent_text(Fraction(3, 8), "en") == "37.5 %"
    assert number_text(-1234.5, 1, "vi") == "-1.234,5"


def test_no_value_is_a_dash_and_a_rate_without_parts_is_printed_from_its_value() -> None:
    assert value_text(None, None, None, "ratio") == "–"
    assert value_text(None, 0, 0, "ratio") == "–"
    assert value_text(0.125, None, None, "ratio") == "12,5 %"


def test_a_value_that_is_not_whole_keeps_two_decimals() -> None:
    assert value_text(2.345, None, None, "points", "en") == "2.35"


@pytest.mark.parametrize(
    ("operator", "target", "unit", "expected"),
    [
        (">", 0.997, "ratio", "> 99,7 %"),
        ("=", 1.0, "ratio", "= 100 %"),
        ("<=", 1, "ratio", "≤ 100 %"),
        ("=", 0, "count", "= 0"),
        (">=", 1, "count", "≥ 1"),
        (None, None, "count", "–"),
    ],
)
def test_targets_are_printed_with_their_sign(operator, target, unit, expected) -> None:
    assert target_text(operator, target, unit) == expected


def test_days_are_printed_as_vietnam_writes_them() -> None:
    assert day_text("2022-09-14") == "14/09/2022"
    assert day_text("2022-10-09T12:00:00.000000") == "09/10/2022"
