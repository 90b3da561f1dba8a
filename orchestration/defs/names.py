"""Names that several Dagster objects share."""

import dagster as dg

from orchestration.periods import SEED_YEARS, periods_of_year

OWNERS = ["data-engineering@cchc.example"]
RAW_GROUP = "raw"
RAW_STEP = "extracts"
MARTS_STEP = "warehouse"
LEDGER = dg.AssetKey(["raw", "ledger"])
CANDIDATE = dg.AssetKey("candidate")
AUDIT = dg.AssetKey("audit")
RELEASE = dg.AssetKey("release")
JOB = "reform_release"
INGEST_JOB = "ingest"
PERIODS = dg.StaticPartitionsDefinition(
    [
        period.code
        for year in range(SEED_YEARS[0], SEED_YEARS[1] + 1)
        for period in sorted(periods_of_year(year), key=lambda period: (period.end, period.start))
    ]
)
"""Releases are partitioned by the periods of the state calendar; those of the plain one are released without."""


def raw_key(feed: str) -> dg.AssetKey:
    """Asset key of a feed in raw."""
    return dg.AssetKey(["raw", feed])
