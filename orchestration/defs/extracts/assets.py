"""Raw feeds as assets: one step reads what is new in landing and commits it file by file."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration import progress
from orchestration.defs.extracts.deliveries import EXTRACT_DATES, reported
from orchestration.defs.names import LEDGER, OWNERS, RAW_GROUP, RAW_STEP, raw_key
from orchestration.defs.resources import RunOptionsResource, WarehouseResource
from orchestration.defs.retries import retried_on_io_errors
from orchestration.errors import BrokenExtractError
from orchestration.extracts.contract import feeds
from orchestration.extracts.ingest import ingest
from orchestration.extracts.report import IngestReport
from orchestration.headline import required_feeds
from orchestration.warm_up import start_warm_up

DESCRIPTIONS = {
    "procedures": "Administrative procedures, one row per dated version.",
    "dossiers": "Dossiers as their source last described them, every version kept.",
    "dossier_events": "What happened to a dossier, and when.",
    "dossier_supplements": "Requests to complete a dossier, with the due date before and after.",
    "ratings": "Scores that applicants gave at the one-stop unit.",
    "feedback": "Feedback and complaints of people and business.",
    "tasks": "Tasks assigned by the Government, the Prime Minister and the provincial committee.",
    "steering_events": "Dialogues, surveys, inspections and publications of the steering work.",
    "index_scores": "Self, appraised and final scores of the reform index.",
    "survey_responses": "Answers to the satisfaction survey, without names.",
    "legal_documents": "Legal documents planned, issued, checked.",
    "agencies": "Agencies and units, one row per dated version.",
    "organisation_events": "Decisions that established, merged, split or dissolved units.",
    "staff": "Who held which post where, under pseudonymous keys.",
    "payroll_quotas": "Payroll assigned per agency and year.",
    "unit_finances": "Revenue and spending of public service units.",
    "function_regulations": "Regulations on the functions of agencies.",
    "control_totals": "What the sources themselves say they hold.",
}
LEDGER_TEXT = (
    "Every file read: lines, accepted, quarantined and skipped records, with the moment it became known."
)


def _specs() -> list[dg.AssetSpec]:
    specs = [
        dg.AssetSpec(
            raw_key(feed.name),
            group_name=RAW_GROUP,
            description=DESCRIPTIONS[feed.name],
            kinds={"parquet", "duckdb"},
            owners=OWNERS,
            skippable=True,
        )
        for feed in feeds().values()
    ]
    ledger = dg.AssetSpec(
        LEDGER,
        group_name=RAW_GROUP,
        description=LEDGER_TEXT,
        kinds={"json"},
        owners=OWNERS,
        skippable=True,
    )
    return [*specs, ledger]


def stop_on_broken(report: IngestReport, *, every_feed: bool) -> None:
    """A broken file that a headline figure counts stops the run before anything is built.

    A source that cannot be had does not: the audit names the deliveries that are missing.
    """
    blocking = [
        error
        for error in report.broken
        if every_feed or (error.feed in required_feeds() and not error.national_copy)
    ]
    missing = report.unreached if every_feed else []
    if blocking or missing:
        raise BrokenExtractError(
            "; ".join([*(error.message() for error in blocking), *(source.message() for source in missing)]),
            "Mend the file at its source or its profile, then start again; the other files were taken."
            if blocking
            else "Start again when the source can be had; everything else was taken.",
        )


@dg.multi_asset(
    name=RAW_STEP,
    specs=_specs(),
)
def extracts(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, options: RunOptionsResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Sources and landing to raw for what is new: accepted rows, quarantine, restricted zone, ledger."""
    start_warm_up()
    lake = warehouse.lake
    with progress.listening(context.log.info), retried_on_io_errors():
        report = ingest(
            lake,
            warehouse.settings,
            feeds=options.feeds or None,
            replay=Path(options.replay) if options.replay else None,
            progress=progress.report,
            full=options.full,
            pull=options.pull,
        )
        for warning in report.warnings:
            progress.report(f"warning: {warning}")
        for error in report.broken:
            progress.report(f"broken: {error.message()}")
        for missing in report.unreached:
            progress.report(f"missing: {missing.message()}")
    events = list(reported(report))
    if events:
        days = sorted({str(event.partition) for event in events})
        context.instance.add_dynamic_partitions(str(EXTRACT_DATES.name), days)
    for event in events:
        context.log_event(event)
    counts = report.feeds()
    for name in feeds():
        yield dg.MaterializeResult(
            asset_key=raw_key(name),
            metadata=_metadata(counts.get(name)) | {"folder": dg.MetadataValue.path(lake.raw / name)},
        )
    yield dg.MaterializeResult(
        asset_key=LEDGER,
        metadata={
            "new files": len(report.of_status("new")),
            "seen before": len(report.of_status("seen")),
            "broken": len(report.broken),
            "missing sources": dg.MetadataValue.json([source.to_dict() for source in report.unreached]),
            "pulled": dg.MetadataValue.json(report.pulls()),
            "folder": dg.MetadataValue.path(lake.ledger),
        },
    )
    stop_on_broken(report, every_feed=options.every_feed_required)


def _metadata(counts: dict[str, int] | None) -> dict[str, int]:
    """What this run took of a feed, in Dagster's words."""
    if counts is None:
        return {"new files": 0}
    return {
        "new files": counts["files"],
        "dagster/partition_row_count": counts["accepted"],
        "quarantined": counts["quarantined"],
        "skipped lines": counts["skipped"],
    }
