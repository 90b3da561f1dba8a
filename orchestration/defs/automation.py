"""Jobs and schedules."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.names import INGEST_JOB, JOB, RAW_GROUP

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

daily_release = dg.ScheduleDefinition(
    name="daily_release",
    job=reform_release,
    cron_schedule="0 5 * * *",
    execution_timezone="Asia/Ho_Chi_Minh",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every day at 05:00: the last period that is over. Off until somebody switches it on.",
)
