"""The code location: what it holds, and that a vanished object is a difference somebody sees."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from definition_names import SNAPSHOT, definition_names


def test_names_are_those_of_the_snapshot() -> None:
    again = "where the change is meant: python tests/orchestration/definition_names.py"
    assert definition_names() == json.loads(SNAPSHOT.read_text("utf-8")), again


def test_every_asset_says_who_owns_it_and_what_it_is() -> None:
    from orchestration.definitions import defs

    specs = [spec for spec in defs().resolve_all_asset_specs() if spec.key.path[0] != "reference"]
    silent = [
        spec.key.to_user_string()
        for spec in specs
        if not spec.owners or not spec.description or not spec.group_name
    ]
    assert silent == []


def test_schedule_is_off_until_switched_on() -> None:
    import dagster as dg

    from orchestration.definitions import defs

    schedules = list(defs().schedules or [])
    assert {schedule.default_status for schedule in schedules} == {dg.DefaultScheduleStatus.STOPPED}
    assert {schedule.execution_timezone for schedule in schedules} == {"Asia/Ho_Chi_Minh"}


def test_dg_check_defs_is_clean() -> None:
    command = [str(Path(sys.executable).with_name("dg")), "check", "defs"]
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
