"""Property: for random histories each signal of gaming lists what docs/signals.md says, case by case."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import second_road_signals as road
import yaml
from counting_rules import Dossier, Event, Moment, Version
from harness import build_warehouse, key_of
from histories import random_dossiers
from history_rows import raw_rows
from second_road_signal_records import Aside, Record, all_ends, records_of
from second_road_signals import Case, ResultVersion

from orchestration.settings import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEED, DOSSIERS = 19790914, 1500
PROCEDURES: dict[str, list[ResultVersion]] = {
    "1.000001": [(date(2022, 4, 1), None, True)],
    "1.000002": [(date(2022, 4, 1), None, False)],
    "1.000003": [(date(2021, 12, 1), date(2022, 2, 1), True), (date(2022, 6, 1), None, False)],
}
"""Versions that begin late or leave a gap: many dossiers are received on days on which none is valid."""
BESIDE = (0, 0, 1, 60, 899, 900, 901, -1)
"""Seconds from an end to a due time, around the quarter of an hour."""
OFFICE = (0, 6 * 3600 + 1799, 6 * 3600 + 1800, 12 * 3600, 12 * 3600 + 1, 46800, 63000, 63001, 36000)
"""Seconds of a day, around the edges of office hours and their grace."""


def _crowded(random: Random, dossier: Dossier) -> Dossier:
    """The history with ends moved to the edges of office hours, and due times moved beside them."""
    versions = []
    for version in dossier.versions:
        finished = version.finished
        if finished and finished.has_time and random.random() < 0.5:
            midnight = finished.at.replace(hour=0, minute=0, second=0)
            finished = Moment(midnight + timedelta(seconds=random.choice(OFFICE)))
        due = version.due
        if finished and due and random.random() < 0.5:
            due = Moment(finished.at + timedelta(seconds=random.choice(BESIDE)))
        versions.append(replace(version, finished=finished, due=due))
    return replace(dossier, versions=tuple(versions))


def _just_in_time(random: Random, number: int) -> Dossier:
    """A dossier that ended on one of three days, just before or after its due time.

    Most have no log; by that of the others they were finished, recalled and finished again on that day.
    """
    ended = datetime(
        2022, 5, random.choice((9, 10, 15)), 16, random.choice((0, 1, 44)), random.choice((0, 1))
    )
    version = Version(
        status=9,
        updated_at=ended,
        received=Moment(datetime(2022, 5, 4, 8)),
        finished=Moment(ended, has_time=random.random() < 0.9),
        due=Moment(ended + timedelta(seconds=random.choice(BESIDE)), has_time=random.random() < 0.9),
        delivery=1,
        line=10_000 + number,
    )
    log = ((9, ended.replace(hour=10)), (4, ended.replace(hour=11)), (9, ended)) if number % 3 == 0 else ()
    events = (
        Event(at, status, place, None, line=1_000_000 + 3 * number + place)
        for place, (status, at) in enumerate(log)
    )
    return Dossier(f"H28-last-minute-{number:03d}", (version,), tuple(events))


def _aside(random: Random, dossier: Dossier) -> Aside:
    placeholder = random.choice((None, False, False, True))
    return Aside(
        agency=random.choice(("H28.1", "H28.2", "H28.3")),
        procedure=random.choice(tuple(PROCEDURES)),
        channel=random.choice(("1", "2", "2")),
        filed_by=random.choice((None, "self", "self", "officer", "agent")),
        applicant=None if placeholder is not False else f"person {random.randint(1, 25)}",
        phone=random.choice((None, *(f"phone {number}" for number in range(90)))),
        placeholder=placeholder,
        electronic=random.choice((None, False, False, True)),
        due_before=tuple(
            Moment(supplement.requested_at + timedelta(seconds=random.choice((-1, 0, 1, 86400))))
            if random.random() < 0.6
            else None
            for supplement in dossier.supplements
        ),
    )


def _rows(dossiers: list[Dossier], asides: dict[str, Aside]) -> dict[str, list[dict[str, Any]]]:
    rows = raw_rows(dossiers)
    for row in rows["dossiers"]:
        aside = asides[row["dossier_code"]]
        row |= {
            "agency_code": aside.agency,
            "procedure_code": aside.procedure,
            "channel": aside.channel,
            "filed_by": aside.filed_by,
            "applicant_id_key": aside.applicant,
            "applicant_phone_key": aside.phone,
            "has_placeholder_identity": aside.placeholder,
            "has_electronic_result": aside.electronic,
        }
    before = [moment for dossier in dossiers for moment in asides[dossier.code].due_before]
    for row, moment in zip(rows["dossier_supplements"], before, strict=True):
        row["due_before"] = moment.at if moment else None
    rows["procedures"] = [
        {"procedure_code": code, "name": code, "level": "commune", "online_level": "4", "has_result": has_result,
         "valid_from": first.isoformat(), "valid_to": end and end.isoformat()}
        for code, versions in PROCEDURES.items()
        for first, end, has_result in versions
    ]  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def dossiers() -> list[Dossier]:
    random = Random(SEED)
    crowded = [_crowded(random, dossier) for dossier in random_dossiers(SEED, DOSSIERS)]
    return crowded + [_just_in_time(random, number) for number in range(120)]


@pytest.fixture(scope="module")
def asides(dossiers: list[Dossier]) -> dict[str, Aside]:
    random = Random(SEED + 1)
    return {dossier.code: _aside(random, dossier) for dossier in dossiers}


@pytest.fixture(scope="module")
def warehouse(
    dossiers: list[Dossier], asides: dict[str, Aside], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = build_warehouse(
        tmp_path_factory.mktemp("lake"), _rows(dossiers, asides), period="2022", select=("+path:models/qc",)
    )
    connection.execute("set timezone = 'UTC'")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def records(dossiers: list[Dossier], asides: dict[str, Aside]) -> list[Record]:
    return records_of(dossiers, asides)


EVIDENCE = {
    "due_rewritten_at_expiry": ("rewritten_in", "due_before", "due_after"),
    "supplement_on_last_day": ("requested_at",),
    "suspension_without_supplement": ("suspended_from",),
    "end_bunched_at_due": ("ended_at",),
    "closed_in_same_second": ("ended_at", "closed_together"),
    "finished_before_received": (),
    "ended_outside_office_hours": ("ended_at",),
    "online_typed_by_officer": (),
    "closed_without_result": (),
    "withdrawn_and_refiled": ("withdrawn_at", "refiled_at"),
    "forbidden_transition": ("from_status", "to_status", "event_at"),
    "moments_out_of_order": ("field", "earlier_field", "field_at", "earlier_field_at"),
}
"""Signals and the columns that are compared beside the dossier."""


def _expected(signal: str, records: list[Record]) -> Iterable[Case]:
    said = getattr(road, signal)
    if signal in {"end_bunched_at_due", "closed_in_same_second"}:
        return said(all_ends(records))
    if signal == "ended_outside_office_hours":
        worked = road.working_days()
        return [case for end in all_ends(records) for case in said(end, worked)]
    if signal in {"online_typed_by_officer", "withdrawn_and_refiled"}:
        return said(records)
    more = {"supplement_on_last_day": (road.working_days(),), "closed_without_result": (PROCEDURES,)}
    return [case for record in records for case in said(record, *more.get(signal, ()))]


@pytest.mark.parametrize("signal", EVIDENCE)
def test_a_signal_lists_what_its_page_says_case_by_case(
    warehouse: duckdb.DuckDBPyConnection, records: list[Record], signal: str
) -> None:
    codes = {key_of(record.code): record.code for record in records}
    columns = ", ".join(("dossier_key", *EVIDENCE[signal]))
    found = Counter(
        (codes[row[0]], *row[1:])
        for row in warehouse.execute(f"select {columns} from qc.qc_{signal}").fetchall()
    )
    expected = Counter(_expected(signal, records))
    assert sum(expected.values()) >= 10, "the histories hardly show the signal"
    assert {"missing": expected - found, "too many": found - expected} == {"missing": {}, "too many": {}}


@pytest.mark.parametrize("signal", EVIDENCE)
def test_no_case_is_listed_twice(warehouse: duckdb.DuckDBPyConnection, signal: str) -> None:
    path = REPOSITORY / "dbt_project/models/qc" / f"qc_{signal}.yml"
    [model] = yaml.safe_load(path.read_text("utf-8"))["models"]
    key = ", ".join(model["config"]["meta"]["primary_key"])
    repeated = f"select {key} from qc.qc_{signal} group by {key} having count(*) > 1"
    assert warehouse.execute(repeated).fetchall() == []


def test_every_signal_has_a_second_road(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select table_name from information_schema.tables where table_schema = 'qc'")
    assert {name for (name,) in rows.fetchall()} == {f"qc_{name}" for name in (*EVIDENCE, "signal_counts")}
