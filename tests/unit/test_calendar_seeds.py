"""The seeds of the working calendar: what the package says, what a person wrote, and what neither may say."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from orchestration.periods import SEED_YEARS
from orchestration.public_holidays import OVERRIDES_FILE, SEED_FILE, holidays_of, special_days, write_seed
from orchestration.simulate.calendar import working_days

KINDS = {"holiday", "observed", "substituted", "make_up"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_seed_in_the_project_is_what_the_pinned_package_says(tmp_path):
    written = tmp_path / "public_holidays.csv"

    write_seed(written)

    assert SEED_FILE.read_text("utf-8") == written.read_text("utf-8"), (
        "run python -m orchestration.public_holidays"
    )


def test_a_day_stands_once_and_its_kind_is_known():
    for path in (SEED_FILE, OVERRIDES_FILE):
        rows = _rows(path)
        assert len({row["day"] for row in rows}) == len(rows)
        assert {row["kind"] for row in rows} <= KINDS
        assert all(SEED_YEARS[0] <= date.fromisoformat(row["day"]).year <= SEED_YEARS[1] for row in rows)


def test_every_swapped_day_off_has_its_make_up_day_on_a_weekend():
    kinds = {each.day: each.kind for each in holidays_of()}
    worked = {day for day, kind in kinds.items() if kind == "make_up"}

    assert {date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22)} <= worked
    assert len(worked) == sum(kind == "substituted" for kind in kinds.values())
    assert all(day.weekday() >= 5 for day in worked)


def test_lunar_new_year_and_days_in_lieu_are_those_of_the_notices():
    kinds = {each.day: each.kind for each in holidays_of(2022, 2025)}
    tet = {2022: ("01-31", "02-04"), 2023: ("01-20", "01-26"), 2024: ("02-08", "02-14")}

    for year, (first, last) in tet.items():
        days = [day for day in kinds if date.fromisoformat(f"{year}-{first}") <= day <= date(year, 2, 28)]
        assert max(days) == date.fromisoformat(f"{year}-{last}")
    assert kinds[date(2022, 5, 3)] == kinds[date(2023, 9, 4)] == "observed"


def test_a_day_is_verified_only_with_the_number_of_its_notice():
    for path in (SEED_FILE, OVERRIDES_FILE):
        rows = _rows(path)
        assert [row["day"] for row in rows if row["verified"] == "true" and not row["notice_no"]] == []


def test_hours_and_calendars_are_a_convention_for_all_or_a_decision():
    hours, given = (
        _rows(SEED_FILE.with_name(f"{name}.csv")) for name in ("office_hours", "agency_calendars")
    )

    assert {row["basis"] for row in hours + given} <= {"convention", "decision"}
    conventions = [row for row in hours + given if row["basis"] == "convention"]
    assert all(row["verified"] == "false" and row["valid_from"] == "1900-01-01" for row in conventions)
    assert [row["calendar_code"] for row in given if row["basis"] == "convention"] == ["standard"]
    usual = {
        (row["day_kind"], row["opens"], row["closes"]) for row in hours if row["calendar_code"] == "standard"
    }
    assert {(row["day_kind"], row["opens"], row["closes"]) for row in conventions if "opens" in row} == usual


def test_a_calendar_has_days_where_only_conventions_are_heard():
    heard = [row for row in _rows(SEED_FILE.with_name("office_hours.csv")) if row["basis"] == "convention"]

    assert {row["calendar_code"] for row in heard} == {"standard", "saturday_morning"}
    assert "saturday" not in {row["day_kind"] for row in heard}


def test_every_agency_has_a_calendar_and_every_calendar_hours():
    hours = {row["calendar_code"] for row in _rows(SEED_FILE.with_name("office_hours.csv"))}
    given = _rows(SEED_FILE.with_name("agency_calendars.csv"))

    assert {row["calendar_code"] for row in given} <= hours
    assert [row for row in given if (row["agency_code"], row["agency_level"], row["block"]) == ("*",) * 3]


def test_an_unverified_override_is_not_heard():
    unverified = [row["day"] for row in _rows(OVERRIDES_FILE) if row["verified"] == "false"]

    assert not special_days().keys() & {date.fromisoformat(day) for day in unverified}
    assert special_days()[date(2026, 8, 22)] == "make_up"


def test_the_simulated_working_days_are_those_of_the_seed():
    days = working_days()

    assert date(2022, 2, 4) not in days
    assert date(2022, 2, 7) in days
    assert len([day for day in days if day.year == 2022]) == 249
