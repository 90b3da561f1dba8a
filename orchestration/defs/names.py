"""Names that several Dagster objects share."""

import dagster as dg

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


def raw_key(feed: str) -> dg.AssetKey:
    """Asset key of a feed in raw."""
    return dg.AssetKey(["raw", feed])
