"""Ratios, targets, the table on the terminal and `build/bench.json`."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.bench.measure import Summary

RUN, FLOOR, AGAIN = "cchc run, cold lake", "floor: bare DuckDB", "cchc run, nothing new"
HELP, LIST = "cchc --help", "cchc release list"
RUN_SECONDS, RUN_MIB = 25.0, 2048.0
FLOOR_FACTOR, STARTUP_SECONDS = 3.0, 8.0
AGAIN_SECONDS, HELP_SECONDS, LIST_SECONDS = 6.0, 0.5, 1.0

_PROGRESS = re.compile(r"^\[ *([0-9.]+) s\] (\w+)", re.MULTILINE)
STAGES = {
    "Building": "dbt: seeds and models",
    "Testing": "dbt: data tests",
    "Writing": "candidate",
    "Auditing": "audit",
    "Verifying": "publication",
}
"""First word of the line of progress with which a stage of the run begins, and what the table calls it."""


@dataclass(frozen=True)
class Target:
    """One target and what was measured against it; the same unit in both.

    Attributes:
        name: what is compared.
        measured: seconds or MiB.
        at_most: the target.
        unit: `s` or `MiB`.
    """

    name: str
    measured: float
    at_most: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the measurement keeps within the target."""
        return self.measured <= self.at_most


def targets(summaries: Mapping[str, Summary]) -> list[Target]:
    """The targets of the main job, for what was measured."""
    run, floor = summaries[RUN], summaries[FLOOR]
    memory = run.peak_family if run.peak_family is not None else run.peak_process
    within = FLOOR_FACTOR * floor.wall + STARTUP_SECONDS
    return [
        Target("whole run", run.wall, RUN_SECONDS, "s"),
        Target(f"whole run against {FLOOR_FACTOR:g} x floor + {STARTUP_SECONDS:g} s", run.wall, within, "s"),
        Target("whole run, all its processes together", memory, RUN_MIB, "MiB"),
        Target("nothing new", summaries[AGAIN].wall, AGAIN_SECONDS, "s"),
        Target(HELP, summaries[HELP].wall, HELP_SECONDS, "s"),
        Target(LIST, summaries[LIST].wall, LIST_SECONDS, "s"),
    ]


def ratios(summaries: Mapping[str, Summary], startup: Sequence[str]) -> dict[str, float]:
    """The run against the floor, and the share of it that is start-up.

    Args:
        summaries: by name.
        startup: names of the import measurements that a run pays for, each from a cold interpreter.
    """
    run, floor = summaries[RUN].wall, summaries[FLOOR].wall
    bare = summaries["python -c pass"].wall
    imports = sum(summaries[name].wall - bare for name in startup)
    return {
        "run_to_floor": run / floor,
        "startup_seconds_if_imported_one_after_another": bare + imports,
        "startup_share_of_run": (bare + imports) / run,
    }


def stages(progress: str, wall: float) -> dict[str, float]:
    """Seconds of each stage of a run, from the lines of progress that it printed.

    Args:
        progress: what the run printed while it worked, `[ 12.3 s] Building …`.
        wall: seconds of the whole run.
    """
    lines = [(float(seconds), word) for seconds, word in _PROGRESS.findall(progress)]
    begins = [(0.0, "start-up until the first file is read")]
    if lines:
        begins.append((lines[0][0], "landing to raw"))
    begins += [(seconds, STAGES[word]) for seconds, word in lines if word in STAGES]
    ends = [seconds for seconds, _ in begins[1:]] + [wall]
    return {name: end - begin for (begin, name), end in zip(begins, ends, strict=True)}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = "unknown"
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text("utf-8").splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "cpu": cpu,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _memory(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def table(summaries: Sequence[Summary]) -> str:
    """One line per command: median wall with its range, processor time, peaks."""
    head = f"{'':34} {'wall s':>8} {'(min-max)':>14} {'user s':>8} {'sys s':>7} "
    head += f"{'peak MiB':>9} {'family MiB':>11} {'n':>3}"
    lines = [head, "-" * len(head)]
    for one in summaries:
        span = f"({one.wall_min:.2f}-{one.wall_max:.2f})"
        lines.append(
            f"{one.name:34} {one.wall:8.2f} {span:>14} {one.user:8.2f} {one.system:7.2f} "
            f"{one.peak_process:9,.0f} {_memory(one.peak_family):>11} {one.repetitions:3d}"
        )
    return "\n".join(lines)


def stage_table(found: Mapping[str, float]) -> str:
    """One line per stage of the run."""
    return "\n".join(f"  {seconds:6.2f} s  {name}" for name, seconds in found.items())


def verdicts(found: Sequence[Target]) -> str:
    """One line per target, met or missed."""
    return "\n".join(
        f"{'met   ' if one.met else 'MISSED'} {one.name}: {one.measured:,.2f} {one.unit}, "
        f"at most {one.at_most:,.2f} {one.unit} ({one.measured / one.at_most:.0%})"
        for one in found
    )


def document(
    summaries: Sequence[Summary], found: Sequence[Target], facts: Mapping[str, Any], floor: Mapping[str, Any]
) -> str:
    """The JSON of `build/bench.json`.

    Args:
        summaries: every measurement.
        found: the targets.
        facts: what was measured: dossiers, period, ratios.
        floor: the parts of the floor's last repetition.
    """
    return json.dumps(
        {
            "schema_version": 1,
            "machine": machine(),
            **facts,
            "measurements": [one.to_json() for one in summaries],
            "floor": floor,
            "targets": [{**asdict(one), "met": one.met} for one in found],
        },
        ensure_ascii=False,
        indent=2,
        sort_keys=True,
    )
