"""Whatever a web service may do wrong: tried again, told without secrets, or gone on with after a crash."""

from __future__ import annotations

import dataclasses
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import SourceUnavailableError
from tests.orchestration.rest_bench import ALL, DOSSIERS, TOKEN, Bench
from tests.rest_service import Service

PASSING: dict[str, dict[str, Any]] = {
    "500": {"do": "status", "status": 500},
    "503": {"do": "status", "status": 503},
    "429": {"do": "status", "status": 429, "headers": {"Retry_After": "7"}},
    "truncated": {"do": "truncate"},
    "dropped": {"do": "drop"},
    "cut": {"do": "cut"},
    "html": {"do": "text", "text": "<html>bảo trì</html>"},
    "nan": {"do": "text", "text": '{"data": {"items": [{"ma": NaN}]}}', "type": "application/json"},
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again_and_changes_nothing(bench: Bench, fault: dict[str, Any]):
    bench.service.set(records=DOSSIERS, faults=[{"at": 2} | fault, {"at": 3} | fault])
    pulled, codes = bench.pull()
    assert codes == ALL
    assert pulled.facts["retried"] == 2
    assert bench.waits == ([7.0, 7.0] if fault.get("status") == 429 else [1.0, 2.0])


@pytest.mark.parametrize(
    ("fault", "error", "found"),
    [
        (PASSING["500"], SourceUnavailableError, "status 500 from 127.0.0.1, 3 times"),
        (PASSING["dropped"], SourceUnavailableError, "broke off"),
        (PASSING["truncated"], BrokenFileError, "no whole JSON from 127.0.0.1, 3 times"),
        (PASSING["html"], BrokenFileError, "text/html instead of JSON"),
        ({"do": "status", "status": 401}, SourceUnavailableError, "refused us"),
        ({"do": "status", "status": 404}, SourceUnavailableError, "does not know"),
        ({"do": "status", "status": 418}, SourceUnavailableError, "418"),
        ({"do": "huge", "bytes": 2_000_000}, BrokenFileError, "more than 1 MiB"),
        (
            {"do": "redirect", "to": "http://localhost:9/api"},
            SourceUnavailableError,
            "redirects to localhost",
        ),
        ({"do": "redirect", "to": "/api/page"}, SourceUnavailableError, "circle"),
        ({"do": "text", "text": '{"data": {}}'}, BrokenFileError, "without a list of objects at data.items"),
        ({"do": "text", "text": "[" * 100_000}, BrokenFileError, "instead of JSON"),
    ],
)
def test_what_lasts_is_told_without_secrets_and_nothing_is_delivered(
    bench: Bench, fault: dict[str, Any], error: type[Exception], found: str
):
    bench.service.set(records=DOSSIERS, faults=[{"at": None} | fault])
    with pytest.raises(error) as raised:
        bench.pull(limits={"response_mebibytes": 1}, query={"khoa": "riêng"})
    told = raised.value
    assert isinstance(told, SourceUnavailableError | BrokenFileError)
    assert found in told.found
    assert not any(secret in f"{told.found} {told.hint}" for secret in (TOKEN, "khoa", "Kín", "http://"))
    assert raised.value.__cause__ is None
    assert not (bench.folder / "delivery.part").exists()


def test_a_redirect_within_the_host_is_followed_and_one_away_never_sees_credentials(bench: Bench):
    bench.service.set(
        records=DOSSIERS, faults=[{"at": 1, "do": "redirect", "to": "/api/page?page=1&size=10"}]
    )
    assert bench.pull()[1] == ALL
    other = Service()
    try:
        bench.service.set(
            records=DOSSIERS,
            faults=[{"at": 2, "do": "redirect", "to": f"{other.url}/api/page", "status": 307}],
        )
        with pytest.raises(SourceUnavailableError, match="redirects to"):
            bench.pull()
        assert other.log() == []
    finally:
        other.stop()


def test_a_next_address_on_another_host_is_not_asked(bench: Bench):
    document = {"data": {"items": DOSSIERS[:3]}, "next": "http://localhost:9/api?cursor=c3"}
    bench.service.set(faults=[{"at": 1, "do": "text", "text": json.dumps(document)}])
    with pytest.raises(BrokenFileError, match="another host"):
        bench.pull("link", pages={"next": "next"})


def test_waiting_grows_is_capped_and_honours_a_date(bench: Bench):
    date = {"do": "status", "status": 503, "headers": {"Retry_After": "Thu, 01 Oct 2026 01:00:30 GMT"}}
    long = {"do": "status", "status": 429, "headers": {"Retry_After": "86400"}}
    odd = {"do": "status", "status": 429, "headers": {"Retry_After": "soon"}}
    bench.service.set(
        records=DOSSIERS, faults=[{"at": 1} | date, {"at": 2} | long, {"at": 3} | odd, {"at": 4} | odd]
    )
    assert bench.pull(limits={"attempts": 5, "longest_wait": "1 minute"})[1] == ALL
    assert bench.waits == [30.0, 60.0, 4.0, 8.0]


def test_slow_answers_meet_their_limits(bench: Bench):
    bench.service.set(records=DOSSIERS, faults=[{"at": 1, "do": "hang", "seconds": 0.4}])
    assert bench.pull(limits={"read_timeout": "0.2 seconds"})[1] == ALL
    # The clock of the test says a hundredth of a second later each time it is asked.
    bench.service.set(records=DOSSIERS, faults=[{"at": None, "do": "slow", "seconds": 0.001}])
    with pytest.raises(SourceUnavailableError, match="no whole answer in time"):
        bench.pull(limits={"total_timeout": "0.05 seconds", "attempts": 2})


def test_requests_keep_their_distance(bench: Bench):
    bench.pull(limits={"requests_per_second": "0.5"})
    assert len(bench.waits) == 2
    assert all(1.9 < wait <= 2.0 for wait in bench.waits)


def test_a_page_that_only_repeats_another_is_asked_for_again_and_is_never_a_loop(bench: Bench):
    bench.service.set(records=DOSSIERS, faults=[{"at": 2, "do": "repeat"}])
    assert bench.pull()[1] == ALL
    bench.service.set(
        records=DOSSIERS, total=False, faults=[{"at": number, "do": "repeat"} for number in range(2, 9)]
    )
    with pytest.raises(BrokenFileError, match=r"page 2 of 127\.0\.0\.1 that repeats page 1"):
        bench.pull()


def test_an_endless_cursor_ends(bench: Bench):
    endless = [
        {
            "at": number,
            "do": "text",
            "text": json.dumps({"data": {"items": []}, "meta": {"next": f"x{number}"}}),
        }
        for number in range(1, 40)
    ]
    bench.service.set(faults=endless)
    with pytest.raises(BrokenFileError, match="more than 20 pages"):
        bench.pull("cursor", pages={"most": 20})
    circle = json.dumps({"data": {"items": []}, "meta": {"next": "x0"}})
    bench.service.set(faults=[{"at": None, "do": "text", "text": circle}])
    with pytest.raises(BrokenFileError, match="in a circle"):
        bench.pull("cursor", total=None)


class KilledError(BaseException):
    """Stands for a process that dies."""


@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "link", "keyset"])
def test_a_pull_goes_on_where_it_died_and_gives_the_same_delivery(bench: Bench, kind: str, tmp_path: Path):
    whole, _ = bench.pull(kind)
    unbroken = (bench.folder / "delivery.part").read_bytes()
    (tmp_path / "again").mkdir()
    again = Bench(tmp_path / "again", bench.service)
    bench.service.set(records=DOSSIERS, faults=[{"at": 3, "do": "drop"}])

    def die(_seconds: float) -> None:
        raise KilledError

    connector = again.connector(kind)
    with pytest.raises(KilledError):
        dataclasses.replace(connector, clock=dataclasses.replace(connector.clock, sleep=die)).pull(
            again.request()
        )
    [database] = (again.folder / "scratch").glob("*.sqlite")
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    bench.service.set(records=DOSSIERS)
    pulled, _ = again.pull(kind)
    assert (again.folder / "delivery.part").read_bytes() == unbroken
    assert pulled.cursor == whole.cursor
    assert pulled.notes == ("went on with an interrupted pull after 2 pages",)
    assert len(bench.service.log()) < whole.facts["requests"]


def test_a_cursor_that_the_service_forgot_meanwhile_starts_anew(bench: Bench):
    bench.service.set(records=DOSSIERS, faults=[{"at": number, "do": "drop"} for number in (3, 4, 5)])
    with pytest.raises(SourceUnavailableError):
        bench.pull("cursor")
    bench.service.set(records=DOSSIERS, faults=[{"at": 1, "do": "status", "status": 410}])
    pulled, codes = bench.pull("cursor")
    assert codes == ALL
    assert any("read anew" in note for note in pulled.notes)
