"""The bench measures what it says: time, memory of a family of processes, and the floor's own reading."""

import gzip
import sys

import duckdb
import pytest
import xlsxwriter

from orchestration.bench import report
from orchestration.bench.floor import copy_raw, execute_sql, in_order, landing_files, read_landing, statement
from orchestration.bench.measure import CommandFailedError, Measurement, measure, repeat, summarise


def python(code):
    return [sys.executable, "-c", code]


def test_a_command_s_time_output_and_exit_code_are_measured():
    one = measure(python("import time, sys; print('done'); time.sleep(0.3); sys.exit(3)"))

    assert one.wall >= 0.3
    assert one.stdout == "done\n"
    assert one.exit_code == 3


def test_the_memory_that_a_command_takes_is_seen():
    one = measure(python("import time; held = bytearray(150_000_000); time.sleep(0.3)"))

    assert 140 < one.peak_process < 400
    assert one.peak_family is None or one.peak_family > 140


def test_memory_of_children_counts_in_the_family_and_not_in_the_largest_process():
    child = "import time; held = bytearray(80_000_000); time.sleep(0.6)"
    family = f"import subprocess, sys; c = [sys.executable, '-c', {child!r}]; a = subprocess.Popen(c); b = subprocess.Popen(c); a.wait(); b.wait()"  # noqa: E501

    one = measure(python(family))

    assert 75 < one.peak_process < 150
    assert one.peak_family is None or one.peak_family > 155


def test_variables_reach_the_command():
    assert measure(python("import os; print(os.environ['CCHC_LAKE'])"), {"CCHC_LAKE": "/x"}).stdout == "/x\n"


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(CommandFailedError, match="ended with 5"):
        repeat("fails", python("import sys; sys.exit(5)"), 2)


def measured(wall, peak):
    return Measurement(wall, wall / 2, 0.1, peak, None, 0, "")


def test_times_are_medians_and_memory_is_the_largest():
    summary = summarise("x", [measured(3.0, 10), measured(1.0, 30), measured(2.0, 20)])

    assert (summary.wall, summary.wall_min, summary.wall_max) == (2.0, 1.0, 3.0)
    assert summary.peak_process == 30
    assert summary.peak_family is None


def summaries(run, floor):
    walls = {
        report.RUN: run, report.FLOOR: floor, report.AGAIN: 6.0, report.HELP: 0.5, report.LIST: 1.01,
        "python -c pass": 0.02, "import dagster": 1.02,
    }  # fmt: skip
    return {name: summarise(name, [measured(wall, 2048)]) for name, wall in walls.items()}


def test_a_target_is_met_at_its_boundary_and_missed_beyond_it():
    verdicts = [target.met for target in report.targets(summaries(run=25.0, floor=17 / 3))]

    assert verdicts == [True, True, True, True, True, False]
    assert [target.met for target in report.targets(summaries(run=25.0, floor=5.0))][1] is False
    assert "MISSED cchc release list" in report.verdicts(report.targets(summaries(25.0, 5.0)))


def test_the_share_of_start_up_counts_the_interpreter_once():
    found = report.ratios(summaries(run=10.0, floor=5.0), ["import dagster"])

    assert found["run_to_floor"] == 2.0
    assert found["startup_seconds_if_imported_one_after_another"] == pytest.approx(1.02)
    assert found["startup_share_of_run"] == pytest.approx(0.102)


def test_the_stages_of_a_run_add_up_to_its_wall_time():
    progress = """[  3.0 s] tasks/x.csv: tasks 5 accepted
[  7.5 s] Building 2022-9M as known at 14/09/2022
a warning of a library
[ 12.0 s] Built 81 tables and views
[ 13.0 s] Testing the rows
[ 15.0 s] Writing the candidate
[ 16.0 s] Auditing the candidate
"""

    found = report.stages(progress, 18.0)

    assert list(found.values()) == [3.0, 4.5, 5.5, 2.0, 1.0, 2.0]
    assert found["dbt: data tests"] == 2.0
    assert report.stages("", 2.0) == {"start-up until the first file is read": 2.0}


def test_the_floor_reads_every_kind_of_landing_file(tmp_path):
    landing = tmp_path / "landing"
    (landing / "tasks" / "office").mkdir(parents=True)
    (landing / "agencies.csv").write_text("code,name\nH28,Tỉnh\n", "utf-8")
    (landing / "SIMULATED.json").write_text("{}", "utf-8")
    with gzip.open(landing / "dossiers.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write('{"MaHoSo": "1"}\n{"MaHoSo": "2"}\n')
    with duckdb.connect() as connection:
        connection.sql("select 5 as score").write_parquet(str(landing / "ratings.parquet"))
    with xlsxwriter.Workbook(str(landing / "tasks" / "office" / "tasks.xlsx")) as book:
        book.add_worksheet().write_row(0, 0, ["Mã", "Hạn"])

    read = read_landing(landing, tmp_path / "read.duckdb")

    assert read == len(landing_files(landing)) == 4
    with duckdb.connect(str(tmp_path / "read.duckdb"), read_only=True) as connection:
        counts = [
            connection.execute(f"select count(*) from file_{number}").fetchone()[0] for number in range(4)
        ]
    assert counts == [1, 2, 1, 1]


def node(kind, name, reads=(), **more):
    return {
        "resource_type": kind, "name": name, "package_name": "cchc", "schema": "marts", "path": f"{name}.sql",
        "original_file_path": f"models/{name}.sql", "config": {"materialized": "table"},
        "depends_on": {"nodes": list(reads)}, **more,
    }  # fmt: skip


def test_the_floor_executes_each_statement_after_what_it_reads_and_tests_last(tmp_path):
    manifest = {
        "nodes": {
            "model.cchc.a": node("model", "a", ["model.cchc.b"]),
            "model.cchc.b": node("model", "b", ["source.cchc.raw.tasks"]),
            "test.cchc.t": node("test", "t", ["model.cchc.a"]),
            "seed.cchc.s": node(
                "seed", "s", original_file_path="seeds/status_codes.csv", depends_on={"macros": []}
            ),
        }
    }
    compiled = tmp_path / "compiled" / "cchc" / "models"
    (compiled / "t.sql").parent.mkdir(parents=True)
    (compiled / "a.sql").write_text("select * from marts.b", "utf-8")
    (compiled / "b.sql").write_text("select * from raw.tasks;", "utf-8")
    test_sql = compiled / "t.sql"
    test_sql.mkdir()
    (test_sql / "t.sql").write_text("select * from marts.a where task is null -- none", "utf-8")
    built = tmp_path / "built.duckdb"
    with duckdb.connect(str(built)) as connection:
        connection.execute("create schema raw; create table raw.t as select 7 as task")
        connection.execute("create view raw.tasks as select * from raw.t")

    copy_raw(built, tmp_path / "floor.duckdb")
    seconds = list(execute_sql(in_order(manifest), tmp_path, tmp_path / "floor.duckdb"))

    names = [name for name, _ in seconds]
    assert sorted(names) == ["a", "b", "s", "t"]
    assert names.index("b") < names.index("a") < names.index("t") == 3
    with duckdb.connect(str(tmp_path / "floor.duckdb"), read_only=True) as connection:
        assert connection.execute("select task from marts.a").fetchall() == [(7,)]


def test_a_seed_is_read_with_the_types_that_it_declares():
    seed = node(
        "seed", "codes", original_file_path="seeds/codes.csv", config={"column_types": {"code": "varchar"}}
    )

    assert "types = {'code': 'varchar'}" in statement(seed, target=None)
