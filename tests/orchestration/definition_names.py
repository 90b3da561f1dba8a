"""Names of everything in the code location; run as a program, it writes the snapshot that the test compares."""

from __future__ import annotations

import json
from pathlib import Path

SNAPSHOT = Path(__file__).with_name("definitions.snapshot.json")


def definition_names() -> dict[str, list[str]]:
    """Assets, checks, jobs, schedules and resources, sorted."""
    from orchestration.definitions import defs

    loaded = defs()
    graph = loaded.resolve_asset_graph()
    return {
        "assets": sorted(key.to_user_string() for key in graph.get_all_asset_keys()),
        "checks": sorted(f"{key.asset_key.to_user_string()}:{key.name}" for key in graph.asset_check_keys),
        "jobs": sorted(job.name for job in loaded.jobs or []),
        "schedules": sorted(schedule.name for schedule in loaded.schedules or []),
        "sensors": sorted(sensor.name for sensor in loaded.sensors or []),
        "resources": sorted(loaded.resources or {}),
    }


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(definition_names(), indent=1) + "\n", "utf-8")
