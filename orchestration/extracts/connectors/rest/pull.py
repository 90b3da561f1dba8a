"""One pull of a web service: what is asked for, what is delivered, where the next one starts.

Belongs here: cursor, passes over the pages, the delivery. Does not belong here: requests, the steps of paging, keeping
pages, what moved meanwhile (`evidence.py`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import Pulled
from orchestration.extracts.connectors.rest.evidence import Evidence
from orchestration.extracts.connectors.rest.moments import Moments
from orchestration.extracts.connectors.rest.paging import Page, Pager, Step, at_path, page_of
from orchestration.extracts.connectors.rest.requests import Requests, StaleError
from orchestration.extracts.connectors.rest.store import Received, Store, received

if TYPE_CHECKING:
    from orchestration.extracts.connectors.interface import JsonObject, PullRequest
    from orchestration.extracts.connectors.rest.settings import Service

DATABASE = "pages.sqlite"
PASSES = 3
"""Times a snapshot is read until it stands still, and a page asked for that only repeats another."""
TOLD_EVERY = 50


class Pull:
    """One pull, from the cursor to the delivery."""

    def __init__(self, service: Service, digest: str, request: PullRequest, requests: Requests) -> None:
        self.service, self.digest = service, digest
        self.request, self.requests = request, requests
        since = self.service.since
        self.moments = Moments(since.form if since else "iso", request.zone)
        self.notes: list[str] = []
        self.before = self._cursor_before()
        self.asked_since = self._asked_since()
        self.store = self._store()

    @property
    def evidence(self) -> Evidence:
        """What is known of the pages that are kept."""
        return Evidence(self.store, self.moments, self.request.now, self.notes)

    # -- where it starts ----------------------------------------------------------------------------------

    def _cursor_before(self) -> datetime | None:
        """The moment up to which changes are known, or None: then everything is asked for."""
        cursor, since = self.request.cursor, self.service.since
        if (
            cursor is None
            or since is None
            or self.request.mode == "snapshot"
            or self.request.limit is not None
        ):
            return None
        if cursor.get("field") != since.field:
            self.notes.append(
                "the field of the moment of change is another than before: everything is asked for"
            )
            return None
        text = cursor.get("since")
        return datetime.fromisoformat(text) if isinstance(text, str) else None

    def _asked_since(self) -> datetime | None:
        since = self.service.since
        if since is None or self.before is None:
            return None
        return self.before - timedelta(seconds=since.overlap)

    def _fingerprint(self) -> str:
        cursor = json.dumps(self.request.cursor, sort_keys=True)
        return hashlib.sha256(f"{self.digest}\n{self.request.mode}\n{cursor}".encode()).hexdigest()

    def _store(self) -> Store:
        """The pages of an interrupted pull of the same request, unless they are old or all there; else none."""
        if self.request.limit is not None:
            return self._begun(Store(None, ""))
        path = self.request.scratch / DATABASE
        store = Store(path, self._fingerprint())
        started = store.said("started_at")
        oldest = self.request.now() - timedelta(seconds=self.service.limits.resume_within)
        finished = store.next_step({}) is None  # its delivery was empty, broken, or lost on the way: ask anew
        if started is not None and (finished or datetime.fromisoformat(started) < oldest):
            store.close()
            Store.forget(path)
            store = Store(path, self._fingerprint())
        return self._begun(store)

    def _begun(self, store: Store) -> Store:
        if store.said("begun") is None:
            if (
                self.request.seen is not None
                and self.request.limit is None
                and self.request.mode != "snapshot"
            ):
                store.load_seen(self.request.seen)
            store.say("started_at", self.request.now().isoformat())
            store.say("begun", "yes")
        elif store.pages():
            self.notes.append(f"went on with an interrupted pull after {store.pages()} pages")
        return store

    # -- the pages ----------------------------------------------------------------------------------------

    def made(self) -> Pulled:
        """The pull, from its first open step to the delivery."""
        resumed = bool(self.store.pages())
        self._count_all("all_before")
        for attempt in range(1, PASSES + 1):
            try:
                self._read()
            except StaleError:
                if not resumed:
                    raise
                self.notes.append("the service no longer knew the page of the interrupted pull: read anew")
                self._anew()
                self._read()
            resumed = False
            moved = self.evidence.moved(self.service.pages.kind) if self.request.limit is None else []
            if not moved or self.request.mode != "snapshot":
                self._count_all("all_after")
                return self._delivered(moved)
            if attempt < PASSES:
                self.request.progress(f"{self.request.source}: {moved[0]}; the snapshot is read again")
                self._anew()
        raise BrokenFileError(
            f"a snapshot that never stood still: {moved[0]}, {PASSES} times",
            "a whole list",
            "Pull it at a quieter hour, or use mode: delta with updated_since.",
        )

    def _anew(self) -> None:
        """Forget the pages; what was delivered before stays known."""
        self.store.close()
        if self.request.limit is None:
            Store.forget(self.request.scratch / DATABASE)
        self.store = self._store()

    def _read(self) -> None:
        store, pager = self.store, self._pager()
        step = store.next_step(pager.first())
        while step is not None and not self._enough():
            if store.pages() >= self.service.pages.most:
                raise BrokenFileError(
                    f"more than {self.service.pages.most} pages from {self.service.host}",
                    "an end of the pages",
                    "Raise pages: most if that is right; else ask whoever runs the service.",
                )
            try:
                page, records, digest = self._fresh_page(pager, step)
            except StaleError:
                if not self._has_all() and not self._seems_last():
                    raise
                return  # some services know no page behind the last
            following = pager.after(
                step, page, max(store.longest_page(), len(records)), store.received() + len(records)
            )
            if following is not None:
                self._check_step(following)
            store.keep(digest, records, following)
            if store.pages() % TOLD_EVERY == 0:
                self.request.progress(
                    f"{self.request.source}: {store.pages()} pages, {store.received()} records"
                )
            step = following

    def _has_all(self) -> bool:
        total = self.store.said("total_after")
        return total is not None and self.store.pages() > 0 and self.store.distinct() >= int(total)

    def _seems_last(self) -> bool:
        """Whether the newest page was shorter than another: nothing tells more where no page follows it."""
        numbered = self.service.pages.kind in ("page", "offset")
        return numbered and self.store.last_page() < self.store.longest_page()

    def _enough(self) -> bool:
        return self.request.limit is not None and self.store.received() >= self.request.limit

    def _pager(self, *, everything: bool = False) -> Pager:
        asked = None if everything else self.asked_since
        since = self.moments.written(asked) if asked is not None else None
        return Pager(
            self.service, since, self._moment, lambda text: self.moments.written(datetime.fromisoformat(text))
        )

    def _check_step(self, step: Step) -> None:
        """A cursor or address that was there before leads in a circle, an address may lead away."""
        if "url" in step and not self.requests.is_same_origin(step["url"]):
            raise BrokenFileError(
                f"a next page of {self.service.host} on another host",
                "pages of one host",
                "Credentials are never sent on. Check the address of the service.",
            )
        if self.store.has_step(step):
            raise BrokenFileError(
                f"pages of {self.service.host} that lead in a circle", "an end of the pages",
                "Ask whoever runs the service; nothing of this pull was used.",
            )  # fmt: skip

    def _fresh_page(self, pager: Pager, step: Step) -> tuple[Page, list[Received], str]:
        """A page that is no repetition of another; asked for again where it is one."""
        for attempt in range(1, PASSES + 1):
            answer = self.requests.get(pager.ask(step))
            if answer.at is not None:
                self.evidence.note_time(answer.at)
            page = page_of(self.service, answer)
            records = [received(record, self.request.key, self._moment(record)) for record in page.records]
            digest = hashlib.sha256("\n".join(record.digest for record in records).encode()).hexdigest()
            same = self.store.same_page(digest)
            if same is None or self.service.pages.kind == "keyset":
                self.evidence.count(page, step)
                return page, records, digest
            if page.total is not None and self.store.distinct() >= page.total:
                return Page([], page.total, None), [], ""  # the service repeats its last page for ever
            if attempt < PASSES:
                self.requests.clock.sleep(self.service.limits.first_wait)
        if same == self.store.pages() and self._seems_last():
            return Page([], page.total, None), [], ""  # the same, of a service that says no total
        raise BrokenFileError(
            f"page {self.store.pages() + 1} of {self.service.host} that repeats page {same}, {PASSES} times",
            "pages that differ",
            "Check the parameter of paging in the source's YAML; nothing of this pull was used.",
        )

    def _moment(self, record: dict[str, Any]) -> str | None:
        since = self.service.since
        found = self.moments.read(at_path(record, since.field)) if since else None
        return found.isoformat(timespec="microseconds") if found else None

    # -- what it gives ------------------------------------------------------------------------------------

    def _count_all(self, when: str) -> None:
        """Ask how many records there are in all, where only changes are pulled and the document wants the count."""
        if not self.service.count_all or self.asked_since is None or self.store.said(when) is not None:
            return
        pager = self._pager(everything=True)
        total = page_of(self.service, self.requests.get(pager.ask(pager.first()))).total
        self.store.say(when, str(total))

    def _counted(self) -> int | None:
        """What the service says it holds in all, if that stood still while we read."""
        if self.request.limit is not None or self.evidence.changed():
            return None
        if self.asked_since is None:
            before, after = self.store.said("total_before"), self.store.said("total_after")
        else:
            before, after = self.store.said("all_before"), self.store.said("all_after")
        return int(after) if after is not None and after == before and after.isdecimal() else None

    def _delivered(self, moved: list[str]) -> Pulled:
        request, store = self.request, self.store
        after = self._cursor_after(moved)
        rows, repeated = store.write_new(request.part, request.limit)
        snapshot = request.mode == "snapshot" and request.limit is None
        if snapshot and not rows:
            raise BrokenFileError(
                f"a snapshot without a record from {self.service.host}",
                "at least one record",
                "An empty snapshot would withdraw everything; ask whoever runs the service.",
            )
        if not snapshot and request.limit is None:
            store.write_seen(request.seen_part, self._window(after))
        if moved:
            self.notes.append(
                f"{'; '.join(moved)}: the next pull starts where this one did, so that nothing is lost"
            )
        return Pulled(
            snapshot_at=self.evidence.time("service_at"),
            cursor=after,
            rows=rows,
            nothing_new=after == request.cursor if snapshot else not rows,
            repeated=repeated,
            counted=None if moved else self._counted(),
            facts=self._facts(moved),
            notes=tuple(self.notes),
        )

    def _facts(self, moved: list[str]) -> dict[str, Any]:
        """What the ledger keeps of the pages."""
        store, total = self.store, self.store.said("total_after")
        found: dict[str, Any] = {
            "pages": store.pages(),
            "requests": self.requests.sent,
            "retried": self.requests.retried,
            "received": store.received(),
        }
        return found | ({"total": int(total)} if total else {}) | ({"moved": moved} if moved else {})

    def _cursor_after(self, moved: list[str]) -> JsonObject | None:
        """The newest change known, never later than the service's own clock; where things moved, as it was.

        A snapshot is known again by its content.
        """
        since = self.service.since
        if self.request.limit is not None:
            return None
        if self.request.mode == "snapshot":
            return {"content": self.store.content()}
        if since is None:
            return {"asks_for": "everything"}
        known, newest = self.before, self.store.newest(self.evidence.began())
        if newest is not None and not moved:
            reached = datetime.fromisoformat(newest)
            known = max(known, reached) if known else reached
        return {"field": since.field, "since": known.isoformat() if known else None}

    def _window(self, cursor: JsonObject | None) -> str | None:
        """From which moment on the next pull meets records again; None: all of them."""
        since = self.service.since
        text = cursor.get("since") if cursor else None
        if since is None or not isinstance(text, str):
            return None
        begin = datetime.fromisoformat(text) - timedelta(seconds=since.overlap)
        return begin.isoformat(timespec="microseconds")
