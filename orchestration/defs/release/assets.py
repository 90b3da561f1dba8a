"""Candidate, audit and release as assets."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from orchestration import progress
from orchestration.defs.names import AUDIT, CANDIDATE, OWNERS, PERIODS, RELEASE
from orchestration.defs.release.checks import AUDIT_CHECKS, check_results
from orchestration.defs.resources import RunOptionsResource, WarehouseResource
from orchestration.defs.retries import retried_on_io_errors
from orchestration.defs.warehouse.assets import MANIFEST, TRANSLATOR
from orchestration.release.candidate import read_candidate, write_candidate
from orchestration.release.certificate import write_certificate
from orchestration.release.publish import publish
from orchestration.release.published import published_path
from orchestration.warehouse.dbt_build import run_data_tests
from orchestration.warehouse.dbt_results import load_results, save_results
from orchestration.warehouse.parsed_project import MANIFEST as DBT_MANIFEST

DBT_RESULTS = "dbt_results.json"
PUBLIC_MARTS = [
    TRANSLATOR.get_asset_key(node)
    for node in MANIFEST["nodes"].values()
    if node["resource_type"] == "model" and node["config"].get("access") == "public"
]


@dg.asset(
    key=CANDIDATE,
    partitions_def=PERIODS,
    deps=PUBLIC_MARTS,
    group_name="release",
    kinds={"parquet"},
    owners=OWNERS,
    description="The public marts as files with their manifest: what the audit judges and the release copies.",
)
def candidate(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, options: RunOptionsResource
) -> dg.MaterializeResult[None]:
    """Marts to candidate: dbt's tests of the rows, deterministic Parquet, content hashes, manifest."""
    plan, lake = options.plan(warehouse), warehouse.lake
    with progress.listening(context.log.info):
        progress.report("Testing the rows")
        results = run_data_tests(lake)
        progress.report(f"Writing the candidate {plan.facts.release_id}")
        written = write_candidate(lake, lake.build_database, plan.facts, DBT_MANIFEST)
    save_results(results, written.folder / DBT_RESULTS)
    figures: dict[str, Any] = {
        f"{figure['indicator_code']}.{figure['variant']}": figure["value"]
        for figure in written.manifest["figures"]
        if figure["is_headline"] and figure["value"] is not None
    }
    return dg.MaterializeResult(
        metadata={
            "release id": written.release_id,
            "folder": dg.MetadataValue.path(written.folder),
            "dagster/row_count": sum(table["rows"] for table in written.manifest["tables"]),
            "headline figures": dg.MetadataValue.json(figures),
        }
    )


@dg.multi_asset(
    name="audit",
    specs=[
        dg.AssetSpec(
            AUDIT,
            deps=[CANDIDATE],
            group_name="release",
            kinds={"greatexpectations"},
            owners=OWNERS,
            description="The judgement of every registered rule over the candidate, dbt's tests included.",
        )
    ],
    check_specs=AUDIT_CHECKS,
)
def audit(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, options: RunOptionsResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Candidate to certificate: passed or refused, never silent about a rule."""
    from expectations.audit import build_audit  # noqa: PLC0415

    plan, lake, zone = options.plan(warehouse), warehouse.lake, warehouse.settings.zone
    judged = read_candidate(lake, plan.facts.release_id)
    with progress.listening(context.log.info):
        progress.report("Auditing the candidate")
        document = build_audit(
            judged.folder,
            load_results(judged.folder / DBT_RESULTS),
            published_path(lake),
            datetime.now(zone).date(),
            waivers_path=warehouse.settings.waivers,
        )
        certificate = write_certificate(lake, judged.release_id, document)
        progress.report(f"The audit {certificate.verdict} the candidate")
    rules = [rule for suite in document["suites"] for rule in suite["rules"]]
    yield dg.MaterializeResult(
        asset_key=AUDIT,
        metadata={
            "verdict": certificate.verdict,
            "rules": len(rules),
            "rules not met": sum(not rule["success"] for rule in rules),
            "waivers": len(document["waivers"]),
            "audit.json": dg.MetadataValue.path(certificate.path),
        },
    )
    yield from check_results(document)


@dg.asset(
    key=RELEASE,
    partitions_def=PERIODS,
    deps=[AUDIT],
    group_name="release",
    kinds={"parquet", "duckdb"},
    owners=OWNERS,
    description="The audited bytes, and only those, for readers; the pointers move in one atomic step.",
    freshness_policy=dg.FreshnessPolicy.time_window(
        fail_window=timedelta(days=35), warn_window=timedelta(days=32)
    ),
)
def release(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, options: RunOptionsResource
) -> dg.MaterializeResult[None]:
    """Certificate to release: publishing verifies hashes, verdict and coverage itself."""
    plan, lake, zone = options.plan(warehouse), warehouse.lake, warehouse.settings.zone
    with progress.listening(context.log.info), retried_on_io_errors():
        progress.report("Verifying the candidate and its certificate")
        published = publish(
            lake,
            plan.facts.release_id,
            context.run_id,
            lambda: datetime.now(zone),
            moves_pointers=plan.moves_pointers,
        )
        progress.report(f"Published {published.release_id}")
    code = plan.facts.period.code
    if not context.has_partition_key and PERIODS.has_partition_key(code):
        context.log_event(
            dg.AssetMaterialization(RELEASE, partition=code, metadata={"release id": published.release_id})
        )
    return dg.MaterializeResult(
        metadata={
            "release id": published.release_id,
            "folder": dg.MetadataValue.path(published.folder),
            "page": dg.MetadataValue.path(published.folder / "report" / "index.html"),
            "audit": dg.MetadataValue.path(published.folder / "audit.json"),
        }
    )
