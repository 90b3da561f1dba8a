"""The seed `periods` is what `orchestration.periods` writes, and holds what the warehouse needs."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise

from orchestration.periods import SEED_FILE, SEED_YEARS, parse_period, seed_rows, write_seed


def test_the_seed_in_the_project_is_what_periods_writes(tmp_path):
    written = tmp_path / "periods.csv"

    write_seed(written)

    assert SEED_FILE.read_text("utf-8") == written.read_text("utf-8"), "run python -m orchestration.periods"


def test_the_seed_has_twenty_periods_a_year_in_each_calendar():
    _, *rows = seed_rows()

    assert len(rows) == 2 * 20 * (SEED_YEARS[1] - SEED_YEARS[0] + 1)
    assert len({row[0] for row in rows}) == len(rows)


def test_each_row_of_the_seed_is_the_period_of_its_code():
    with SEED_FILE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            period = parse_period(row["period_code"])
            assert (row["calendar"], row["kind"], int(row["year"])) == (
                period.calendar,
                period.kind,
                period.year,
            )
            assert (row["start_on"], row["end_on"]) == (period.start.isoformat(), period.end.isoformat())


def test_the_months_of_a_calendar_leave_no_gap():
    _, *rows = seed_rows()
    for calendar in ("state", "plain"):
        months = sorted((row[4], row[5]) for row in rows if row[1] == calendar and row[2] == "month")
        for (_, end), (start, _) in pairwise(months):
            assert date.fromisoformat(end) + timedelta(days=1) == date.fromisoformat(start)
