"""The dbt project as assets, built in this process."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
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
from orchestration.warehouse.reuse import SELECT, descendants, mark_finished, take_over

MANIFEST = parsed_manifest()
TRANSLATOR = warehouse_translator()


def _materialized(node: NodeDone) -> dg.MaterializeResult[None]:
    props: dict[str, Any] = MANIFEST["nodes"][node.unique_id]
    metadata: dict[str, float | str] = {"seconds": round(node.seconds, 3), "status": node.message}
    return dg.MaterializeResult(asset_key=TRANSLATOR.get_asset_key(props), metadata=metadata)


def _kept() -> Iterator[dg.MaterializeResult[None]]:
    """What an earlier period of the same backfill built: valid for this one, so its readers may go on.

    None of it descends from what the period changes, so it comes before that, in topological order.
    """
    changed = descendants(MANIFEST)
    nodes = MANIFEST["nodes"]
    parents = {name: set(nodes[name]["depends_on"].get("nodes", ())) & nodes.keys() for name in nodes}
    for unique_id in TopologicalSorter(parents).static_order():
        if nodes[unique_id]["resource_type"] in {"model", "seed"} and unique_id not in changed:
            yield _materialized(NodeDone(unique_id, "success", 0.0, "kept from the period before"))


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
        kept = options.keeps_build() and take_over(lake, warehouse.settings, plan.scope, plan.facts)
        if kept:
            yield from _kept()
        else:
            prepare_build_database(lake, warehouse.settings, plan.scope, plan.entries)
        count = 0
        for count, node in enumerate(stream_models(lake, SELECT if kept else ()), 1):  # noqa: B007
            yield _materialized(node)
        progress.report(f"Built {count} tables and views")
        mark_finished(lake, plan.facts)
