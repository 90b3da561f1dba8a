"""The Dagster code location: everything in `defs/`, with the executor that runs all of it.

Belongs here: what holds for every object. Does not belong here: assets, jobs, resources (`defs/`).
"""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """All definitions; one process per run, since steps share one build database and start-up costs seconds."""
    loaded = dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
    return dg.Definitions.merge(loaded, dg.Definitions(executor=dg.in_process_executor))
