"""Numbers and sentences, as both languages print them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from expectations.wording import EN, VI, Figure, number, percent, record_list


@pytest.mark.parametrize(
    ("share", "decimals", "vi", "en"),
    [
        ("0.997", 1, "99,7 %", "99.7%"),
        ("0.99704999", 2, "99,7 %", "99.7%"),
        ("0.99705", 2, "99,71 %", "99.71%"),
        ("0.99999", 1, "99,9 %", "99.9%"),
        ("0.99999", 2, "99,99 %", "99.99%"),
        ("1", 2, "100 %", "100%"),
        ("0", 2, "0 %", "0%"),
        ("1.5", 1, "150 %", "150%"),
    ],
)
def test_a_share_below_one_never_prints_as_one_hundred(share: str, decimals: int, vi: str, en: str) -> None:
    assert percent(Decimal(share), VI, decimals) == vi
    assert percent(Decimal(share), EN, decimals) == en


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (336418, "336.418", "336,418"),
        (1.5, "1,5", "1.5"),
        (Decimal("1000.0000"), "1.000", "1,000"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
    ],
)
def test_numbers(value: float | Decimal | None, vi: str, en: str) -> None:
    assert number(value, VI) == vi
    assert number(value, EN) == en


@pytest.mark.parametrize(
    ("numerator", "denominator", "operator", "target", "gap"),
    [
        ("1849", "1850", "=", "1", "0,05 điểm phần trăm (1 trường hợp)"),
        ("997", "1000", ">", "0.997", "0 điểm phần trăm (1 trường hợp)"),
        ("9969999", "10000000", ">", "0.997", "0,00001 điểm phần trăm (2 trường hợp)"),
        ("90", "100", ">=", "0.95", "5 điểm phần trăm (5 trường hợp)"),
        ("110", "100", "<=", "1", "10 điểm phần trăm (10 trường hợp)"),
    ],
)
def test_the_gap_is_told_in_points_and_in_records(
    numerator: str, denominator: str, operator: str, target: str, gap: str
) -> None:
    n, d = Decimal(numerator), Decimal(denominator)
    assert Figure(n / d, n, d, "ratio", operator, Decimal(target)).gap(VI) == gap


def test_a_long_list_of_records_is_cut_and_counted() -> None:
    rows = [{"record": f"H28.{place}", "name_vi": f"Sở {place}"} for place in range(8)]
    assert record_list(rows, 8, VI).endswith("H28.4 (Sở 4) và 3 mục khác")
    assert record_list(rows[:1], 1, EN) == "H28.0 (Sở 0)"


def test_a_pseudonymous_key_is_told_by_its_beginning() -> None:
    assert record_list([{"record": "0123456789abcdef" * 4}], 1, VI) == "0123456789ab…"
