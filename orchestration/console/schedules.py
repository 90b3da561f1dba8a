"""`cchc schedule list`: what will run by itself, and when. Imports no Dagster."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.console.output import Console
from orchestration.settings import load_settings
from orchestration.timetable import TIMETABLE, ZONE


def show_list(console: Console, count: int, after: datetime | None = None) -> None:
    """Every schedule with its next ticks and the period that each would release.

    Args:
        console: the voice of the command.
        count: ticks per schedule.
        after: moment after which ticks are listed; default: now.
    """
    settings = load_settings()
    now = (after or datetime.now(UTC)).astimezone(ZONE)
    documents, rows = [], []
    for timed in TIMETABLE:
        ticks = []
        for tick in timed.next_ticks(now, count):
            period = timed.period_on(tick.date(), settings.period_kind)
            ticks.append({"at": tick.isoformat(), "period": period.code if period else None})
            rows.append(
                [
                    timed.name if len(ticks) == 1 else "",
                    f"{tick:%a %d/%m/%Y %H:%M}",
                    period.code if period else "",
                ]
            )
        documents.append(
            {"name": timed.name, "job": timed.job, "cron": timed.cron, "does_vi": timed.vi,
             "does_en": timed.en, "ticks": ticks}
        )  # fmt: skip
    state = "on" if settings.schedules else "off; CCHC_SCHEDULES=on switches them on"
    console.line(f"Schedules are {state}. Local time of {ZONE.key}.")
    console.table(["schedule", "next ticks", "releases"], rows)
    for timed in TIMETABLE:
        console.line(f"{timed.name}: {timed.en}")
    console.line("Where they are on, Dagster's daemon must run: docs/schedules.md.")
    console.document(
        "schedule list", {"on": settings.schedules, "timezone": ZONE.key, "schedules": documents}
    )
