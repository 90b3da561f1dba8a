"""What may be concluded from the pages of a pull: when it was, and whether anything moved meanwhile.

Belongs here: the service's clock, its totals, signs that records may be missing. Does not belong here: what follows
from them (`pull.py`).

When a pull may be trusted: pages by number or offset shift when records come or go meanwhile, and a record may then
stand on no page. So the pull compares what the service says it holds before and after, looks for records met twice and
for changes after its own start. If anything moved, a delta delivers what it met and the next one starts where this one
did, so that nothing is lost; a snapshot is read again, and is broken where it never stands still.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orchestration.extracts.connectors.interface import CLOCKS_APART

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.extracts.connectors.rest.moments import Moments
    from orchestration.extracts.connectors.rest.paging import Page, Step
    from orchestration.extracts.connectors.rest.store import Store


class Evidence:
    """What the pages that a store keeps tell; remembered in the store, so that it outlives a crash."""

    def __init__(self, store: Store, moments: Moments, now: Callable[[], datetime], notes: list[str]) -> None:
        self.store, self.moments, self.now, self.notes = store, moments, now, notes

    def note_time(self, moment: datetime) -> None:
        """The service's clock at the first page and at the last, unless it is out of its mind."""
        local, ours = self.moments.local(moment), self.moments.local(self.now())
        if abs(local - ours) > CLOCKS_APART:
            if self.store.said("clocks_apart") is None:
                self.store.say("clocks_apart", "yes")
                self.notes.append(f"the service's clock says {local:%d/%m/%Y}: ours is used")
            return
        text = local.isoformat(timespec="microseconds")
        if self.store.said("service_at") is None:
            self.store.say("service_at", text)
        self.store.say("service_until", text)

    def count(self, page: Page, step: Step) -> None:
        """Remember what the service says it holds: at first and at last."""
        if page.total is None or "since" in step:
            return
        if self.store.said("total_before") is None:
            self.store.say("total_before", str(page.total))
        self.store.say("total_after", str(page.total))

    def time(self, name: str) -> datetime:
        """A moment by the service's clock, else the pull's beginning by ours."""
        text = self.store.said(name) or self.store.said("started_at") or ""
        return self.moments.local(datetime.fromisoformat(text))

    def began(self) -> str:
        """When the first page was given."""
        return self.time("service_at").isoformat(timespec="microseconds")

    def changed(self) -> int:
        """Records that changed after the first page was given and before the last was; HTTP tells whole seconds."""
        until = self.time("service_until") + timedelta(seconds=1)
        return self.store.changed_between(self.began(), until.isoformat(timespec="microseconds"))

    def moved(self, kind: str) -> list[str]:
        """Why records may be missing: what changed while the pages were read."""
        store = self.store
        if kind in ("none", "keyset") or store.pages() < 2:
            return []
        before, after = store.said("total_before"), store.said("total_after")
        found = []
        if before != after:
            found.append(f"the service held {before} records at first and {after} at last")
        if store.received() > store.distinct():
            found.append(f"{store.received() - store.distinct()} records came on two pages")
        if changed := self.changed():
            found.append(f"{changed} records changed while the pages were read")
        if after is not None and store.distinct() < int(after) and not found:
            found.append(f"the service holds {after} records and gave {store.distinct()}")
        return found
