"""What a failed rule does, class by class; waivers and limits, to the day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from expectations.limits import LIMITS_FILE, limits_on, load_limits
from expectations.registry import load_registry
from expectations.verdict import HELD, PASSED, REFUSED, REFUSES, SHOWN, WAIVED, effect, verdict
from expectations.waivers import (
    RESTATEMENTS_FILE,
    WAIVERS_FILE,
    Waiver,
    load_restatements,
    load_waivers,
    waiver_for,
)
from orchestration.errors import UsageError

REGISTRY = load_registry()


@pytest.mark.parametrize(
    ("rule_class", "success", "waived", "does"),
    [
        ("integrity", True, False, HELD),
        ("integrity", False, False, REFUSES),
        ("integrity", False, True, REFUSES),
        ("required", True, True, HELD),
        ("required", False, False, REFUSES),
        ("required", False, True, WAIVED),
        ("commitment", True, False, HELD),
        ("commitment", False, False, REFUSES),
        ("commitment", False, True, WAIVED),
        ("policy", True, False, HELD),
        ("policy", False, False, SHOWN),
        ("policy", False, True, SHOWN),
    ],
)
def test_the_effect_of_a_rule(rule_class: str, *, success: bool, waived: bool, does: str) -> None:
    assert effect(rule_class, success=success, waived=waived) == does


def test_an_unknown_class_is_an_error_and_no_pass() -> None:
    with pytest.raises(ValueError, match="no class of rules"):
        effect("advice", success=True, waived=False)


@pytest.mark.parametrize(
    ("effects", "is_"),
    [([HELD, SHOWN, WAIVED], PASSED), ([HELD, REFUSES], REFUSED), ([], REFUSED)],
)
def test_the_verdict(effects: list[str], is_: str) -> None:
    assert verdict(effects) == is_


LAST_DAY = date(2022, 12, 31)
WAIVER = Waiver("no_task_overdue", "2022-9M", "Lý do", "Nguyễn Văn A", LAST_DAY)


@pytest.mark.parametrize(
    ("rule_id", "period", "judged_on", "covered"),
    [
        ("no_task_overdue", "2022-9M", LAST_DAY, True),
        ("no_task_overdue", "2022-9M", LAST_DAY + timedelta(days=1), False),
        ("no_task_overdue", "2022", LAST_DAY, False),
        ("no_task_overdue", "2022-9M@plain", LAST_DAY, False),
        ("dialogues_held_enough", "2022-9M", LAST_DAY, False),
    ],
)
def test_a_waiver_covers_one_rule_of_one_period_until_its_last_day(
    rule_id: str, period: str, judged_on: date, *, covered: bool
) -> None:
    assert (waiver_for([WAIVER], rule_id, period, judged_on) is not None) == covered


def test_the_shipped_files_hold_no_waiver_and_no_restatement() -> None:
    assert load_waivers(WAIVERS_FILE, REGISTRY) == []
    assert load_restatements(RESTATEMENTS_FILE) == []


GOOD = {
    "rule_id": "no_task_overdue",
    "period": "2022-9M",
    "reason": "Lý do",
    "person": "Nguyễn Văn A",
    "expires_on": "2022-12-31",
}


def _waivers(tmp_path: Path, **changes: str | None) -> Path:
    entry = {key: value for key, value in (GOOD | changes).items() if value is not None}
    lines = [
        f"{'  - ' if number == 0 else '    '}{key}: {value}"
        for number, (key, value) in enumerate(entry.items())
    ]
    path = tmp_path / "waivers.yml"
    path.write_text("waivers:\n" + "\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "line", "says"),
    [
        ({"rule_id": "no_such_rule"}, 2, "rule_id: 'no_such_rule' is no rule"),
        ({"rule_id": "counts_are_whole"}, 2, "only required and commitment rules can be waived"),
        ({"rule_id": "satisfaction_target"}, 2, "is of class policy"),
        ({"period": "2022-13"}, 3, "period: '2022-13' is no period"),
        ({"reason": None}, 2, "reason: is missing"),
        ({"reason": '""'}, 4, "reason: expected text"),
        ({"person": None}, 2, "person: is missing"),
        ({"expires_on": "31/12/2022"}, 6, "expires_on: expected a date"),
        ({"expires_on": None}, 2, "expires_on: is missing"),
        ({"forever": "true"}, 7, "forever: unknown key"),
    ],
)
def test_a_wrong_waiver_names_line_and_key(
    changes: dict[str, str | None], line: int, says: str, tmp_path: Path
) -> None:
    path = _waivers(tmp_path, **changes)
    with pytest.raises(UsageError) as error:
        load_waivers(path, REGISTRY)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert says in error.value.message


def test_a_year_is_a_period_although_yaml_reads_a_number(tmp_path: Path) -> None:
    assert load_waivers(_waivers(tmp_path, period="2022"), REGISTRY)[0].period == "2022"


def test_a_missing_file_of_waivers_is_an_error_and_not_none_of_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_waivers(tmp_path / "waivers.yml", REGISTRY)


LIMITS = """limits:
  - rule_id: limit_unknown_agency
    max_share: 0.001
    valid_from: 2010-01-01
    valid_to: 2023-01-01
    reason: Nhiễu.
    owner: Văn phòng
  - rule_id: limit_unknown_agency
    max_share: 0.01
    valid_from: 2023-01-01
    reason: Sáp nhập.
    owner: Văn phòng
"""


def test_the_limit_of_the_day_is_in_force(tmp_path: Path) -> None:
    path = tmp_path / "limits.yml"
    path.write_text(LIMITS, "utf-8")
    limits = load_limits(path, REGISTRY)
    assert limits_on(limits, date(2022, 12, 31)) == {"limit_unknown_agency": 0.001}
    assert limits_on(limits, date(2023, 1, 1)) == {"limit_unknown_agency": 0.01}
    assert limits_on(limits, date(2009, 12, 31)) == {}


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("max_share: 0.01", "max_share: 5"), 9, "max_share: expected a fraction"),
        (("max_share: 0.01", "max_share: 0,1"), 9, "max_share: expected a number"),
        (("valid_from: 2023", "valid_from: 2022"), 10, "valid_from: overlaps the limit"),
        (("valid_to: 2023", "valid_to: 2009"), 5, "valid_to: 2009-01-01 is not after"),
        (("    reason: Sáp nhập.\n", ""), 8, "reason: is missing"),
        (
            (
                "  - rule_id: limit_unknown_agency\n    max_share: 0.01",
                "  - rule_id: limit_x\n    max_share: 0.01",
            ),
            8,
            "no rule",
        ),
    ],
)
def test_a_wrong_limit_names_line_and_key(
    change: tuple[str, str], line: int, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "limits.yml"
    path.write_text(LIMITS.replace(*change), "utf-8")
    with pytest.raises(UsageError) as error:
        load_limits(path, REGISTRY)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert says in error.value.message


def test_the_shipped_limits_are_in_force_today_and_then() -> None:
    limits = load_limits(LIMITS_FILE, REGISTRY)
    assert set(limits_on(limits, date(2011, 12, 31))) == set(limits_on(limits, date(2026, 11, 1)))
    assert limits_on(limits, date(2022, 9, 14))["limit_unknown_agency"] == pytest.approx(0.001)
