"""The dbt project as assets, built in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration import progress
from orchestration.defs.names import MARTS_STEP
from orchestration.defs.resources import RunOptionsResource, WarehouseResource
from orchestration.defs.warehouse.translator import warehouse_translator
from orchestration.warehouse.dbt_build import NodeDone, build_models
from orchestration.warehouse.parsed_project import parsed_manifest
from orchestration.warehouse.raw_views import prepare_build_database
from orchestration.warehouse.tables import row_counts

MANIFEST = parsed_manifest()
TRANSLATOR = warehouse_translator()


def _materialized(node: NodeDone, rows: dict[str, int]) -> dg.MaterializeResult[None]:
    props: dict[str, Any] = MANIFEST["nodes"][node.unique_id]
    metadata: dict[str, float | int] = {"seconds": round(node.seconds, 3)}
    table = f"{props['schema']}.{props['name']}"
    if table in rows:
        metadata["dagster/row_count"] = rows[table]
    return dg.MaterializeResult(asset_key=TRANSLATOR.get_asset_key(props), metadata=metadata)


@dbt_assets(manifest=MANIFEST, dagster_dbt_translator=TRANSLATOR, name=MARTS_STEP, pool="lake_writer")
def warehouse_models(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, options: RunOptionsResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Raw to marts as of known-at: seeds, staging, intermediate, marts."""
    plan = options.plan(warehouse)
    lake = warehouse.lake
    done: list[NodeDone] = []
    with progress.listening(context.log.info):
        progress.report(f"Building {plan.request.period.code} as known at {plan.request.known_at:%d/%m/%Y %H:%M:%S}")
        prepare_build_database(lake, warehouse.settings, plan.request, plan.entries)
        build_models(lake, on_node=done.append)
        progress.report(f"Built {len(done)} tables and views")
    rows = row_counts(lake.build_database)
    for node in done:
        yield _materialized(node, rows)
