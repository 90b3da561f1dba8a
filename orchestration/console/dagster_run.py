"""Starting a Dagster job in this process, recorded in the lake's run history."""

from __future__ import annotations

import os
import re
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration import errors
from orchestration.lake import Lake
from orchestration.planning import RunOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagster import DagsterEvent

STARTED_BY, COMMAND_LINE = "cchc/started_by", "command line"
INSTANCE_FILE = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage:
  module: orchestration.run_history
  class: OpenSqliteEventLogStorage
  config:
    home:
      env: DAGSTER_HOME
"""


@dataclass(frozen=True)
class IngestOptions:
    """Arguments of the ingest.

    Attributes:
        feeds: feeds to take; empty: all.
        replay: a landed file to read again.
        every_feed_required: a broken file of any feed, or a source that cannot be had, ends the job as failed.
        full: pulled sources whose cursor is ignored.
        pull: sources are pulled at all.
    """

    feeds: list[str]
    replay: str | None
    every_feed_required: bool = True
    full: list[str] = field(default_factory=list)
    pull: bool = True

    @classmethod
    def of_run(cls, *, pull: bool) -> IngestOptions:
        """Those of a run: only what a headline figure requires stops it."""
        return cls([], None, every_feed_required=False, pull=pull)


@dataclass(frozen=True)
class JobOutcome:
    """How a Dagster run ended.

    Attributes:
        run_id: as the Dagster UI shows it.
        success: every step ended well.
        error: what stopped it, as an error of the command line.
    """

    run_id: str
    success: bool
    error: errors.CchcError | None


def prepare_home(lake: Lake) -> None:
    """Make the lake's Dagster home, and point this process and its children to it."""
    lake.dagster_home.mkdir(parents=True, exist_ok=True)
    settings = lake.dagster_home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(INSTANCE_FILE, "utf-8")
    os.environ["DAGSTER_HOME"] = str(lake.dagster_home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")


def run_config(
    options: RunOptions, ingest: IngestOptions | None = None, *, keep_build: bool = False
) -> dict[str, Any]:
    """The run's configuration, as one could paste it into the launchpad."""
    given = (
        asdict(options) | (asdict(ingest) if ingest else {}) | ({"keep_build": True} if keep_build else {})
    )
    config = {name: value for name, value in given.items() if value is not None}
    return {
        "resources": {"options": {"config": config}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def start_job(
    lake: Lake,
    name: str,
    options: RunOptions,
    ingest: IngestOptions | None = None,
    *,
    keep_build: bool = False,
) -> JobOutcome:
    """Run a job of the code location to its end; whatever its libraries print goes to stderr.

    Args:
        lake: the lake of the settings.
        name: the job.
        options: arguments of the run.
        ingest: arguments of the ingest alone.
        keep_build: what the period does not change is taken from the build before.
    """
    prepare_home(lake)
    import dagster as dg  # noqa: PLC0415

    from orchestration.definitions import defs  # noqa: PLC0415

    job = defs().resolve_job_def(name)
    with redirect_stdout(sys.stderr), dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config=run_config(options, ingest, keep_build=keep_build),
            tags={STARTED_BY: COMMAND_LINE},
            raise_on_error=False,
        )
    error = None if result.success else error_of_events(result.all_events)
    if error is not None:
        _tell(name, result.run_id, error)
    return JobOutcome(result.run_id, result.success, error)


def _tell(job: str, run_id: str, error: errors.CchcError) -> None:
    """Send the notices that are configured; wrong usage and a lock are told to whoever typed the command."""
    if error.exit_code in {errors.EXIT_USAGE, errors.EXIT_LOCKED}:
        return
    from orchestration.notices.notice import of_failed_run  # noqa: PLC0415
    from orchestration.notices.send import send  # noqa: PLC0415
    from orchestration.settings import load_notice_settings  # noqa: PLC0415

    for problem in send(of_failed_run(job, run_id, error), load_notice_settings())[1]:
        print(f"warning: {problem}", file=sys.stderr)


def error_of_events(events: Sequence[DagsterEvent]) -> errors.CchcError:
    """The error that stopped a run, with the exit code that its kind has."""
    for event in events:
        if not event.is_step_failure:
            continue
        info = event.step_failure_data.error
        while info is not None and info.cause is not None:
            info = info.cause
        if info is not None:
            return _as_cchc_error(info.cls_name or "", info.message, event.step_key or "")
    return errors.CchcError(
        "The run failed before its first step.", "Look at the run in the Dagster UI: make dev"
    )


def _as_cchc_error(name: str, message: str, step: str) -> errors.CchcError:
    text = re.sub(r"^(?:[\w.]+Error|[\w.]+Exception):\s*", "", message.strip())
    text, _, hint = text.partition("\n  what to do: ")
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, errors.CchcError):
        return kind(text, hint or None)
    return errors.CchcError(
        f"The step {step} failed: {name}: {text}", hint or "Look at the run in the Dagster UI: make dev"
    )
