"""Suspensions, handling times, steps, ageing and forecast agree to the last digit with a second way of measuring."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
import second_road_time as road
from counting_rules import (
    OPEN,
    Dossier,
    Span,
    Standing,
    is_withdrawn_record,
    kind_of,
    receipt,
    standing,
    state_at,
)
from harness import KNOWN_AT, build_warehouse, key_of
from history_rows import raw_rows
from province_rows import province
from province_rows_time import by_hand, told_anew
from second_road import Agencies, Row, normal
from second_road_dossiers import nearest_version

from orchestration.periods import Period, parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import duckdb

SEED, DOSSIERS, PERIOD = 20220914, 600, "2022"
MARTS = (
    "handling_times",
    "late_steps",
    "open_ageing",
    "due_forecast",
    "fct_dossiers",
    "fct_dossier_suspensions",
)
Rows = dict[tuple[Any, ...], tuple[Any, ...]]


class Province:
    """The made-up province, and how each of its dossiers stands in each period."""

    def __init__(self) -> None:
        self.rows, histories = province(SEED, DOSSIERS)
        own = {row["dossier_code"]: row for row in self.rows["dossiers"]}
        self.histories = told_anew(SEED, histories) + by_hand()
        self.rows |= raw_rows(self.histories)
        for row in self.rows["dossiers"]:
            told = own.get(row["dossier_code"], row)
            row |= {name: told[name] for name in ("agency_code", "procedure_code")}
        self.own = {row["dossier_code"]: row for row in self.rows["dossiers"]}
        self.agencies = Agencies(self.rows["agencies"])
        self.office = road.Office()
        self.periods: list[Period] = []

    def counted(self) -> Iterator[tuple[Period, Dossier, Standing]]:
        """Every member of every period."""
        for period in self.periods:
            span = Span(period.code, period.start_at, period.end_at, period.end)
            for dossier in self.histories:
                stands = standing(dossier, span, KNOWN_AT)
                if stands is not None and stands.is_member:
                    yield period, dossier, stands

    def agency(self, dossier: Dossier) -> str:
        code = normal(self.own[dossier.code]["agency_code"])
        return code if code in self.agencies.versions else "unknown"

    def procedure(self, dossier: Dossier) -> tuple[str, str]:
        """Code and sector at receipt."""
        code = self.own[dossier.code]["procedure_code"][:8]
        versions = [row for row in self.rows["procedures"] if row["procedure_code"][:8] == code]
        received = receipt(dossier, KNOWN_AT)
        assert received is not None
        if not versions:
            return "unknown", "unknown"
        version: Row = nearest_version(versions, received.day)
        return code, version["sector_code"] or "unknown"


@pytest.fixture(scope="module")
def made_up() -> Province:
    return Province()


@pytest.fixture(scope="module")
def warehouse(
    made_up: Province, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = build_warehouse(
        tmp_path_factory.mktemp("lake"),
        made_up.rows,
        period=PERIOD,
        select=tuple(f"+{mart}" for mart in MARTS),
    )
    codes = connection.execute("select period_code from intermediate.int_periods__in_scope").fetchall()
    made_up.periods = [parse_period(code) for (code,) in codes]
    yield connection
    connection.close()


def _found(warehouse: duckdb.DuckDBPyConnection, mart: str, keys: str, values: str) -> Rows:
    width = keys.count(",") + 1
    rows = warehouse.execute(f"select {keys}, {values} from marts.{mart}").fetchall()
    return {row[:width]: row[width:] for row in rows}


def _assert_same(expected: Rows, found: Rows) -> None:
    differences = {
        key: (expected.get(key), found.get(key))
        for key in expected.keys() | found.keys()
        if expected.get(key) != found.get(key)
    }
    shown = "\n".join(
        f"{key}: expected, found {pair}" for key, pair in sorted(differences.items(), key=str)[:20]
    )
    assert not differences, f"{len(differences)} of {len(expected)}\n{shown}"


def test_suspensions_agree(warehouse: duckdb.DuckDBPyConnection, made_up: Province) -> None:
    expected = {
        (key_of(dossier.code), number): episode
        for dossier in made_up.histories
        if not is_withdrawn_record(dossier, KNOWN_AT)
        for number, episode in enumerate(road.suspensions(made_up.office, dossier), 1)
    }
    found = _found(
        warehouse,
        "fct_dossier_suspensions",
        "dossier_key, episode_no",
        "started_at, ended_at, reason, is_open, working_hours, calendar_hours",
    )

    assert len(expected) > 100
    _assert_same(expected, found)


def test_the_handling_time_of_each_dossier_agrees(
    warehouse: duckdb.DuckDBPyConnection, made_up: Province
) -> None:
    expected: Rows = {}
    for dossier in made_up.histories:
        if is_withdrawn_record(dossier, KNOWN_AT):
            continue
        state = state_at(dossier, KNOWN_AT, KNOWN_AT)
        expected[(key_of(dossier.code),)] = (None, None)
        if state is not None and kind_of(state) != OPEN:
            seconds = road.handling(made_up.office, dossier, road.closed_at(dossier, KNOWN_AT))
            expected[(key_of(dossier.code),)] = tuple(part / 3600 for part in seconds)
    found = _found(
        warehouse, "fct_dossiers", "dossier_key", "handling_working_hours, handling_calendar_hours"
    )

    assert sum(hours != (None, None) for hours in expected.values()) > 150
    _assert_same(expected, found)


def test_medians_and_percentiles_agree_in_every_dimension(
    warehouse: duckdb.DuckDBPyConnection, made_up: Province
) -> None:
    seconds: defaultdict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for period, dossier, stands in made_up.counted():
        if stands.kind_at_end != "finished":
            continue
        steps = road.stays(made_up.office, dossier, road.closed_at(dossier, period.end_at))
        whole = (
            sum(stay.working for stay in steps.values()),
            sum(stay.calendar for stay in steps.values()),
        )
        procedure, sector = made_up.procedure(dossier)
        for dimension, code in (
            ("province", "*"),
            ("agency", made_up.agency(dossier)),
            ("procedure", procedure),
            ("sector", sector),
        ):
            seconds[period.code, dimension, code].append(whole)
        for step, stay in steps.items():
            seconds[period.code, "step", step].append((stay.working, stay.calendar))
    expected = {
        key: (
            len(members),
            *(
                road.quantile([member[which] for member in members], tenths)
                for which in (0, 1)
                for tenths in (5, 9)
            ),
        )
        for key, members in seconds.items()
    }
    found = _found(
        warehouse,
        "handling_times",
        "period_code, dimension, code",
        "dossiers, median_working_hours, p90_working_hours, median_calendar_hours, p90_calendar_hours",
    )

    assert {key[1] for key in expected} == {"province", "agency", "procedure", "sector", "step"}
    assert {"a", "b", "c", "unknown"} <= {key[2] for key in expected if key[1] == "step"}
    _assert_same(expected, found)


def test_the_steps_of_late_dossiers_agree(warehouse: duckdb.DuckDBPyConnection, made_up: Province) -> None:
    stays: defaultdict[tuple[str, str, str], list[tuple[int, int, bool]]] = defaultdict(list)
    for period, dossier, stands in made_up.counted():
        if not (stands.resolved_class == "late" or stands.is_in_progress_late):
            continue
        until = period.end_at if stands.kind_at_end == OPEN else road.closed_at(dossier, period.end_at)
        steps = road.stays(made_up.office, dossier, until)
        longest = min(steps, key=lambda step: (-steps[step].working, steps[step].entered_at))
        for step, stay in steps.items():
            key = (period.code, made_up.agency(dossier), step)
            stays[key].append((stay.working, stay.calendar, step == longest))
    whole: defaultdict[tuple[str, str], int] = defaultdict(int)
    for key, members in stays.items():
        whole[key[:2]] += sum(working for working, _, _ in members)
    expected = {}
    for key, members in stays.items():
        working, calendar, longest_in = (sum(member[which] for member in members) for which in (0, 1, 2))
        share = working / whole[key[:2]] if whole[key[:2]] else None
        expected[key] = (len(members), longest_in, working / 3600, calendar / 3600, share)
    found = _found(
        warehouse,
        "late_steps",
        "period_code, agency_code, step",
        "dossiers, longest_in, working_hours, calendar_hours, working_share",
    )

    assert len(expected) > 50
    _assert_same(expected, found)


def _open_ones(made_up: Province) -> Iterator[tuple[tuple[str, str, str], date, date | None, bool]]:
    """Each open dossier of each period: period, agency and sector; the last day; the day due; whether suspended."""
    for period, dossier, stands in made_up.counted():
        if stands.kind_at_end == OPEN:
            key = (period.code, made_up.agency(dossier), made_up.procedure(dossier)[1])
            yield key, period.end, stands.due_at.date() if stands.due_at else None, stands.is_suspended


def test_ageing_agrees(warehouse: duckdb.DuckDBPyConnection, made_up: Province) -> None:
    counts: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    for key, last_day, due, is_suspended in _open_ones(made_up):
        bucket = road.bucket_of(made_up.office, due, last_day, is_suspended=is_suspended)
        counts[*key, bucket] += 1
    found = _found(warehouse, "open_ageing", "period_code, agency_code, sector_code, bucket_code", "dossiers")

    assert {key[3] for key in counts} == {
        row["bucket_code"] for row in road.seed("due_buckets") if row["bucket_set"] == "ageing"
    }
    _assert_same({key: (count,) for key, count in counts.items()}, found)


def test_what_falls_due_agrees(warehouse: duckdb.DuckDBPyConnection, made_up: Province) -> None:
    counts: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for key, last_day, due, is_suspended in _open_ones(made_up):
        for horizon in (5, 10):
            if due and due > last_day and made_up.office.working_days(last_day, due) <= horizon:
                counts[*key, horizon][is_suspended] += 1
    found = _found(
        warehouse,
        "due_forecast",
        "period_code, agency_code, sector_code, horizon_working_days",
        "falls_due, suspended_falls_due",
    )

    _assert_same({key: tuple(count) for key, count in counts.items()}, found)


def test_every_finished_dossier_has_steps_that_add_up_to_its_handling_time(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    wrong = warehouse.execute(
        """
        with steps as (
            select dossier_sk, looked_at, sum(working_seconds) as working, sum(calendar_seconds) as calendar
            from intermediate.int_dossiers__steps
            group by all
        )
        select * from intermediate.int_dossiers__handling as handling
        left join steps on handling.dossier_sk = steps.dossier_sk and handling.closed_from = steps.looked_at
        where
            handling.kind = 'finished'
            and (
                handling.working_seconds <> coalesce(steps.working, 0)
                or handling.calendar_seconds <> coalesce(steps.calendar, 0)
                or steps.dossier_sk is null
            )
        """
    ).fetchall()

    assert wrong == []
