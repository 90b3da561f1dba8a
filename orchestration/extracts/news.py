"""Which landed files were read before, and whether anything waits to be read.

Belongs here: the one rule of what counts as the same delivery. Does not belong here: reading a file (`take.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from orchestration.extracts.landing import scan, sha256_of
from orchestration.extracts.ledger import read_ledger
from orchestration.extracts.profile import CANONICAL, profile_of_source
from orchestration.extracts.yaml_marks import ProfileError

if TYPE_CHECKING:
    from orchestration.extracts.landing import Landed
    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.extracts.profile import Profile
    from orchestration.lake import Lake


class EarlierReads:
    """The ledger's entries of landed files by what was delivered: feed, source and bytes."""

    def __init__(self, entries: Iterable[LedgerEntry]) -> None:
        self._by_content: dict[tuple[str, str, str], list[LedgerEntry]] = defaultdict(list)
        for entry in entries:
            if entry.pull is not None:
                continue
            self._by_content[entry.feed, entry.source_name, entry.sha256].append(entry)

    def of(self, landed: Landed, digest: str, profile: Profile) -> list[LedgerEntry]:
        """Entries that read this file before; a snapshot of another day is another delivery, whatever its bytes."""
        same = self._by_content.get((landed.feed, landed.source or CANONICAL, digest), [])
        return [entry for entry in same if profile.mode == "delta" or entry.file == landed.file]


def has_news(lake: Lake) -> bool:
    """True where a landed file was never read, a broken one included: it is tried again."""
    earlier = EarlierReads(read_ledger(lake))
    for landed in scan(lake).files:
        try:
            profile = profile_of_source(landed.feed, landed.source)
        except ProfileError:
            return True
        if landed.leads_outside or not earlier.of(landed, sha256_of(landed.path), profile):
            return True
    return False
