"""Requests to one web service: politely, with patience, and never further than asked.

Belongs here: one request and its answer as JSON, credentials, redirects, retries, waiting, limits of time and size.
Does not belong here: paging, records.

What is told to people names the host and what happened, never an address with its parameters, a header or a body.
"""

from __future__ import annotations

import contextlib
import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import urljoin, urlsplit

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import SourceUnavailableError

if TYPE_CHECKING:
    import httpx

    from orchestration.extracts.connectors.rest.settings import Service

PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers that a later try may better."""
REDIRECTS = 5
AGENT = "cchc-warehouse"


@dataclass(frozen=True)
class Clock:
    """Time as the requests live it; tests put their own in."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    between: Callable[[float, float], float] = random.uniform  # jitter, no secret


@dataclass(frozen=True)
class Ask:
    """One request: address, parameters of the query, JSON of the body."""

    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """A JSON document with what its headers tell.

    Attributes:
        document: parsed.
        link: address of the next page by the header `Link`, or None.
        at: the service's own clock, or None.
        url: where the answer came from.
    """

    document: Any
    link: str | None
    at: datetime | None
    url: str


class _PassingError(Exception):
    """Something that a later try may better; `found` goes before the name of the host."""

    def __init__(self, found: str, *, content: bool = False, wait: float | None = None) -> None:
        super().__init__(found)
        self.found, self.content, self.wait = found, content, wait


class StaleError(SourceUnavailableError):
    """The service does not know the page that is asked for (any more)."""


class Requests:
    """The requests of one pull. A context: it holds connections open between them."""

    def __init__(self, service: Service, secret: Callable[[str], str], clock: Clock) -> None:
        self.service, self.clock = service, clock
        self.sent = self.retried = 0
        self._headers = {"Accept": "application/json", "User-Agent": AGENT} | dict(service.headers)
        self._basic: tuple[str, str] | None = None
        self._authorize(secret)
        self._last: float | None = None
        self._client: httpx.Client | None = None

    def _authorize(self, secret: Callable[[str], str]) -> None:
        auth = self.service.auth
        values = [secret(name) for name in auth.variables]
        if auth.kind == "basic":
            self._basic = (values[0], values[1])
        elif auth.kind == "bearer":
            self._headers["Authorization"] = f"Bearer {values[0]}"
        elif auth.kind == "header":
            self._headers[auth.header] = values[0]
        for value in values:
            if not value.isprintable() or (auth.kind != "basic" and not value.isascii()):
                raise SourceUnavailableError(
                    f"credentials for {self.service.host} with signs that no header carries",
                    f"Set {' and '.join(auth.variables)} again, without line ends.",
                )

    def __enter__(self) -> Self:
        import httpx  # noqa: PLC0415 - only where a web service is pulled

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses with their parameters
        limits = self.service.limits
        verify: Any = True
        if self.service.ca_file:
            import ssl  # noqa: PLC0415 - only here

            verify = ssl.create_default_context(cafile=self.service.ca_file)
        self._client = httpx.Client(
            headers=self._headers,
            auth=self._basic,
            timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout),
            follow_redirects=False,
            trust_env=False,  # neither a .netrc nor a proxy of the environment sees our credentials
            verify=verify,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def get(self, ask: Ask) -> Answer:
        """The answer to a request.

        Raises:
            StaleError: the service says that there is no such page.
            SourceUnavailableError: not reached, refused, or failing after all tries.
            BrokenFileError: after all tries no JSON, or more than the limit of size.
        """
        limits = self.service.limits
        for attempt in range(1, limits.attempts + 1):
            try:
                return self._once(ask)
            except _PassingError as error:
                if attempt == limits.attempts:
                    self._give_up(error)
                self.retried += 1
                self.clock.sleep(self._wait(attempt, error.wait))
        raise AssertionError  # pragma: no cover - attempts are at least 1

    def _wait(self, attempt: int, asked: float | None) -> float:
        """Exponential with full jitter; never less than the service asked for, never more than the limit."""
        limits = self.service.limits
        most = min(limits.longest_wait, limits.first_wait * 2.0 ** (attempt - 1))
        return min(limits.longest_wait, max(asked or 0.0, self.clock.between(0.0, most)))

    def _give_up(self, error: _PassingError) -> NoReturn:
        tries = self.service.limits.attempts
        found = f"{error.found} {self.service.host}" + (f", {tries} times" if tries > 1 else "")
        if error.content:
            raise BrokenFileError(
                found, "a whole JSON document", "Ask whoever runs the service; nothing of this pull was used."
            )
        raise SourceUnavailableError(found, "Ask whoever runs the service if it lasts.")

    def _once(self, ask: Ask) -> Answer:
        import httpx  # noqa: PLC0415

        self._pace()
        self.sent += 1
        url = ask.url
        try:
            for _ in range(REDIRECTS):
                with self._opened(url, ask, first=url == ask.url) as response:
                    moved = self._moved(response, url)
                    if moved is None:
                        return self._answer(response, url)
                    url = moved
        except httpx.TimeoutException as error:
            what = (
                "connection in time to" if isinstance(error, httpx.ConnectTimeout) else "answer in time from"
            )
            raise _PassingError(f"no {what}") from None
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise SourceUnavailableError(
                    f"a certificate of {self.service.host} that nobody we know vouches for",
                    "Name the certificates of its authority in the source's YAML (ca_file).",
                ) from None
            what = (
                "no connection to"
                if isinstance(error, httpx.ConnectError)
                else "a connection that broke off with"
            )
            raise _PassingError(what) from None
        except httpx.HTTPError:
            raise _PassingError("no HTTP from") from None
        raise SourceUnavailableError(f"{self.service.host} redirects in a circle", "Check the address.")

    def _pace(self) -> None:
        """Wait until the service may be asked again."""
        now, gap = self.clock.monotonic(), 1.0 / self.service.limits.requests_per_second
        if self._last is not None and now < self._last + gap:
            self.clock.sleep(self._last + gap - now)
            now = max(self.clock.monotonic(), self._last + gap)
        self._last = now

    @contextlib.contextmanager
    def _opened(self, url: str, ask: Ask, *, first: bool) -> Iterator[httpx.Response]:
        assert self._client is not None
        client = self._client
        data, content, headers = None, None, {}
        if self.service.method == "POST" and ask.body is not None:
            text = json.dumps(ask.body, ensure_ascii=False, separators=(",", ":"))
            if self.service.body_field:
                data = {self.service.body_field: text}
            else:
                content, headers = text.encode(), {"Content-Type": "application/json"}
        # A redirect and a link bring their own parameters.
        query = dict(ask.query) if first and ask.query else None
        request = client.build_request(
            self.service.method, url, params=query, data=data, content=content, headers=headers
        )
        response = client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    def _moved(self, response: httpx.Response, url: str) -> str | None:
        """Where a redirect leads, or None; it is followed only within the same host, with the same request."""
        if response.status_code not in (301, 302, 303, 307, 308):
            return None
        target: str = urljoin(url, response.headers.get("location", ""))
        if not self.is_same_origin(target):
            raise SourceUnavailableError(
                f"{self.service.host} redirects to {urlsplit(target).hostname or 'nowhere'}",
                "Credentials are never sent on. Write the new address in the source's YAML if it is the right one.",
            )
        if self.service.method != "GET" and response.status_code in (301, 302, 303):
            raise SourceUnavailableError(
                f"{self.service.host} redirects a POST (status {response.status_code})",
                "Write the new address in the source's YAML; a log-in may have run out.",
            )
        return target

    def is_same_origin(self, url: str) -> bool:
        """Whether an address is on the service's own host, by the same scheme and port."""
        return _origin(url) == _origin(self.service.url)

    def _answer(self, response: httpx.Response, url: str) -> Answer:
        at = _http_date(response.headers.get("date"))
        status = response.status_code
        if status in PASSING:
            raise _PassingError(
                f"status {status} from", wait=_retry_after(response.headers.get("retry-after"), at)
            )
        if status in (401, 403):
            named = " and ".join(self.service.auth.variables) or "auth in the source's YAML"
            raise SourceUnavailableError(
                f"{self.service.host} refused us (status {status})", f"Check {named}."
            )
        if status in (400, 404, 410, 416, 422):
            raise StaleError(
                f"{self.service.host} does not know what is asked (status {status})",
                "Check address and parameters in the source's YAML.",
            )
        if not 200 <= status < 300:
            raise SourceUnavailableError(
                f"status {status} from {self.service.host}", "Ask whoever runs the service."
            )
        data = self._read(response)
        try:
            document = json.loads(data, parse_constant=_refuse)
        except (ValueError, RecursionError):
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            found = (
                f"{kind} instead of JSON"
                if kind in ("text/html", "text/plain", "text/xml")
                else "no whole JSON"
            )
            raise _PassingError(f"{found} from", content=True) from None
        link = response.links.get("next", {}).get("url")
        return Answer(document, urljoin(url, link) if link else None, at, url)

    def _read(self, response: httpx.Response) -> bytes:
        limits, parts, size = self.service.limits, [], 0
        began = self.clock.monotonic()
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > limits.response_bytes:
                raise BrokenFileError(
                    f"an answer of more than {limits.response_bytes / (1 << 20):g} MiB from {self.service.host}",
                    "smaller pages",
                    "Ask for fewer records at a time (pages: size), or raise limits: response_mebibytes.",
                )
            if self.clock.monotonic() - began > limits.total_timeout:
                raise _PassingError("no whole answer in time from")
            parts.append(chunk)
        return b"".join(parts)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(parts.scheme)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _http_date(text: str | None) -> datetime | None:
    """A date of HTTP as a moment of UTC, or None."""
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _retry_after(text: str | None, at: datetime | None) -> float | None:
    """Seconds that a service asks us to wait: a number, or a date by its own clock."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    until = _http_date(text)
    return max(0.0, (until - at).total_seconds()) if until and at else None
