"""Web services pulled over real HTTP: every kind of paging, and data that changes while it is paged."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import pytest

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.connectors.interface import SourceUnavailableError
from tests.orchestration.rest_bench import ALL, DOSSIERS, TOKEN, Bench, delivered, dossier, records_delivered


@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "link", "keyset"])
@pytest.mark.parametrize("total", [True, False])
def test_every_kind_of_paging_gives_every_record_once(bench: Bench, kind: str, total: bool):
    bench.service.set(records=DOSSIERS, total=total)
    pulled, codes = bench.pull(kind)
    assert codes == ALL
    assert pulled.counted == (25 if total else None)
    assert pulled.cursor == {"field": "cap_nhat", "since": "2026-10-01T07:25:00"}
    assert pulled.notes == ()
    assert bench.waits == []
    assert {one["headers"].get("Authorization") for one in bench.service.log()} == {f"Bearer {TOKEN}"}


def test_a_list_without_pages_and_one_that_is_the_whole_answer(bench: Bench):
    assert bench.pull("none", pages={"size": None, "size_parameter": None})[1] == ALL
    bench.service.set(faults=[{"at": 1, "do": "text", "text": json.dumps(DOSSIERS), "type": "text/plain"}])
    assert bench.pull("none", records=None, total=None)[1] == ALL


def test_a_service_that_gives_less_than_asked_for_is_read_to_its_end(bench: Bench):
    bench.service.set(records=DOSSIERS, cap=7, total=False)
    assert bench.pull("page")[1] == bench.pull("offset")[1] == ALL


@pytest.mark.parametrize("kind", ["page", "offset", "cursor"])
@pytest.mark.parametrize("total", [True, False])
def test_a_service_that_filters_what_it_had_cut_into_pages_is_read_to_its_end(
    bench: Bench, kind: str, total: bool
):
    hidden = ["H28-002", "H28-011", "H28-012"]
    bench.service.set(records=DOSSIERS, hidden=hidden, total=total)
    pulled, codes = bench.pull(kind)
    assert codes == [code for code in ALL if code not in hidden]
    assert pulled.counted is None
    assert bool(pulled.notes) == (total or kind == "offset"), (
        "a total of more, or records met twice, are told"
    )


@pytest.mark.parametrize("behind", [{"do": "status", "status": 404}, {"do": "repeat"}], ids=["404", "repeat"])
def test_a_service_without_a_total_that_knows_no_page_behind_the_last_ends_there_if_that_was_short(
    bench: Bench, behind: dict[str, Any]
):
    bench.service.set(records=DOSSIERS, total=False, faults=[{"at": at} | behind for at in (4, 5, 6)])
    pulled, codes = bench.pull()
    assert (codes, pulled.notes) == (ALL, ())
    bench.commit(pulled)
    bench.cursor = None
    bench.service.set(records=DOSSIERS[:20], total=False, faults=[{"at": at} | behind for at in (3, 4, 5)])
    with pytest.raises((SourceUnavailableError, BrokenFileError)):
        bench.pull()


def test_what_a_service_holds_counts_only_where_it_was_the_same_when_the_pull_began(bench: Bench):
    bench.service.set(records=[dossier(1, 9), *DOSSIERS[1:]])
    with pytest.raises(BrokenFileError, match="out of the order"):
        bench.pull("keyset")  # the next one goes on with it
    bench.service.set(records=[*DOSSIERS, dossier(26)])
    pulled, codes = bench.pull("keyset")
    assert (codes, pulled.facts["total"], pulled.counted) == ([*ALL, "H28-026"], 26, None)


@pytest.mark.parametrize("field", [None, "params"])
def test_a_service_that_takes_json_in_a_post(bench: Bench, field: str | None):
    body = '{"type": "ref", "service": "report_tinh_766_service", "p_6thang": 0}'
    pulled, codes = bench.pull(
        "page", method="POST", body=body, body_field=field, success={"path": "error_code", "is": ["00"]}
    )
    assert codes == ALL
    asked = bench.service.log()
    assert [one["values"]["page"] for one in asked] == [1, 2, 3]
    assert {(one["method"], one["values"]["service"], one["values"]["p_6thang"]) for one in asked} == {
        ("POST", "report_tinh_766_service", 0)
    }
    assert pulled.counted == 25
    with pytest.raises(SourceUnavailableError, match="says that it failed"):
        bench.pull("page", method="POST", body=body, success={"path": "error_code", "is": ["01"]})


def test_credentials_of_each_kind_come_from_the_environment(bench: Bench):
    bench.pull(auth={"kind": "basic", "user": "CCHC_U", "password": "CCHC_P", "token": None})
    assert bench.service.log()[0]["headers"]["Authorization"].startswith("Basic ")
    bench.service.set(records=DOSSIERS)
    bench.pull(auth={"kind": "header", "name": "X-Api-Key", "value": "CCHC_K", "token": None})
    assert bench.service.log()[0]["headers"] == {"X-Api-Key": TOKEN}


def test_the_next_pull_asks_from_the_overlap_on_and_delivers_only_what_is_new(bench: Bench):
    pulled, _ = bench.pull()
    bench.commit(pulled)
    changed = dossier(3, 50, "9")
    bench.service.set(
        records=[*DOSSIERS[:2], changed, *DOSSIERS[3:], dossier(26, 55)], now="2026-10-01T03:00:00+00:00"
    )
    pulled, codes = bench.pull()
    assert codes == ["H28-003", "H28-026"]
    assert bench.service.log()[0]["values"]["updated_since"] == "2026-10-01T07:15:00.000+07:00"
    assert (pulled.repeated, pulled.counted, pulled.nothing_new) == (11, None, False)
    bench.commit(pulled)
    pulled, codes = bench.pull()
    assert (codes, pulled.nothing_new) == ([], True)


def test_all_records_are_counted_beside_a_pull_of_changes_where_the_number_stands_still(bench: Bench):
    pulled, _ = bench.pull(count_all="true")
    bench.commit(pulled)
    now = "2026-10-01T03:00:00+00:00"
    bench.service.set(records=[*DOSSIERS, dossier(26, 55)], now=now)
    pulled, codes = bench.pull(count_all="true")
    assert (codes, pulled.counted, pulled.facts["total"]) == (["H28-026"], 26, 12)
    assert [one["values"].get("updated_since") is None for one in bench.service.log()] == [
        True,
        False,
        False,
        True,
    ]
    grows = {"at": 4, "put": [dossier(27, 130)]}
    bench.service.set(records=[*DOSSIERS, dossier(26, 56)], now=now, faults=[grows])
    assert bench.pull(count_all="true")[0].counted is None


def test_without_a_moment_of_change_everything_is_read_and_only_changes_are_delivered(bench: Bench):
    pulled, _ = bench.pull(updated_since=None)
    bench.commit(pulled)
    bench.service.set(records=[*DOSSIERS[:24], dossier(25, 0, "9")])
    pulled, codes = bench.pull(updated_since=None)
    assert (codes, pulled.repeated, pulled.counted) == (["H28-025"], 24, 25)


@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "link", "keyset"])
@pytest.mark.parametrize("order", ["ma", "cap_nhat"])
def test_data_that_changes_while_it_is_paged_is_told_and_in_the_end_nothing_is_lost(
    bench: Bench, kind: str, order: str
):
    # After the first page one of its records goes and another changes: the next page begins two records too late.
    moved = {
        "at": 2, "delete": ["H28-002"], "put": [dossier(4, 125, "9"), dossier(26, 126)],
        "now": "2026-10-01T02:10:00+00:00",
    }  # fmt: skip
    now = "2026-10-01T02:00:00+00:00"
    bench.service.set(records=DOSSIERS, faults=[moved], order=order, now=now, total=kind != "link")
    if kind == "keyset" and order == "ma":
        bench.service.set(records=DOSSIERS, faults=[moved], order="cap_nhat", now=now)
    pulled, codes = bench.pull(kind)
    assert bool({*ALL} - {*codes}) == (kind != "keyset")
    assert bool(pulled.notes) == (kind != "keyset")
    if kind != "keyset":
        assert "nothing is lost" in pulled.notes[0]
        assert pulled.cursor == {"field": "cap_nhat", "since": None}
        assert pulled.counted is None
    kept = delivered(bench)
    bench.commit(pulled)
    while not bench.pull(kind)[0].nothing_new:
        kept |= delivered(bench)
        bench.commit(bench.pull(kind)[0])
    held = dict.fromkeys(ALL, "4") | {"H28-004": "9", "H28-026": "4"}
    assert kept | {"H28-002": "4"} == held  # what is gone was delivered while it was there


def test_a_snapshot_is_read_until_it_stands_still(bench: Bench):
    bench.mode = "snapshot"
    bench.service.set(records=DOSSIERS, faults=[{"at": 2, "delete": ["H28-002"]}])
    pulled, codes = bench.pull()
    assert codes == [code for code in ALL if code != "H28-002"]
    assert (pulled.counted, pulled.nothing_new) == (24, False)
    bench.commit(pulled)
    pulled, _ = bench.pull()
    assert pulled.nothing_new
    restless = [{"at": number, "put": [dossier(100 + number)]} for number in range(2, 40, 2)]
    bench.service.set(records=DOSSIERS, faults=restless)
    with pytest.raises(BrokenFileError, match="never stood still"):
        bench.pull()
    bench.service.set(records=[])
    with pytest.raises(BrokenFileError, match="without a record"):
        bench.pull()


def test_keyset_wants_the_order_of_change_and_pages_longer_than_one_moment(bench: Bench):
    bench.service.set(records=[dossier(1, 9), *DOSSIERS[1:]])
    with pytest.raises(BrokenFileError, match="out of the order"):
        bench.pull("keyset")
    bench.service.set(records=[dossier(number, 5) for number in range(12)], order="cap_nhat")
    with pytest.raises(BrokenFileError, match="of one moment"):
        bench.pull("keyset")
    assert len(bench.pull("keyset", pages={"size": 12 + 1})[1]) == 12


def test_a_record_dated_in_future_does_not_move_the_cursor_past_the_services_clock(bench: Bench):
    future = dossier(99) | {"cap_nhat": "2099-01-01T00:00:00+07:00"}
    bench.service.set(records=[*DOSSIERS, future], now="2026-10-01T00:30:00+00:00")
    pulled, codes = bench.pull()
    assert codes == [*ALL, "H28-099"]
    assert pulled.cursor == {"field": "cap_nhat", "since": "2026-10-01T07:25:00"}
    assert pulled.notes == ()


def test_a_service_whose_clock_is_out_of_its_mind_is_dated_by_ours(bench: Bench):
    bench.service.set(records=DOSSIERS, now="2099-01-01T00:00:00+00:00")
    pulled, codes = bench.pull()
    assert codes == ALL
    assert pulled.snapshot_at == datetime(2026, 10, 1, 9, 0)
    assert pulled.notes == ("the service's clock says 01/01/2099: ours is used",)


def test_a_record_that_came_in_two_versions_is_delivered_in_its_latest(bench: Bench):
    bench.service.set(records=DOSSIERS, faults=[{"at": 2, "put": [dossier(1, 30, "9")]}], order="cap_nhat")
    bench.pull("offset")
    assert delivered(bench)["H28-001"] == "9"


def test_a_trial_reads_a_few_records_and_leaves_nothing(bench: Bench):
    pulled, codes = bench.pull(limit=13)
    assert (codes, pulled.cursor, pulled.notes) == (ALL[:13], None, ())
    assert len(bench.service.log()) == 2
    assert list((bench.folder / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"allow_http": None}, "url", "not encrypted"),
        ({"url": "https://u:p@h/x"}, "url", "carries a password"),
        ({"url": "ftp://h/x"}, "url", "no address"),
        ({"headers": {"Authorization": "Bearer x"}}, "headers.Authorization", "is a secret"),
        (
            {"auth": {"kind": "bearer", "token": "abc.def"}},
            "auth.token",
            "no name of an environment variable",
        ),
        ({"body": "{}"}, "body", "goes with method: POST"),
        ({"method": "POST", "body": "[1]"}, "body", "no JSON object"),
        ({"pages": {"kind": "cursor", "parameter": "c"}}, "pages", "`next` is missing"),
        ({"pages": {"parameter": None}}, "pages", "`parameter` is missing"),
        ({"pages": {"size_parameter": None}}, "pages", "go together"),
        ({"updated_since": {"format": "dd/MM"}}, "updated_since.format", "year, month and day"),
        ({"limits": {"requests_per_second": "fast"}}, "limits.requests_per_second", "no amount"),
        ({"count_all": "true", "total": None}, "count_all", "goes with total"),
        ({"colour": "red"}, "colour", "unknown"),
    ],
)
def test_a_wrong_document_names_its_key(bench: Bench, changes: dict[str, Any], key: str, says: str):
    with pytest.raises(Exception, match=says) as raised:
        bench.connector(**changes)
    assert f"connector.{key}" in str(raised.value)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_changes_between_and_while_pages_are_read_the_deliveries_add_up_to_what_is_held(
    bench: Bench, seed: int
):
    draw = random.Random(seed)
    kind = draw.choice(["page", "offset", "cursor", "link", "keyset"])
    order = "cap_nhat" if kind == "keyset" else draw.choice(["ma", "cap_nhat"])
    held = {record["ma"]: record for record in DOSSIERS}
    kept: dict[str, dict[str, Any]] = {}
    minute = 60  # of 07:00 local time

    def change(at: int) -> dict[str, Any]:
        """Some records change, come and go; the service's clock goes on."""
        nonlocal minute
        minute += draw.randint(1, 20)
        put = [
            dossier(draw.randint(1, 60), minute, str(draw.randint(1, 10))) for _ in range(draw.randint(0, 4))
        ]
        gone = draw.sample(sorted(held), draw.randint(0, 2))
        for code in gone:
            del held[code]
        held.update({record["ma"]: record for record in put})
        return {"at": at, "put": put, "delete": [*gone, *(r["ma"] for r in put)], "now": clock()}

    def clock() -> str:
        return f"2026-10-01T{minute // 60:02}:{minute % 60:02}:30+00:00"

    for calm in (False, False, False, False, True, True, True):
        records, now = list(held.values()), clock()
        faults = [] if calm else [change(at) for at in sorted(draw.sample(range(2, 8), 2))]
        bench.service.set(records=records, now=now, order=order, faults=faults, total=True)
        pulled, _ = bench.pull(kind)
        held = {
            record["ma"]: record for record in bench.service.held()
        }  # a short pull meets not every change
        for record in records_delivered(bench):
            known = kept.get(record["ma"])
            if known is None or record["cap_nhat"] >= known["cap_nhat"]:
                kept[record["ma"]] = record
        bench.commit(pulled)
        (bench.folder / "delivery.part").unlink(missing_ok=True)
    assert {code: kept.get(code) for code in held} == held
