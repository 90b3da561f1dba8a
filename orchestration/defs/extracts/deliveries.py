"""What the sources delivered, by extract date: assets beside raw that Dagster shows per day and judges fresh or late.

The ingest reports them, one materialisation per feed and extract date of what it took; no run makes them by itself.
A delivery is late by the rhythm and grace of the quickest profile of its feed.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.defs.names import OWNERS, raw_key
from orchestration.extracts.contract import feeds
from orchestration.extracts.profile import PROFILES, RHYTHMS, load_profile, profile_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.extracts.report import IngestReport

EXTRACT_DATES = dg.DynamicPartitionsDefinition(name="extract_date")


def delivery_key(feed: str) -> dg.AssetKey:
    """Asset key of what is delivered of a feed."""
    return dg.AssetKey(["deliveries", feed])


def windows() -> dict[str, timedelta]:
    """The time within which something of a feed must arrive, where a profile of it has a rhythm."""
    found: dict[str, timedelta] = {}
    for name in profile_names(PROFILES):
        profile = load_profile(PROFILES / f"{name}.yml")
        days = RHYTHMS[profile.rhythm]
        if days is not None:
            window = timedelta(days=days + profile.grace_days)
            found[profile.feed] = min(window, found.get(profile.feed, window))
    return found


def _specs() -> list[dg.AssetSpec]:
    limits = windows()
    return [
        dg.AssetSpec(
            delivery_key(name),
            deps=[raw_key(name)],
            partitions_def=EXTRACT_DATES,
            group_name="deliveries",
            owners=OWNERS,
            description=f"Deliveries of {name} by extract date, as the ingest took them.",
            freshness_policy=(
                dg.FreshnessPolicy.time_window(fail_window=limits[name]) if name in limits else None
            ),
        )
        for name in feeds()
    ]


deliveries = _specs()


def reported(report: IngestReport) -> Iterator[dg.AssetMaterialization]:
    """One materialisation per feed and extract date of what an ingest took."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for result in report.of_status("new"):
        for output in result.entry.outputs if result.entry else ():
            day = result.entry.extract_date.isoformat() if result.entry else ""
            for place, value in enumerate((1, output.accepted, output.quarantined)):
                counts[output.feed, day][place] += value
    for (feed, day), (files, accepted, quarantined) in sorted(counts.items()):
        yield dg.AssetMaterialization(
            delivery_key(feed),
            partition=day,
            metadata={"files": files, "dagster/partition_row_count": accepted, "quarantined": quarantined},
        )
