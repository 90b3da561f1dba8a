"""How dbt's nodes appear in the asset graph: layers become keys and groups, raw relations the raw assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.defs.names import LEDGER, OWNERS, raw_key
from orchestration.extracts.contract import feeds


class WarehouseTranslator(DagsterDbtTranslator):
    """Asset keys `<layer>/<model>`, groups by layer, feeds as the raw assets."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Key of a model, a seed or a raw relation."""
        if dbt_resource_props["resource_type"] == "source":
            name = dbt_resource_props["name"]
            return raw_key(name) if name in feeds() else LEDGER
        return dg.AssetKey([_layer(dbt_resource_props), dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group of a node: its layer, so that the graph of groups reads from raw to release."""
        return None if dbt_resource_props["resource_type"] == "source" else _layer(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Everybody's models have the same owner."""
        del dbt_resource_props
        return OWNERS


def _layer(props: Mapping[str, Any]) -> str:
    return "reference" if props["resource_type"] == "seed" else str(props["fqn"][1])


def warehouse_translator() -> WarehouseTranslator:
    """The translator; dbt's tests enter the audit and are shown there, not once more as checks of their own."""
    return WarehouseTranslator(
        settings=DagsterDbtTranslatorSettings(
            enable_asset_checks=False, enable_duplicate_source_asset_keys=True
        )
    )
