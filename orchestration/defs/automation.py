"""Jobs and schedules: thin over the timetable."""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from orchestration.console.dagster_run import STARTED_BY
from orchestration.defs.names import INGEST_JOB, JOB, RAW_GROUP
from orchestration.lake import Lake
from orchestration.settings import load_settings, schedules_on
from orchestration.standing import why_not_now
from orchestration.timetable import TIMETABLE, ZONE, Timed

ingest_job = dg.define_asset_job(
    INGEST_JOB,
    selection=dg.AssetSelection.groups(RAW_GROUP),
    description="Landing to raw for what is new.",
)

reform_release = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    description="Ingest what is new, build the marts, audit the candidate, release it.",
)

JOBS = {INGEST_JOB: ingest_job, JOB: reform_release}


def request_of(timed: Timed, tick: datetime) -> dg.RunRequest | dg.SkipReason:
    """What a tick of the timetable asks for; the same tick asks for the same run, once."""
    local = tick.astimezone(ZONE)
    tags = {STARTED_BY: timed.name}
    if timed.job == INGEST_JOB:
        return dg.RunRequest(run_key=f"{timed.name}:{local:%Y-%m-%d}", tags=tags)
    settings = load_settings()
    period = timed.period_on(local.date(), settings.period_kind) if timed.closes else None
    code = period.code if period else None
    reason = why_not_now(Lake(settings.lake), settings, code)
    if reason:
        return dg.SkipReason(reason)
    options = {"period": code} if code else {}
    return dg.RunRequest(
        run_key=f"{timed.name}:{code or 'last'}:{local:%Y-%m-%d}",
        run_config={"resources": {"options": {"config": options}}},
        tags=tags | ({"cchc/period": code} if code else {}),
    )


def schedule_of(timed: Timed) -> dg.ScheduleDefinition:
    """The Dagster schedule of a line of the timetable."""

    @dg.schedule(
        name=timed.name,
        job=JOBS[timed.job],
        cron_schedule=timed.cron,
        execution_timezone=ZONE.key,
        default_status=(
            dg.DefaultScheduleStatus.RUNNING if schedules_on() else dg.DefaultScheduleStatus.STOPPED
        ),
        description=f"{timed.vi} | {timed.en}",
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return request_of(timed, context.scheduled_execution_time)

    return tick


schedules = [schedule_of(timed) for timed in TIMETABLE]
