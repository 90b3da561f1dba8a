"""The timetable: official closings, over year ends, leap years and the day's boundary."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from orchestration.periods import parse_period
from orchestration.timetable import TIMETABLE, ZONE

BY_NAME = {timed.name: timed for timed in TIMETABLE}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("name", "after", "tick", "period"),
    [
        ("closing_month", "2022-09-14T23:59:59", "2022-09-15T06:00", "2022-09"),
        ("closing_month", "2022-12-31T12:00", "2023-01-15T06:00", "2023-01"),
        ("closing_month", "2024-02-29T00:00", "2024-03-15T06:00", "2024-03"),
        ("closing_month", "2022-09-15T06:00", "2022-09-16T06:00", "2022-09"),
        ("closing_month", "2022-09-19T06:00", "2022-10-15T06:00", "2022-10"),
        ("closing_quarter", "2022-09-19T06:10", "2022-12-15T06:10", "2022-Q4"),
        ("closing_quarter", "2022-12-19T06:10", "2023-03-15T06:10", "2023-Q1"),
        ("closing_half_year", "2022-01-01T00:00", "2022-06-15T06:20", "2022-H1"),
        ("closing_half_year", "2022-07-01T00:00", "2022-12-15T06:20", "2022-H2"),
        ("closing_nine_months", "2022-01-01T00:00", "2022-09-15T06:30", "2022-9M"),
        ("closing_year", "2022-01-01T00:00", "2022-12-15T06:40", "2022"),
        ("daily_release", "2022-12-31T05:00", "2023-01-01T05:00", "2022-12"),
        ("daily_release", "2024-02-28T05:00", "2024-02-29T05:00", "2024-02"),
    ],
)
def test_a_tick_releases_the_period_that_closed_the_day_before(
    name: str, after: str, tick: str, period: str
) -> None:
    [found] = BY_NAME[name].next_ticks(at(after), 1)
    released = BY_NAME[name].period_on(found.date(), "month")
    assert (found, released.code if released else None) == (at(tick), period)


def test_every_period_of_years_is_released_on_its_first_day_over() -> None:
    for timed in TIMETABLE:
        if timed.closes is None:
            continue
        first_days = set()
        for tick in timed.ticks(at("2021-01-01T00:00")):
            if tick.year > 2028:
                break
            period = timed.period_on(tick.date(), "month")
            assert period is not None
            assert period.kind == timed.closes
            assert timedelta(days=1) <= tick.date() - period.end <= timedelta(days=5)
            if tick.date() - period.end == timedelta(days=1):
                first_days.add(period.code)
        per_year = {"month": 12, "quarter": 4, "half": 2, "nine_months": 1, "year": 1}[timed.closes]
        assert len(first_days) == 8 * per_year


def test_the_day_is_the_local_one() -> None:
    """22:30 UTC on the 14th is 05:30 on the 15th in Vietnam."""
    [tick] = BY_NAME["closing_month"].next_ticks(datetime(2022, 9, 14, 22, 30, tzinfo=UTC), 1)
    assert tick.astimezone(UTC) == datetime(2022, 9, 14, 23, 0, tzinfo=UTC)
    assert BY_NAME["closing_month"].period_on(tick.date(), "month") == parse_period("2022-09")


def test_the_zone_has_no_daylight_saving_time() -> None:
    days = (date(2020, 1, 1) + timedelta(days=number) for number in range(366 * 12))
    offsets = {datetime(day.year, day.month, day.day, 6, tzinfo=ZONE).utcoffset() for day in days}
    assert offsets == {timedelta(hours=7)}


def test_the_daily_ingest_releases_nothing() -> None:
    assert BY_NAME["daily_ingest"].period_on(date(2022, 9, 15), "month") is None


def test_listing_schedules_imports_no_dagster() -> None:
    script = (
        "import sys\nfrom orchestration.console import schedules\n"
        "from orchestration.console.output import Console\n"
        "schedules.show_list(Console(as_json=True), 2)\n"
        "assert not {'dagster', 'duckdb', 'dbt'} & set(sys.modules), 'heavy imports'"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
