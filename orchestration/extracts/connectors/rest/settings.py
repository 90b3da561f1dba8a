"""The YAML of a web service, checked: `connector: {kind: rest, …}`.

Belongs here: the objects and the checks of their keys. Does not belong here: requests. The keys are described in
`docs/web-services.md`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.extracts.yaml_marks import Keys
    from orchestration.extracts.yaml_values import YamlValues

METHODS = ("GET", "POST")
PAGERS = ("none", "page", "offset", "cursor", "link", "keyset")
AUTHS = ("none", "bearer", "basic", "header")
PLACES = ("query", "body")
MOMENTS = ("iso", "epoch_seconds", "epoch_milliseconds")
_TOP = (
    "kind", "url", "allow_http", "ca_file", "method", "query", "headers", "body", "body_field", "records", "total",
    "count_all", "success", "auth", "pages", "updated_since", "limits",
)  # fmt: skip
_PAGES = ("kind", "parameter", "in", "first", "size", "size_parameter", "next", "most")
_LIMITS = (
    "requests_per_second", "connect_timeout", "read_timeout", "total_timeout", "response_mebibytes", "attempts",
    "first_wait", "longest_wait", "resume_within",
)  # fmt: skip
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True)
class Auth:
    """How we show who we are; the values are names of environment variables, never secrets.

    Attributes:
        kind: none, bearer, basic or header.
        header: name of the header of `header`.
        variables: of the token, of user and password, or of the header's value.
    """

    kind: str = "none"
    header: str = "Authorization"
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pages:
    """How a service gives its records in parts.

    Attributes:
        kind: none, page, offset, cursor, link, or keyset (by the moment of change, in its order).
        parameter: of the page, the offset or the cursor.
        place: whether parameters stand in the query or in the body.
        first: number of the first page.
        size, size_parameter: records asked for at a time.
        following: path of the next cursor or address in an answer; a link without it stands in the header `Link`.
        most: pages of one pull, after which it is taken for endless.
    """

    kind: str = "none"
    parameter: str | None = None
    place: str = "query"
    first: int = 1
    size: int | None = None
    size_parameter: str | None = None
    following: str | None = None
    most: int = 10_000


@dataclass(frozen=True)
class Since:
    """How a service is asked for what changed.

    Attributes:
        parameter: takes the moment from which on changes are wanted, itself included.
        field: path of a record's moment of change.
        form: how moments are written: iso, epoch_seconds, epoch_milliseconds, or a form like yyyyMMddHHmmss.
        overlap: seconds before the newest change known at which the next pull starts again.
    """

    parameter: str
    field: str
    form: str = "iso"
    overlap: float = 600


@dataclass(frozen=True)
class Limits:
    """What we ask of a service at most, and of ourselves; times are seconds."""

    requests_per_second: float = 5.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 300.0
    response_bytes: int = 64 << 20
    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    resume_within: float = 86_400.0


@dataclass(frozen=True)
class Service:
    """A checked web service.

    Attributes:
        url: without parameters of paging.
        method: GET or POST.
        query, headers: sent with every request.
        body: JSON sent with every POST, with the parameters of paging put in.
        body_field: the form field that carries the JSON as text, instead of a JSON body.
        records: path of the list of records in an answer; empty: the answer is the list.
        total: path of the number of records the service says it holds for the request.
        count_all: ask for the total of everything too where only changes are pulled.
        success: path and values that a good answer shows.
        ca_file: certificates of an authority of one's own.
    """

    url: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    body_field: str | None = None
    records: str = ""
    total: str | None = None
    count_all: bool = False
    success: tuple[str, tuple[str, ...]] | None = None
    ca_file: str | None = None
    auth: Auth = Auth()
    pages: Pages = Pages()
    since: Since | None = None
    limits: Limits = Limits()

    @property
    def host(self) -> str:
        """The host, for messages: addresses may carry more than people should read."""
        return urlsplit(self.url).hostname or ""


def checked_service(values: YamlValues, keys: Keys) -> Service:
    """The service of a document.

    Raises:
        ProfileError: naming file, line and key of what is wrong.
    """
    return _Checker(values, keys).service()


class _Checker:
    """Reads the keys below `connector:`."""

    def __init__(self, values: YamlValues, keys: Keys) -> None:
        self.values, self.keys = values, keys

    def at(self, *names: str) -> Keys:
        return (*self.keys, *names)

    def wrong(self, names: tuple[str, ...], message: str, hint: str | None = None) -> Exception:
        return self.values.document.error(self.at(*names), message, hint)

    def service(self) -> Service:
        values = self.values
        values.mapping(self.keys, _TOP)
        method = values.one_of(self.at("method"), METHODS, "GET") or "GET"
        since, pages = self.since(), self.pages(method)
        if pages.kind == "keyset" and since is None:
            raise self.wrong(("pages", "kind"), "keyset goes by updated_since.", "Add updated_since.")
        return Service(
            url=self.url(),
            method=method,
            query=values.texts_by_key(self.at("query")),
            headers=self.headers(),
            body=self.body(method),
            body_field=values.text(self.at("body_field")),
            records=values.text(self.at("records")) or "",
            total=values.text(self.at("total")),
            count_all=self.count_all(),
            success=self.success(),
            ca_file=values.text(self.at("ca_file")),
            auth=self.auth(),
            pages=pages,
            since=since,
            limits=self.limits(),
        )

    def url(self) -> str:
        url = self.values.required(self.at("url"), "Write the address of the service.")
        parts = urlsplit(url)
        if parts.scheme == "http" and not self.values.flag(self.at("allow_http")):
            raise self.wrong(
                ("url",), "is not encrypted.", "Write https, or allow_http: true where nobody can listen."
            )
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
            raise self.wrong(("url",), "is no address of a web service.", "Write: url: https://host/path")
        if parts.username or parts.password:
            raise self.wrong(("url",), "carries a password.", "Name environment variables below auth.")
        return url

    def headers(self) -> dict[str, str]:
        found = self.values.texts_by_key(self.at("headers"))
        for name in found:
            if name.lower() in _SECRET_HEADERS:
                raise self.wrong(("headers", name), "is a secret.", "Name environment variables below auth.")
        return found

    def body(self, method: str) -> str | None:
        text = self.values.text(self.at("body"))
        if text is None:
            return None
        if method != "POST":
            raise self.wrong(("body",), "goes with method: POST.")
        try:
            valid = isinstance(json.loads(text), dict)
        except ValueError:
            valid = False
        if not valid:
            raise self.wrong(("body",), "is no JSON object.", 'Write: body: \'{"type": "ref"}\'')
        return text

    def count_all(self) -> bool:
        if self.values.flag(self.at("count_all")) and not self.values.text(self.at("total")):
            raise self.wrong(("count_all",), "goes with total.", "Write where an answer says its total.")
        return self.values.flag(self.at("count_all"))

    def success(self) -> tuple[str, tuple[str, ...]] | None:
        if not self.values.mapping(self.at("success"), ("path", "is")):
            return None
        path = self.values.required(self.at("success", "path"), "Write the path of the sign of success.")
        shown = self.values.texts(self.at("success", "is"))
        if not shown:
            raise self.wrong(("success",), "the key `is` is missing.", 'Write: is: ["00"]')
        return path, shown

    def auth(self) -> Auth:
        values = self.values
        values.mapping(self.at("auth"), ("kind", "token", "user", "password", "name", "value"))
        kind = values.one_of(self.at("auth", "kind"), AUTHS, "none") or "none"
        needed = {"bearer": ("token",), "basic": ("user", "password"), "header": ("value",)}.get(kind, ())
        variables = []
        for name in needed:
            variable = values.required(self.at("auth", name), "Write the name of an environment variable.")
            if not _VARIABLE.fullmatch(variable):
                raise self.wrong(
                    ("auth", name), "is no name of an environment variable.", "A secret never stands in YAML."
                )
            variables.append(variable)
        header = "Authorization"
        if kind == "header":
            header = values.required(self.at("auth", "name"), "Write the name of the header.")
            if not _HEADER.fullmatch(header):
                raise self.wrong(("auth", "name"), "is no name of a header.")
        return Auth(kind, header, tuple(variables))

    def pages(self, method: str) -> Pages:
        values, at = self.values, self.at
        values.mapping(at("pages"), _PAGES)
        kind = values.one_of(at("pages", "kind"), PAGERS, "none") or "none"
        default = "body" if method == "POST" else "query"
        place = values.one_of(at("pages", "in"), PLACES, default) or default
        if place == "body" and method != "POST":
            raise self.wrong(("pages", "in"), "a body goes with method: POST.")
        found = Pages(
            kind=kind,
            parameter=values.text(at("pages", "parameter")),
            place=place,
            first=values.number(at("pages", "first"), 1),
            size=values.number(at("pages", "size"), 0) or None,
            size_parameter=values.text(at("pages", "size_parameter")),
            following=values.text(at("pages", "next")),
            most=values.number(at("pages", "most"), 10_000),
        )
        if kind in ("page", "offset", "cursor") and not found.parameter:
            raise self.wrong(("pages",), "the key `parameter` is missing.", "Name the parameter of the page.")
        if kind == "cursor" and not found.following:
            raise self.wrong(("pages",), "the key `next` is missing.", "Write the path of the next cursor.")
        if bool(found.size) != bool(found.size_parameter):
            raise self.wrong(("pages",), "size and size_parameter go together.")
        return found

    def since(self) -> Since | None:
        values, at = self.values, self.at
        if not values.mapping(at("updated_since"), ("parameter", "field", "format", "overlap")):
            return None
        form = values.text(at("updated_since", "format")) or "iso"
        from orchestration.extracts.connectors.rest.moments import FormatError, pattern_of  # noqa: PLC0415 - only here

        try:
            pattern_of(form)
        except FormatError as error:
            raise self.wrong(
                ("updated_since", "format"), str(error), f"Known: {', '.join(MOMENTS)}."
            ) from error
        return Since(
            parameter=values.required(at("updated_since", "parameter"), "Name the parameter of the moment."),
            field=values.required(at("updated_since", "field"), "Name a record's moment of change."),
            form=form,
            overlap=values.seconds(at("updated_since", "overlap"), 600),
        )

    def limits(self) -> Limits:
        self.values.mapping(self.at("limits"), _LIMITS)
        plain, values, at = Limits(), self.values, self.at
        times = {
            name: values.seconds(at("limits", name), getattr(plain, name))
            for name in _LIMITS
            if name.startswith(("connect", "read", "total", "first", "longest", "resume"))
        }
        return Limits(
            **times,
            requests_per_second=self.amount("requests_per_second", plain.requests_per_second),
            response_bytes=int(
                self.amount("response_mebibytes", plain.response_bytes / (1 << 20)) * (1 << 20)
            ),
            attempts=max(1, values.number(at("limits", "attempts"), plain.attempts)),
        )

    def amount(self, name: str, default: float) -> float:
        text = self.values.text(self.at("limits", name))
        if text is None:
            return default
        if not re.fullmatch(r"\d+(\.\d+)?", text) or float(text) <= 0:
            raise self.wrong(("limits", name), f"{text!r} is no amount above 0.")
        return float(text)
