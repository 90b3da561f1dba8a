"""Sensors: new files in landing, runs that failed or were refused, sources that are silent. Thin over plain modules."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import dagster as dg

from orchestration.console.dagster_run import COMMAND_LINE, STARTED_BY, error_of_events
from orchestration.defs.automation import ingest_job
from orchestration.extracts.sources import list_sources
from orchestration.lake import Lake
from orchestration.notices.notice import of_failed_run, of_silent_source
from orchestration.notices.send import send
from orchestration.settings import load_notice_settings, load_settings, schedules_on
from orchestration.watching import Cursor, look

STATUS = dg.DefaultSensorStatus.RUNNING if schedules_on() else dg.DefaultSensorStatus.STOPPED


@dg.sensor(
    job=ingest_job,
    minimum_interval_seconds=60,
    default_status=STATUS,
    description="Tệp mới trong landing/ | New files in landing/ that are complete: starts an ingest.",
)
def landed_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """One ingest for what became complete since the last look."""
    ready, cursor = look(Lake(load_settings().lake), Cursor.parse(context.cursor))
    if not ready:
        return dg.SensorResult(skip_reason=f"{len(cursor.waiting)} files wait.", cursor=cursor.text())
    states = "\n".join(f"{file} {len(ready)}" for file in sorted(ready)) + cursor.text()
    request = dg.RunRequest(
        run_key=f"landed:{hashlib.sha256(states.encode()).hexdigest()[:16]}",
        tags={STARTED_BY: "landed_files", "cchc/files": str(len(ready))},
    )
    return dg.SensorResult(run_requests=[request], cursor=cursor.text())


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=STATUS,
    description="Nguồn im lặng quá nhịp | Sources silent for longer than their rhythm: one notice per source and day.",
)
def silent_sources(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Tell of each overdue source once a day; one that could not be told of is told at the next look."""
    settings, notices = load_settings(), load_notice_settings()
    today = datetime.now(settings.zone).date()
    told: dict[str, str] = json.loads(context.cursor or "{}")
    overdue = [
        source
        for source in list_sources(Lake(settings.lake), today, documents=settings.sources)
        if source.overdue
    ]
    kept = {}
    for source in overdue:
        name = f"{source.feed}/{source.source_name}"
        if told.get(name) == today.isoformat():
            kept[name] = today.isoformat()
            continue
        sent, problems = send(of_silent_source(source), notices)
        for problem in problems:
            context.log.warning(problem)
        if sent:
            kept[name] = today.isoformat()
    context.update_cursor(json.dumps(kept, sort_keys=True))
    names = ", ".join(f"{source.feed}/{source.source_name}" for source in overdue)
    return dg.SkipReason(f"Silent: {names}" if names else "No source is silent.")


@dg.run_failure_sensor(
    minimum_interval_seconds=30,
    default_status=STATUS,
    description="Lần chạy thất bại hoặc bị từ chối | Runs that failed, releases that were refused: a notice.",
)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    """Tell of a run that failed; the command line tells of its own."""
    run = context.dagster_run
    if run.tags.get(STARTED_BY) == COMMAND_LINE:
        return
    records = context.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    events = [record.dagster_event for record in records if record.dagster_event]
    notice = of_failed_run(run.job_name, run.run_id, error_of_events(events))
    for problem in send(notice, load_notice_settings())[1]:
        context.log.warning(problem)
