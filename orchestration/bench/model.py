"""What the SQL of single models costs: `python -m orchestration.bench.model LAKE MODEL [MODEL ...]`, after a run.

Belongs here: dbt's compiled SQL of a model, executed over the lake's build database, which is opened read-only, into a
temporary table. Does not belong here: the run as a whole (`__main__.py`), the floor (`floor.py`).
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.lake import Lake
from orchestration.warehouse.dbt_build import target_of

TIMES = 5
THREADS = 2


@dataclass(frozen=True)
class Cost:
    """Medians of executing a model's SQL.

    Attributes:
        model: its name.
        rows: what it yields.
        wall: seconds by the clock.
        cpu: seconds of the processor, of all threads.
    """

    model: str
    rows: int
    wall: float
    cpu: float


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cost_of(lake: Lake, model: str, times: int = TIMES) -> Cost:
    """Execute the compiled SQL of a model some times.

    Args:
        lake: a lake whose build database a run has filled.
        model: name of a model that the run built.
        times: how often.

    Raises:
        ValueError: the run compiled no such model.
    """
    compiled = sorted((target_of(lake) / "compiled").rglob(f"models/**/{model}.sql"))
    if not compiled:
        raise ValueError(f"{model}: no such model was compiled in {target_of(lake)}")
    sql, walls, processors = compiled[0].read_text("utf-8"), [], []
    with duckdb.connect(str(lake.build_database), read_only=True) as connection:
        connection.execute(f"set threads = {THREADS}")
        for _ in range(times):
            started, used = time.perf_counter(), _cpu()
            connection.execute(f"create or replace temporary table measured as {sql}")
            walls.append(time.perf_counter() - started)
            processors.append(_cpu() - used)
        ((rows,),) = connection.execute("select count(*) from measured").fetchall()
    return Cost(model, int(rows), statistics.median(walls), statistics.median(processors))


def main(words: list[str]) -> int:
    """Print one JSON line per model."""
    if len(words) < 2:
        print("python -m orchestration.bench.model LAKE MODEL [MODEL ...]", file=sys.stderr)
        return 2
    lake = Lake(Path(words[0]).resolve())
    for model in words[1:]:
        print(json.dumps(vars(cost_of(lake, model))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
