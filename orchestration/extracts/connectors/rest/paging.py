"""Paging: from one answer to the request for the next part.

Belongs here: the kinds of paging, reading records, totals and next cursors out of an answer. Does not belong here:
sending requests, keeping records.

A step is a small JSON object that says where in the pages we are, so that a pull goes on after a crash.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import SourceUnavailableError
from orchestration.extracts.connectors.rest.requests import Ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.extracts.connectors.rest.requests import Answer
    from orchestration.extracts.connectors.rest.settings import Service

Step = dict[str, Any]
_MISSING = object()


def at_path(document: Any, path: str) -> Any:
    """What stands at a dotted path, or `_MISSING`."""
    here = document
    for part in path.split(".") if path else ():
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            return _MISSING
    return here


@dataclass(frozen=True)
class Page:
    """One answer, understood.

    Attributes:
        records: its objects.
        total: records that the service says it holds for the request, or None.
        following: its next cursor or address, or None.
    """

    records: list[dict[str, Any]]
    total: int | None
    following: str | None


def page_of(service: Service, answer: Answer) -> Page:
    """What an answer holds.

    Raises:
        SourceUnavailableError: the answer itself says that it failed.
        BrokenFileError: no list of objects where the records should be.
    """
    document = answer.document
    _check_success(service, document)
    found = at_path(document, service.records)
    if found is None:
        found = []  # how some services say: nothing
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BrokenFileError(
            f"an answer of {service.host} without a list of objects" + f" at {service.records}" * bool(service.records),
            "a list of objects",
            "Name the path of the list in the source's YAML (records).",
        )  # fmt: skip
    return Page(found, _total(service, document), _following(service, answer))


def _check_success(service: Service, document: Any) -> None:
    if service.success is None:
        return
    path, good = service.success
    shown = at_path(document, path)
    if str(shown) not in good:
        safe = (
            str(shown)
            if shown is not _MISSING and str(shown).isalnum() and len(str(shown)) < 12
            else "no such sign"
        )
        raise SourceUnavailableError(
            f"{service.host} says that it failed ({path}: {safe})", "Ask whoever runs the service."
        )


def _total(service: Service, document: Any) -> int | None:
    value = at_path(document, service.total) if service.total else None
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _following(service: Service, answer: Answer) -> str | None:
    if service.pages.following is None:
        return answer.link if service.pages.kind == "link" else None
    value = at_path(answer.document, service.pages.following)
    if value is _MISSING or value is None or value == "":
        return None
    text = str(value) if not isinstance(value, dict | list) else json.dumps(value)
    return urljoin(answer.url, text) if service.pages.kind == "link" else text


class Pager:
    """The steps of one pass over a service's pages.

    Args:
        service: what is asked.
        since: the moment asked for, as the service writes it, or None.
        moment_of: a record's moment of change, or None (keyset).
        written: a moment as the service is asked for it.
    """

    def __init__(
        self,
        service: Service,
        since: str | None,
        moment_of: Callable[[dict[str, Any]], str | None],
        written: Callable[[str], str],
    ) -> None:
        self.service, self.since = service, since
        self.moment_of, self.written = moment_of, written

    def first(self) -> Step:
        """The step of the first request."""
        pages = self.service.pages
        return (
            {"page": pages.first} if pages.kind == "page" else {"offset": 0} if pages.kind == "offset" else {}
        )

    def ask(self, step: Step) -> Ask:
        """The request of a step."""
        service, pages = self.service, self.service.pages
        if "url" in step:
            return Ask(step["url"], {}, json.loads(service.body) if service.body else None)
        values: dict[str, Any] = {}
        if pages.size_parameter and pages.size:
            values[pages.size_parameter] = pages.size
        if pages.parameter:
            for name in ("page", "offset", "cursor"):
                if name in step:
                    values[pages.parameter] = step[name]
        since = step.get("since", self.since)
        if service.since and since is not None:
            values[service.since.parameter] = since
        body: dict[str, Any] | None = json.loads(service.body) if service.body else None
        if pages.place == "body":
            return Ask(service.url, dict(service.query), (body or {}) | values)
        return Ask(
            service.url, dict(service.query) | {name: str(value) for name, value in values.items()}, body
        )

    def after(self, step: Step, page: Page, longest: int, received: int) -> Step | None:
        """The next step, or None where this was the last page.

        Args:
            step: the step of this page.
            page: what came.
            longest: records of the longest page so far, this one included.
            received: records received so far, this page included.
        """
        kind = self.service.pages.kind
        if kind in ("cursor", "link"):
            if page.following is None:
                return None
            return {"cursor": page.following} if kind == "cursor" else {"url": page.following}
        if kind == "none" or not page.records:
            return None
        if kind == "keyset":
            return self._after_keyset(step, page)
        # A short page alone ends nothing: it may be the service's own limit, or what a filter left of a longer one. Nor
        # does a total alone, which may count something else. Without both only an empty page is behind the last.
        size = self.service.pages.size
        short = len(page.records) < longest or (size is not None and len(page.records) < size)
        if short and page.total is not None and received >= page.total:
            return None
        return (
            {"page": step["page"] + 1} if kind == "page" else {"offset": step["offset"] + len(page.records)}
        )

    def _after_keyset(self, step: Step, page: Page) -> Step | None:
        """Ask again from the last moment on: what changes meanwhile moves behind it and is still met."""
        moments = [self.moment_of(record) for record in page.records]
        known = [moment for moment in moments if moment is not None]
        if len(known) < len(moments) or known != sorted(known):
            found = (
                "out of the order of change" if len(known) == len(moments) else "without a moment of change"
            )
            raise BrokenFileError(
                f"records of {self.service.host} {found}",
                "records in the order of their moments of change (pages: keyset)",
                "Ask the service for that order (query), name another field, or use another kind of paging.",
            )
        last = self.written(known[-1])
        if last != step.get("since", self.since):
            return {"since": last}
        size = self.service.pages.size
        if size is not None and len(page.records) >= size:
            raise BrokenFileError(
                f"more records of one moment than a page of {self.service.host} holds",
                "pages longer than that",
                "Ask for more records at a time (pages: size).",
            )
        return None
