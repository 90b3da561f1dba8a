"""Whether anything in the landing zone waits to be read, found without reading any record."""

from __future__ import annotations

from orchestration.extracts.landing import scan, sha256_of
from orchestration.extracts.ledger import read_ledger
from orchestration.extracts.profile import CANONICAL
from orchestration.lake import Lake


def has_news(lake: Lake) -> bool:
    """True where a landed file was never read, a broken one included: it is tried again."""
    entries = read_ledger(lake)
    deltas = {(entry.feed, entry.source_name, entry.sha256) for entry in entries if entry.mode == "delta"}
    snapshots = {(entry.file, entry.sha256) for entry in entries if entry.mode == "snapshot"}
    for landed in scan(lake).files:
        digest = sha256_of(landed.path)
        if (landed.feed, landed.source or CANONICAL, digest) not in deltas and (
            landed.file,
            digest,
        ) not in snapshots:
            return True
    return False
