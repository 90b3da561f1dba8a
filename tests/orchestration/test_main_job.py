"""The main job through the front door, on one small simulated province-year and what happens to it over time.

The tests of this module tell one story in order: each goes on with the lake that the one before left.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from front_door import Answer, cchc, figure
from personal_data import dossier_codes, files_outside_the_restricted_zone, identities, told_by

from orchestration.simulate.defects import list_defects

DOSSIERS = 1500
PERIOD = ("run", "--period", "2022-9M", "--json")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("main_job") / "lake"
    cchc(root, "simulate", "--dossiers", str(DOSSIERS)).expect(0)
    return root


@pytest.fixture(scope="module")
def first(lake: Path) -> Answer:
    return cchc(lake, *PERIOD).expect(0)


def test_released_figures_are_those_of_the_statement(first: Answer) -> None:
    document = first.document
    assert document["status"] == "released"
    assert figure(document, "dossiers_received")["value"] == DOSSIERS
    assert figure(document, "tasks_completed_on_time")["value"] == 60
    assert figure(document, "tasks_in_progress_on_time")["value"] == 18
    assert figure(document, "task_completion_rate")["denominator"] == 78
    assert figure(document, "procedures_published_rate")["numerator"] == 1850
    assert figure(document, "procedures_published_rate")["denominator"] == 1850
    for level, units in (("province", 1), ("district", 10), ("commune", 151)):
        coverage = figure(document, f"one_stop_coverage_{level}")
        assert (coverage["numerator"], coverage["denominator"]) == (units, units)
    assert figure(document, "public_service_units_reduced", "net")["value"] == 119
    assert figure(document, "subordinate_units_reduced", "net")["value"] == 51
    assert figure(document, "dossiers_on_time_rate", "form_06a")["status"] == "met"


def test_release_says_that_its_data_are_simulated(lake: Path, first: Answer) -> None:
    folder = Path(first.document["folder"])
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["simulated"] is True
    assert {item["simulated"] for item in manifest["inputs"]} == {True}
    shown = cchc(lake, "release", "show").expect(0)
    assert "DỮ LIỆU MÔ PHỎNG" in shown.out
    assert "MÔ PHỎNG" in (folder / "report" / "index.html").read_text("utf-8").upper()


def test_every_line_of_every_file_is_accounted_for(lake: Path, first: Answer) -> None:
    del first
    entries = [json.loads(path.read_text("utf-8")) for path in (lake / "raw" / "_ledger").glob("*.json")]
    outputs = [output for entry in entries for output in entry["outputs"]]
    assert outputs
    assert all(output["rows"] == output["accepted"] + output["quarantined"] for output in outputs)
    assert all(output["lines"] == output["rows"] + output["skipped"] for output in outputs)


def test_no_identity_and_no_secret_leaves_the_restricted_zone(lake: Path, first: Answer) -> None:
    del first
    outside = files_outside_the_restricted_zone(lake)
    assert {path.relative_to(lake).parts[0] for path in outside} >= {
        "raw",
        "build",
        "candidate",
        "releases",
        "dagster",
    }
    assert (
        told_by(outside, [*identities(lake), (lake / "restricted" / "secret").read_text("utf-8").strip()])
        == []
    )


def test_dossiers_are_released_under_pseudonyms_only(lake: Path, first: Answer) -> None:
    assert told_by(Path(first.document["folder"]).rglob("*"), dossier_codes(lake)) == []


def test_again_nothing_new_is_already_released_without_a_run(lake: Path, first: Answer) -> None:
    again = cchc(lake, *PERIOD).expect(0)
    assert again.document["status"] == "already_released"
    assert again.document["release_id"] == first.document["release_id"]
    assert "already released" in cchc(lake, "run", "--period", "2022-9M").expect(0).out


def test_run_is_in_the_history_with_its_logs(lake: Path, first: Answer) -> None:
    del first
    script = (
        "import dagster as dg\nwith dg.DagsterInstance.get() as instance:\n"
        "    run = instance.get_runs()[0]\n"
        "    events = instance.all_logs(run.run_id)\n"
        "    print(run.job_name, run.status.value, sum(e.is_dagster_event for e in events), "
        "any('Published 2022-9M' in (e.user_message or '') for e in events))"
    )
    environment = os.environ | {"DAGSTER_HOME": str(lake / "dagster")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    name, status, events, told = done.stdout.split()
    assert (name, status, told) == ("reform_release", "SUCCESS", "True")
    assert int(events) > 100


def test_earlier_periods_of_the_lake_are_in_the_series(first: Answer) -> None:
    marts = Path(first.document["folder"]) / "marts"
    rows = duckdb.execute(
        "select period_code, numerator from read_parquet(?) where indicator_code = 'dossiers_received' "
        "and variant = 'default' and agency_level = '*' and agency_code = '*'",
        [str(marts / "indicator_values.parquet")],
    ).fetchall()
    received = {code: int(count) for code, count in rows}
    months = [received[f"2022-{month:02d}"] for month in range(1, 10)]
    assert sum(months) == received["2022-9M"] == DOSSIERS
    assert sum(received[f"2022-Q{quarter}"] for quarter in (1, 2, 3)) == DOSSIERS
    assert received["2022-H1"] == sum(months[:6])


def test_bi_reads_the_same_rows_from_the_database(first: Answer) -> None:
    folder = Path(first.document["folder"])
    with duckdb.connect(str(folder / "cchc.duckdb"), read_only=True) as connection:
        units = connection.execute(
            "select agency_level, count(distinct agency_code) from marts.indicator_values_by_geography "
            "where geography = 'as_of:2025-07-01' group by all order by all"
        ).fetchall()
        assert (units[0], units[1][0], len(units)) == (("commune", 46), "province", 2)
        for path in sorted((folder / "marts").glob("*.parquet")):
            table = f"marts.{path.stem}"
            extra = connection.execute(
                f"select count(*) from ((from {table} except all from '{path}') "
                f"union all (from '{path}' except all from {table}))"
            ).fetchone()
            assert extra == (0,), table
        undescribed = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
        ).fetchall()
    assert undescribed == []


def test_a_tampered_byte_is_found(lake: Path, first: Answer, tmp_path: Path) -> None:
    del first
    copy = tmp_path / "lake"
    shutil.copytree(lake / "releases", copy / "releases", symlinks=True)
    assert cchc(copy, "release", "verify").exit_code == 0
    mart = next((copy / "releases" / "current").resolve().glob("marts/form_06a.parquet"))
    mart.chmod(0o644)
    content = bytearray(mart.read_bytes())
    content[len(content) // 2] ^= 1
    mart.write_bytes(bytes(content))
    refused = cchc(copy, "release", "verify").expect(3)
    assert "form_06a" in refused.err


def test_everything_but_raw_and_the_secret_can_be_built_again_to_the_same_bytes(
    lake: Path, first: Answer, tmp_path: Path
) -> None:
    rebuilt = tmp_path / "lake"
    shutil.copytree(lake / "raw", rebuilt / "raw")
    (rebuilt / "restricted").mkdir(mode=0o700)
    shutil.copy2(lake / "restricted" / "secret", rebuilt / "restricted" / "secret")
    again = cchc(rebuilt, *PERIOD).expect(0).document
    assert again["release_id"] == first.document["release_id"]
    old, new = Path(first.document["folder"]), Path(again["folder"])
    assert (old / "manifest.json").read_bytes() == (new / "manifest.json").read_bytes()
    for path in sorted((old / "marts").glob("*.parquet")):
        assert path.read_bytes() == (new / "marts" / path.name).read_bytes(), path.name


def test_a_killed_run_leaves_the_release_readable_and_the_next_run_names_every_fault(
    lake: Path, first: Answer, tmp_path: Path
) -> None:
    copy = tmp_path / "lake"
    shutil.copytree(lake, copy, symlinks=True)
    faults = [fault for fault in list_defects() if fault.caught_by == "rule"]
    cchc(copy, "simulate", *(word for fault in faults for word in ("--defect", fault.name))).expect(0)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("CCHC_", "DAGSTER_"))
    }
    environment |= {"CCHC_ENV": "test", "CCHC_LAKE": str(copy)}
    running = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", *PERIOD],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    for line in running.stderr:
        if "Building" in line:
            break
    time.sleep(1)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert (
        cchc(copy, "release", "show", "--json").expect(0).document["release_id"]
        == first.document["release_id"]
    )
    refused = cchc(copy, *PERIOD).expect(3).document
    failed = {rule["rule_id"] for rule in refused["failed_rules"]}
    assert {fault.rule_id for fault in faults} <= failed
    [merged] = [rule for rule in refused["failed_rules"] if rule["rule_id"] == "organisation_stock_flow"]
    assert "Trạm Khuyến nông" in merged["message_vi"]


def test_unpublished_procedure_is_refused_named_and_leaves_the_release(lake: Path, first: Answer) -> None:
    planted = cchc(lake, "simulate", "--defect", "unpublished_procedure", "--json").expect(0).document
    [procedure] = planted["defects"][0]["records"]
    refused = cchc(lake, *PERIOD).expect(3).document
    assert refused["status"] == "refused"
    assert refused["current"] == first.document["release_id"]
    commitments = [rule for rule in refused["failed_rules"] if rule["class"] == "commitment"]
    assert [rule["rule_id"] for rule in commitments] == ["procedures_published_all"]
    assert [rule for rule in refused["failed_rules"] if rule["class"] in {"integrity", "required"}] == []
    assert commitments[0]["sample_keys"] == [procedure]
    assert f"{procedure} (" in commitments[0]["message_vi"]
    assert "Sở Tài nguyên và Môi trường" in commitments[0]["message_vi"]


def test_publishing_alone_after_a_failed_audit_refuses(lake: Path, first: Answer) -> None:
    script = (
        "import dagster as dg\nfrom orchestration.console.dagster_run import prepare_home, run_config\n"
        "from orchestration.definitions import defs\nfrom orchestration.lake import Lake\n"
        "from orchestration.planning import RunOptions\nfrom orchestration.settings import load_settings\n"
        "prepare_home(Lake(load_settings().lake))\n"
        "job = defs().resolve_job_def('reform_release')\n"
        "with dg.DagsterInstance.get() as instance:\n"
        "    result = job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey('release')],\n"
        "        run_config=run_config(RunOptions(period='2022-9M')), raise_on_error=False)\n"
        "print(result.success)\n"
        "print([e.step_failure_data.error.cause.cls_name if e.step_failure_data.error.cause else "
        "e.step_failure_data.error.cls_name for e in result.all_events if e.is_step_failure])"
    )
    environment = os.environ | {"CCHC_ENV": "test", "CCHC_LAKE": str(lake)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert "False" in done.stdout
    assert "RefusedError" in done.stdout
    current = (lake / "releases" / "current").resolve().name
    assert current == first.document["release_id"]


def test_a_waiver_releases_the_figure_as_missed(lake: Path, first: Answer, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.yml"
    waivers.write_text(
        "waivers:\n"
        "  - rule_id: procedures_published_all\n    period: 2022-9M\n    expires_on: 2099-12-31\n"
        "    reason: Quyết định công bố ban hành ngày cuối kỳ\n    person: Chánh Văn phòng UBND tỉnh\n",
        "utf-8",
    )
    waived = cchc(lake, *PERIOD, CCHC_WAIVERS=str(waivers)).expect(0).document
    assert waived["status"] == "released"
    assert [waiver["rule_id"] for waiver in waived["waivers"]] == ["procedures_published_all"]
    published = figure(waived, "procedures_published_rate")
    assert (published["numerator"], published["denominator"], published["status"]) == (1849, 1850, "missed")
    page = (Path(waived["folder"]) / "report" / "index.html").read_text("utf-8")
    assert "Chánh Văn phòng UBND tỉnh" in page
    assert waived["current"] == waived["release_id"] != first.document["release_id"]


def test_diff_names_the_figure_that_moved_and_the_late_file(lake: Path, first: Answer) -> None:
    found = (
        cchc(lake, "release", "diff", first.document["release_id"], "current", "--json").expect(0).document
    )
    moved = {item["indicator_code"] for item in found["figures"]}
    assert "procedures_published_rate" in moved
    assert [item["feed"] for item in found["inputs_added"]] == ["procedures"]


def test_as_known_at_the_first_release_is_that_release(lake: Path, first: Answer) -> None:
    manifest = json.loads((Path(first.document["folder"]) / "manifest.json").read_text("utf-8"))
    before = (lake / "releases" / "current").resolve().name
    again = cchc(lake, *PERIOD, "--known-at", manifest["known_at"]).expect(0).document
    assert again["release_id"] == first.document["release_id"]
    assert (lake / "releases" / "current").resolve().name == before


def test_rollback_pins_and_unpin_lets_go(lake: Path, first: Answer) -> None:
    newest = (lake / "releases" / "current").resolve().name
    cchc(lake, "release", "rollback", first.document["release_id"]).expect(0)
    assert (lake / "releases" / "current").resolve().name == first.document["release_id"]
    listed = cchc(lake, "release", "list").expect(0)
    assert "pinned" in listed.out
    cchc(lake, "release", "unpin").expect(0)
    assert (lake / "releases" / "current").resolve().name == newest


def test_trace_leads_from_a_figure_to_its_records_and_from_a_key_to_its_code(
    lake: Path, first: Answer
) -> None:
    traced = cchc(lake, "trace", "dossiers_on_time_rate", "--json").expect(0).document
    assert "form_06a" in json.dumps(traced)
    unprinted = cchc(lake, "trace", "online_dossiers_rate:self_filed", "--json").expect(0).document
    assert unprinted["figure"]["variant"] == "self_filed"
    assert 0 < unprinted["figure"]["value"] < 1
    assert "indicator_online_dossiers" in unprinted["models"]
    assert unprinted["parts"]
    marts = Path(first.document["folder"]) / "marts" / "fct_dossiers.parquet"
    row = duckdb.execute("select dossier_key from read_parquet(?) limit 1", [str(marts)]).fetchone()
    assert row is not None
    told = cchc(lake, "trace", row[0]).expect(0)
    assert "H28" in told.out
    assert row[0] in (lake / "restricted" / "trace.log").read_text("utf-8")


def test_a_period_that_is_not_over_needs_provisional(lake: Path) -> None:
    refused = cchc(lake, "run", "--period", "2035-9M").expect(2)
    assert "--provisional" in refused.err


def test_a_broken_file_of_a_required_feed_stops_before_anything_is_built(lake: Path) -> None:
    broken = lake / "landing" / "tasks" / "2022-10-01_tasks.csv"
    broken.write_text("task_code,issuer\nT-1,government\n", "utf-8")
    try:
        stopped = cchc(lake, *PERIOD).expect(4)
        assert "tasks" in stopped.err
        assert "assigned_on" in stopped.err
    finally:
        broken.unlink()


def test_a_broken_file_of_another_feed_is_reported_and_the_run_goes_on(lake: Path, tmp_path: Path) -> None:
    broken = lake / "landing" / "ratings" / "2022-10-01_ratings.csv"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text("dossier_code\nX\n", "utf-8")
    waivers = tmp_path / "waivers.yml"
    waivers.write_text(
        "waivers:\n  - {rule_id: procedures_published_all, period: 2022-9M, expires_on: 2099-12-31, "
        "reason: như trên, person: Chánh Văn phòng}\n",
        "utf-8",
    )
    try:
        assert cchc(lake, *PERIOD, CCHC_WAIVERS=str(waivers)).exit_code == 0
        assert cchc(lake, "ingest").exit_code == 4
    finally:
        broken.unlink()
