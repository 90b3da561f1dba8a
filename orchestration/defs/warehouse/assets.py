"""The dbt project as assets, built in this process."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration import progress
from orchestration.defs.names import MARTS_STEP
from orchestration.defs.resources import RunOptionsResource, WarehouseResource
from orchestration.defs.warehouse.translator import warehouse_translator
from orchestration.warehouse.dbt_build import NodeDone, stream_models
from orchestration.warehouse.parsed_project import parsed_manifest
from orchestration.warehouse.raw_views import prepare_build_database

MANIFEST = parsed_manifest()
TRANSLATOR = warehouse_translator()


def _materialized(node: NodeDone) -> dg.MaterializeResult[None]:
    props: dict[str, Any] = MANIFEST["nodes"][node.unique_id]
    metadata: dict[str, float | str] = {"seconds": round(node.seconds, 3), "status": node.message}
    return dg.MaterializeResult(asset_key=TRANSLATOR.get_asset_key(props), metadata=metadata)


@dbt_assets(manifest=MANIFEST, dagster_dbt_translator=TRANSLATOR, name=MARTS_STEP)
def warehouse_models(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, options: RunOptionsResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Raw to marts as of known-at: seeds, staging, intermediate, marts."""
    plan, lake = options.plan(warehouse), warehouse.lake
    with progress.listening(context.log.info):
        progress.report(
            f"Building {plan.facts.period.code} as known at {plan.facts.known_at:%d/%m/%Y %H:%M:%S}"
        )
        prepare_build_database(lake, warehouse.settings, plan.scope, plan.entries)
        count = 0
        for count, node in enumerate(stream_models(lake), 1):  # noqa: B007
            yield _materialized(node)
        progress.report(f"Built {count} tables and views")
