"""Backfill: months in one command and as Dagster partitions, the same bytes as single runs, only what is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from front_door import Answer, cchc

from orchestration.console.backfilling import periods_between
from orchestration.errors import UsageError

BACKFILL = ("backfill", "--from", "2022-06", "--to", "2022-07", "--json")
MONTH = ("backfill", "--from", "2022-07", "--to", "2022-07", "--json")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("backfill") / "lake"
    cchc(root, "simulate", "--dossiers", "300").expect(0)
    return root


@pytest.fixture(scope="module")
def first(lake: Path) -> Answer:
    """June is refused: its simulated data hold no dialogue; July is released over June's build."""
    return cchc(lake, *BACKFILL).expect(3)


def hashes(lake: Path, release_id: str) -> dict[str, str]:
    manifest = json.loads((lake / "releases" / release_id / "manifest.json").read_text("utf-8"))
    return {table["name"]: table["sha256"] for table in manifest["tables"]}


def test_a_month_that_is_refused_does_not_stop_the_next(lake: Path, first: Answer) -> None:
    june, july = first.document["periods"]
    assert (june["status"], july["status"], july["error"]) == ("refused", "released", None)
    assert "dialogues_held_enough" in june["error"]["message"]
    assert "Period 2 of 2: 2022-07" in first.err
    assert (lake / "releases" / "by-period" / "2022-07").resolve().name == july["release_id"]


def test_started_again_it_skips_what_is_released_without_a_run(lake: Path, first: Answer) -> None:
    del first
    for words in (MONTH, (*MONTH, "--again")):
        again = cchc(lake, *words).expect(0)
        assert [item["status"] for item in again.document["periods"]] == ["already_released"]
        assert "Building" not in again.err


def test_a_month_over_a_kept_build_is_that_of_a_whole_build_and_of_a_partition_in_dagster(
    lake: Path, first: Answer
) -> None:
    """The run that Dagster's backfill of the partitioned job launches, in another process, on a build of its own."""
    kept = next(item for item in first.document["periods"] if item["period"] == "2022-07")["release_id"]
    over_kept_build = hashes(lake, kept)
    shutil.rmtree(lake / "releases" / kept)
    shutil.rmtree(lake / "candidate" / kept)
    (lake / "build" / "warehouse.duckdb").unlink()
    script = (
        "import dagster as dg\nfrom orchestration.definitions import defs\n"
        "job = defs().resolve_job_def('reform_release')\n"
        "with dg.DagsterInstance.get() as instance:\n"
        "    run = job.execute_in_process(instance=instance, partition_key='2022-07',\n"
        "                                 tags={'dagster/backfill': 'months'})\n"
        "    print(run.success, instance.get_materialized_partitions(dg.AssetKey('release')))"
    )
    environment = os.environ | {
        "CCHC_ENV": "test", "CCHC_LAKE": str(lake), "DAGSTER_HOME": str(lake / "dagster")
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    last = done.stdout.splitlines()[-1]
    assert last.startswith("True")
    assert "2022-07" in last
    assert hashes(lake, kept) == over_kept_build


def test_a_failing_month_stops_the_rest_where_asked(lake: Path, first: Answer) -> None:
    del first
    stopped = cchc(
        lake, "backfill", "--from", "2030-01", "--to", "2030-02", "--stop-on-failure", "--json"
    ).expect(2)
    assert [item["status"] for item in stopped.document["periods"]] == ["failed", "not_started"]


def test_periods_of_one_kind_in_order() -> None:
    months = [period.code for period in periods_between("2021-11", "2022-02")]
    assert months == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert [period.code for period in periods_between("2022-Q1@plain", "2022-Q2@plain")] == [
        "2022-Q1@plain",
        "2022-Q2@plain",
    ]
    for first, last in (("2022-01", "2022-Q1"), ("2022-02", "2022-01"), ("2022-01", "2022-02@plain")):
        with pytest.raises(UsageError):
            periods_between(first, last)
