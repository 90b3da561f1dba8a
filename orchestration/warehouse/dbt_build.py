"""Running dbt in this process: seeds and models first, then the data tests.

One process and one parse: a second dbt process would cost five seconds of start-up. Tests run after all models,
so that a failed test never hides a mart from the audit.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.errors import CchcError
from orchestration.lake import Lake
from orchestration.warehouse.dbt_results import DbtResult, read_test_results
from orchestration.warehouse.parsed_project import PROJECT, parsed_graph, parsed_manifest


@dataclass(frozen=True)
class NodeDone:
    """One dbt node that finished: dbt's unique id, status and seconds."""

    unique_id: str
    status: str
    seconds: float
    message: str


class DbtFailedError(CchcError):
    """A model could not be built."""


def target_of(lake: Lake) -> Path:
    """Folder of dbt's artefacts for this lake: two lakes never share one."""
    return lake.build / "dbt"


@contextmanager
def dbt_environment(database: Path) -> Iterator[None]:
    """The variables dbt reads; restored afterwards."""
    wanted = {
        "CCHC_BUILD_DATABASE": str(database),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def arguments(command: str, target: Path, *extra: str) -> list[str]:
    """The words of one dbt call. Its own loggers are off: they format every event to throw most of them away."""
    return [
        "--quiet", "--no-use-colors", "--log-level", "none", "--log-level-file", "none", command,
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
        "--target-path", str(target), "--log-path", str(target / "logs"),
        *extra,
    ]  # fmt: skip


@cache
def warm_up() -> Any:
    """Import dbt; worth doing beside other work, since it takes seconds."""
    from dbt.adapters.duckdb import Plugin  # noqa: F401, PLC0415
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    return dbtRunner


def release_database() -> None:
    """Make dbt's adapter let go of the database: it keeps it open for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415

    DuckDBConnectionManager.close_all_connections()


def _node_listener(on_node: Callable[[NodeDone], None]) -> Callable[[Any], None]:
    def listen(event: Any) -> None:
        if event.info.name not in {"LogModelResult", "LogSeedResult", "LogTestResult"}:
            return
        data = event.data
        on_node(NodeDone(data.node_info.unique_id, data.status, data.execution_time, event.info.msg))

    return listen


def _log_listener(path: Path) -> Callable[[Any], None]:
    """Writes warnings and errors to a file; stdout belongs to the command."""

    def listen(event: Any) -> None:
        if event.info.level in {"warn", "error"}:
            with path.open("a", encoding="utf-8") as log:
                log.write(f"{event.info.ts.ToJsonString()} {event.info.level} {event.info.msg}\n")

    return listen


def _invoke(
    command: str, lake: Lake, extra: tuple[str, ...], on_node: Callable[[NodeDone], None] | None
) -> Any:
    target = target_of(lake)
    (target / "logs").mkdir(parents=True, exist_ok=True)
    listeners = [_log_listener(target / "logs" / "dbt.log")]
    if on_node:
        listeners.append(_node_listener(on_node))
    runner = warm_up()(manifest=parsed_graph(), callbacks=listeners)
    with dbt_environment(lake.build_database):
        try:
            outcome = runner.invoke(arguments(command, target, *extra))
        finally:
            release_database()
    if outcome.exception is not None:
        raise DbtFailedError(f"dbt stopped: {outcome.exception}", f"See {target / 'logs' / 'dbt.log'}.")
    return outcome.result


def build_models(
    lake: Lake, on_node: Callable[[NodeDone], None] | None = None, select: tuple[str, ...] = ()
) -> None:
    """Load the seeds and build every model in the lake's build database.

    Args:
        lake: its build database has been prepared.
        on_node: told of every finished node.
        select: dbt selectors, to build a part of the project.

    Raises:
        DbtFailedError: dbt stopped or could not build a model; the message names it.
    """
    extra = ("--no-write-json", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    results = _invoke("build", lake, extra + (("--select", *select) if select else ()), on_node)
    failed = [f"{result.node.name}: {result.message}" for result in results if result.status == "error"]
    if failed:
        raise DbtFailedError(
            "dbt could not build " + "; ".join(failed), f"See {target_of(lake) / 'logs' / 'dbt.log'}."
        )


def stream_models(lake: Lake, select: tuple[str, ...] = ()) -> Iterator[NodeDone]:
    """Build every model, or the selected ones, yielding each when it is done: the caller works beside the build.

    Raises:
        DbtFailedError: as `build_models`, after the nodes that were built.
    """
    done: queue.SimpleQueue[NodeDone | None] = queue.SimpleQueue()
    with ThreadPoolExecutor(1, thread_name_prefix="dbt") as pool:
        build = pool.submit(build_models, lake, done.put, select)
        build.add_done_callback(lambda _: done.put(None))
        while (node := done.get()) is not None:
            yield node
        build.result()


def run_data_tests(lake: Lake, on_node: Callable[[NodeDone], None] | None = None) -> list[DbtResult]:
    """Run every data test and return what each found; a failing test is a result, not an exception."""
    _invoke("test", lake, ("--exclude-resource-type", "unit_test"), on_node)
    return read_test_results(parsed_manifest(), target_of(lake), lake.build_database)
