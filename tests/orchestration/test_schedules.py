"""Schedules in Dagster: what a tick asks for, when it asks for nothing, and the one setting that switches them on."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator
from front_door import cchc
from ingest_lake import make_lake as lake_to_ingest
from release_lake import facts, make_lake, released

from orchestration.timetable import TIMETABLE, ZONE

TICK = datetime(2022, 9, 15, 6, 0, tzinfo=ZONE)


def schedule(name: str) -> dg.ScheduleDefinition:
    from orchestration.defs.automation import schedules

    return next(item for item in schedules if item.name == name)


def asked(name: str, tick: datetime) -> dg.RunRequest | str:
    """The run that a tick asks for, or why it asks for none."""
    context = dg.build_schedule_context(scheduled_execution_time=tick)
    found = schedule(name).evaluate_tick(context)
    return found.run_requests[0] if found.run_requests else str(found.skip_message)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCHC_ENV", "test")
    monkeypatch.setenv("CCHC_LAKE", str(tmp_path))
    return tmp_path


def land(folder: Path) -> None:
    """A file that no ingest has read."""
    lake_to_ingest(folder).land("dossier_events/mot_cua/2022-09-15_e.csv", "dossier_code\n")


def test_ticks_are_those_that_dagster_makes_of_the_cron_line() -> None:
    start = datetime(2023, 12, 25, tzinfo=ZONE)
    for timed in TIMETABLE:
        made = cron_string_iterator(start.timestamp(), timed.cron, ZONE.key)
        assert list(islice(made, 30)) == timed.next_ticks(start - timedelta(seconds=1), 30), timed.name


def test_a_closing_asks_for_its_period_once(folder: Path) -> None:
    land(folder)
    first, again = asked("closing_nine_months", TICK), asked("closing_nine_months", TICK)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert first.run_config["resources"]["options"]["config"] == {"period": "2022-9M"}
    assert first.run_key == again.run_key == "closing_nine_months:2022-9M:2022-09-15"


def test_the_day_of_a_tick_is_the_local_one(folder: Path) -> None:
    land(folder)
    late = asked("closing_month", datetime.fromisoformat("2022-12-31T17:30:00+00:00"))
    assert isinstance(late, dg.RunRequest)
    assert late.run_key == "closing_month:2022-12:2023-01-01"


def test_a_closing_that_is_released_asks_for_nothing_more(folder: Path) -> None:
    lake = make_lake(folder)
    land(folder)
    released(lake, facts("2022-9M"))
    assert "2022-9M is released" in str(asked("closing_nine_months", TICK))


def test_a_closing_waits_for_something_that_arrived_after_it(folder: Path) -> None:
    lake = lake_to_ingest(folder)
    lake.land(
        "dossier_events/mot_cua/2022-09-10_e.csv", "dossier_code,event_at,status,sequence,actor_code,step\n"
    )
    lake.ingest(clock=lambda: datetime(2022, 9, 10, 8))
    assert asked("closing_month", TICK) == "Nothing has arrived since 2022-09 closed on 14/09/2022."
    lake.land(
        "dossier_events/mot_cua/2022-09-15_e.csv", "dossier_code,event_at,status,sequence,actor_code,step\n\n"
    )
    assert isinstance(asked("closing_month", TICK), dg.RunRequest)


def test_an_empty_lake_starts_nothing_but_the_ingest(folder: Path) -> None:
    del folder
    assert "Nothing has arrived" in str(asked("daily_release", TICK))
    ingest = asked("daily_ingest", TICK)
    assert isinstance(ingest, dg.RunRequest)
    assert ingest.run_key == "daily_ingest:2022-09-15"


@pytest.mark.parametrize(("setting", "status"), [("off", "STOPPED"), ("on", "RUNNING")])
def test_one_setting_switches_everything_on(setting: str, status: str) -> None:
    script = (
        "from orchestration.defs import automation\n"
        "print({item.default_status.name for item in automation.schedules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | {"CCHC_SCHEDULES": setting},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str({status})


def test_what_will_run_is_listed(tmp_path: Path) -> None:
    listed = (
        cchc(tmp_path, "schedule", "list", "--next", "2", "--json", CCHC_SCHEDULES="on").expect(0).document
    )
    assert listed["on"] is True
    assert [item["name"] for item in listed["schedules"]] == [timed.name for timed in TIMETABLE]
    assert all(len(item["ticks"]) == 2 for item in listed["schedules"])
    assert all(tick["at"].endswith("+07:00") for item in listed["schedules"] for tick in item["ticks"])
    assert "CCHC_SCHEDULES=on" in cchc(tmp_path, "schedule", "list").expect(0).out
    assert cchc(tmp_path, "schedule", "list", CCHC_SCHEDULES="maybe").exit_code == 2
