"""The Dagster code location: everything in `defs/`, with the policies that hold for all of it.

Belongs here: executor and freshness policy. Does not belong here: assets, jobs, resources (`defs/`).
"""

from datetime import timedelta
from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """All definitions; one process per run, since steps share one build database and start-up costs seconds."""
    loaded = dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
    fresh = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=32), warn_window=timedelta(days=31))
    loaded = loaded.map_asset_specs(
        func=lambda spec: dg.apply_freshness_policy(spec, fresh, overwrite_existing=False),
        selection=dg.AssetSelection.keys("release"),
    )
    return dg.Definitions.merge(loaded, dg.Definitions(executor=dg.in_process_executor))
