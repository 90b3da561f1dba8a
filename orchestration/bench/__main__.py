"""`python -m orchestration.bench`: measure, print the table, write `build/bench.json`.

Extracts are simulated once per state of the simulator and kept in `build/bench/`; every cold run gets a lake of its
own with hard links to them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from orchestration.bench import report
from orchestration.bench.measure import CommandFailedError, Measurement, Summary, measure, repeat
from orchestration.settings import REPOSITORY

FOLDER = REPOSITORY / "build" / "bench"
RESULT = REPOSITORY / "build" / "bench.json"
PERIOD = "2022-9M"
DOSSIERS = 336_418
IMPORTS = {
    "import dagster": "import dagster",
    "import dagster_dbt": "import dagster_dbt",
    "import dbt": "import dbt.cli.main, dbt.adapters.duckdb",
    "import great_expectations": "import great_expectations",
}
PAID_BY_A_RUN = ("import dagster", "import dbt", "import great_expectations")


def cchc(*words: str) -> list[str]:
    """The console command, in this interpreter."""
    return [sys.executable, "-m", "orchestration.cli", *words]


def _variables(lake: Path) -> dict[str, str]:
    return {
        "CCHC_ENV": "local",
        "CCHC_LAKE": str(lake),
        "CCHC_PROVINCE": "H28",
        "CCHC_TIMEZONE": "Asia/Ho_Chi_Minh",
    }


def simulated_landing(dossiers: int) -> Path:
    """Folder with simulated extracts, made once per number of dossiers and state of the simulator."""
    state = hashlib.sha256(str(dossiers).encode())
    for path in sorted((REPOSITORY / "orchestration" / "simulate").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            state.update(path.read_bytes())
    landing = FOLDER / f"landing_{dossiers}_{state.hexdigest()[:12]}"
    if not (landing / "SIMULATED.json").exists():
        shutil.rmtree(landing, ignore_errors=True)
        print(f"Simulating {dossiers:,} dossiers into {landing}", file=sys.stderr)
        words = cchc("simulate", "--dossiers", str(dossiers), "--out", str(landing))
        done = measure(words, _variables(FOLDER / "simulation_lake"))
        if done.exit_code != 0:
            shutil.rmtree(landing, ignore_errors=True)
            raise CommandFailedError(f"The simulation ended with {done.exit_code}:\n{done.stderr}")
    return landing


def warm_environment() -> None:
    """Parse the dbt project where it changed, and read the libraries' files once."""
    parse = "from orchestration.warehouse.parsed_project import ensure_parsed; ensure_parsed()"
    for code in (parse, *IMPORTS.values()):
        repeat(code, [sys.executable, "-c", code], 1)


def fresh_lake(landing: Path, number: int) -> Path:
    """A lake that holds nothing but extracts."""
    lake = FOLDER / f"lake_{number}"
    shutil.rmtree(lake, ignore_errors=True)
    shutil.copytree(landing, lake / "landing", copy_function=os.link)
    return lake


def _say(summary: Summary) -> Summary:
    print(f"  {summary.name}: {summary.wall:.2f} s", file=sys.stderr, flush=True)
    return summary


def _startup(times: int) -> list[Summary]:
    commands = {"python -c pass": "pass", **IMPORTS}
    found = [repeat(name, [sys.executable, "-c", code], times)[0] for name, code in commands.items()]
    found.append(repeat(report.HELP, cchc("--help"), times)[0])
    return [_say(one) for one in found]


def _cold_runs(landing: Path, times: int) -> tuple[Summary, dict[str, float], Path]:
    """The whole job on lakes that hold nothing but extracts: cost, stages of the median run, the last lake."""
    lakes = [fresh_lake(landing, number) for number in range(times)]
    words = cchc("run", "--period", PERIOD)
    summary, measured = repeat(report.RUN, words, times, environ=lambda number: _variables(lakes[number]))
    for lake in lakes[:-1]:
        shutil.rmtree(lake)
    median = _median_of(measured)
    return _say(summary), report.stages(median.stderr, median.wall), lakes[-1]


def _floor(lake: Path, times: int) -> tuple[Summary, dict[str, Any]]:
    words = [sys.executable, "-m", "orchestration.bench.floor", str(lake)]
    summary, measured = repeat(report.FLOOR, words, times)
    return _say(summary), json.loads(_median_of(measured).stdout)


def _median_of(measured: list[Measurement]) -> Measurement:
    return sorted(measured, key=lambda one: one.wall)[len(measured) // 2]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestration.bench", description=__doc__)
    parser.add_argument(
        "--dossiers", type=int, default=DOSSIERS, help="dossiers received (default: %(default)s)"
    )
    parser.add_argument("--times", type=int, default=3, help="repetitions (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep the last lake in build/bench/")
    return parser.parse_args()


def main() -> None:
    """Measure everything and report."""
    given = _arguments()
    landing = simulated_landing(given.dossiers)
    warm_environment()
    summaries = _startup(max(given.times, 3))
    cold, stages, lake = _cold_runs(landing, given.times)
    floor, parts = _floor(lake, given.times)
    again, _ = repeat(report.AGAIN, cchc("run", "--period", PERIOD), given.times, environ=_variables(lake))
    listed, _ = repeat(report.LIST, cchc("release", "list"), max(given.times, 3), environ=_variables(lake))
    summaries += [cold, floor, _say(again), _say(listed)]
    if not given.keep:
        shutil.rmtree(lake)

    by_name = {one.name: one for one in summaries}
    found = report.targets(by_name)
    facts = {
        "dossiers": given.dossiers,
        "period": PERIOD,
        "ratios": report.ratios(by_name, PAID_BY_A_RUN),
        "stages": stages,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(report.document(summaries, found, facts, parts) + "\n", "utf-8")
    print(f"{given.dossiers:,} dossiers, period {PERIOD}, {report.machine()['cores']} cores\n")
    print(report.table(summaries), end="\n\n")
    print("Where the run's time goes:", report.stage_table(stages), sep="\n", end="\n\n")
    print(f"The floor reads {parts['files']} files in {parts['reading_seconds']:.2f} s", end=" ")
    print(f"and executes {parts['statements']} statements in {parts['executing_seconds']:.2f} s.")
    print(f"The run takes {facts['ratios']['run_to_floor']:.2f} times the floor.", end="\n\n")
    print(report.verdicts(found))
    print(f"\n{RESULT}")


if __name__ == "__main__":
    try:
        main()
    except CommandFailedError as failure:
        sys.exit(str(failure))
