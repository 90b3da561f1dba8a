"""The expected due time in SQL agrees with the slow way, case by case, where calendars are at their worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import duckdb
import pytest
import slow_deadlines
from harness import prepare_raw
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from slow_deadlines import Case, expected_due, opening_hours

from orchestration.warehouse import dbt_build

SLOWLY = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[
        Phase.generate
    ],  # making a list of dozens of cases smaller takes minutes; the first case is printed
    suppress_health_check=list(HealthCheck),
)
MODEL = "int_dossiers__expected_due"
KNOWN_AT = datetime(2028, 3, 1)
CALENDARS = ("standard", "saturday_morning")
CASES_AT_ONCE, BATCHES = 60, 50
INPUTS = {
    "intermediate.int_dossiers__received": """
        dossier_sk bigint, calendar_code varchar, received_at timestamp, received_has_time boolean,
        processing_days decimal(18, 4), processing_unit varchar
    """,
    "intermediate.int_dossiers__states": """
        dossier_sk bigint, state smallint, kind varchar, valid_from timestamp, valid_to timestamp, run_from timestamp
    """,
    "intermediate.int_dossiers__events": "dossier_sk bigint, event_at timestamp, status smallint",
    "intermediate.int_dossiers__supplements": "dossier_sk bigint, requested_at timestamp, answered_at timestamp",
    "staging.stg_run_context": "known_at timestamp",
}
"""What the model reads beside the calendar, with the columns that it reads."""

TET = tuple(
    date(year, month, day) for year, month, day in ((2022, 1, 31), (2023, 1, 20), (2024, 2, 8), (2025, 1, 27))
)
SWAPPED = (date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22))
YEAR_ENDS = tuple(date(year, 12, 31) for year in range(2021, 2027))
OTHERS = (date(2022, 4, 30), date(2023, 4, 29), date(2023, 9, 1), date(2026, 1, 2), date(2026, 1, 10))
EDGES = (
    "00:00:00", "06:59:59", "07:00:00", "07:00:01", "11:29:59", "11:30:00", "11:30:01", "13:29:59", "13:30:00",
    "16:59:59", "17:00:00", "17:00:01", "23:59:59",
)  # fmt: skip

Told = tuple[str, datetime, datetime | None]
"""A pause as the warehouse is told of it: `state` or `supplement`, from when, until when or not yet."""

Log = tuple[tuple[datetime, int], ...]
"""Events of a dossier: when, and which state; none of a dossier whose source delivers no log."""

days = st.builds(
    lambda day, offset: day + timedelta(days=offset),
    st.sampled_from(TET + SWAPPED + YEAR_ENDS + OTHERS),
    st.integers(-12, 6),
)
seconds = st.sampled_from([time.fromisoformat(edge) for edge in EDGES]) | st.times().map(
    lambda clock: clock.replace(microsecond=0)
)
allowances = st.one_of(
    st.tuples(st.just("working_day"), st.integers(0, 25).map(Fraction)),
    st.tuples(st.sampled_from(["working_day", "day"]), st.sampled_from([Fraction(1, 2), Fraction(5, 4)])),
    st.tuples(st.just("day"), st.integers(0, 30).map(Fraction)),
    st.tuples(st.just("hour"), st.sampled_from([0, 1, 2, 4, 8, 12, 16, 24, 40]).map(Fraction)),
    st.tuples(st.just("hour"), st.sampled_from([Fraction(9, 2), Fraction(7, 2)])),
)


@st.composite
def dossiers(draw: st.DrawFn) -> tuple[Case, tuple[Told, ...], Log, datetime | None]:
    """A case, its pauses and its log as the warehouse is told of them, and when it was closed, if it was."""
    received = datetime.combine(draw(days), draw(seconds))
    unit, allowed = draw(allowances)
    told = []
    for _ in range(draw(st.integers(0, 3))):
        day = received.date() + timedelta(days=draw(st.integers(-1, 20) | st.just(int(allowed))))
        start = datetime.combine(day, draw(seconds | st.just(received.time())))
        length = draw(
            st.sampled_from([None, timedelta(seconds=1), timedelta(hours=2)])
            | st.timedeltas(timedelta(seconds=1), timedelta(days=15)).map(
                lambda span: timedelta(seconds=int(span.total_seconds()) or 1)
            )
        )
        kind = draw(st.sampled_from(["state", "supplement"]))
        told.append((kind, start, None if length is None else start + length))
    closed = received + timedelta(days=draw(st.integers(1, 90))) if draw(st.booleans()) else None
    moments = [received, *(moment for _, start, end in told for moment in (start, end) if moment)]
    near = st.builds(
        lambda moment, shift: moment + shift,
        st.sampled_from(moments),
        st.sampled_from([timedelta(), timedelta(seconds=1), timedelta(hours=3), timedelta(days=2)]),
    )
    log = tuple(draw(st.lists(st.tuples(near, st.sampled_from([2, 4, 5, 6, 8])), max_size=4)))
    if log and closed is not None:
        log += ((closed, 9),)
    pauses = tuple(span for pause in told if (span := _held(pause, log, closed))[0] < span[1])
    calendar = draw(st.sampled_from(CALENDARS))
    return Case(calendar, received, allowed, unit, pauses), tuple(told), log, closed


def _held(pause: Told, log: Log, closed: datetime | None) -> tuple[datetime, datetime]:
    """From when to when a pause holds the clock.

    An open supplement holds it until the log says that work goes on, else until the dossier is closed.
    """
    kind, start, end = pause
    if kind == "state":
        return start, end or KNOWN_AT
    last = KNOWN_AT if closed is None else closed
    went_on = [moment for moment, status in log if moment > start and status not in (5, 6, 8)]
    return start, min(end or min(went_on, default=last), last)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A warehouse whose dossiers are to be filled in, and the SQL of the model."""
    lake = prepare_raw(tmp_path_factory.mktemp("lake"), {}, period="2022-9M")
    without_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    results = dbt_build._invoke("build", lake, (*without_tests, "--select", f"+{MODEL}"), None)
    compiled = {result.node.name: getattr(result.node, "compiled_code", None) for result in results}
    with duckdb.connect(str(lake.build_database)) as connection, pytest.MonkeyPatch.context() as patch:
        _verify_every_decision(connection, compiled, patch)
        for table, columns in INPUTS.items():
            kind = "view" if table.startswith("staging.") else "table"
            connection.execute(f"drop {kind} {table}")
            connection.execute(f"create table {table} ({columns})")
        connection.execute("insert into staging.stg_run_context values (?)", [KNOWN_AT])
        yield connection, compiled[MODEL]
    slow_deadlines.opening_hours.cache_clear()


def _verify_every_decision(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], patch: pytest.MonkeyPatch
) -> None:
    """Let the hours of Saturday mornings speak, so that a second calendar is tried: in the warehouse and beside it."""
    rows = slow_deadlines._rows("office_hours")
    patch.setattr(slow_deadlines, "office_rows", lambda: rows)
    slow_deadlines.opening_hours.cache_clear()
    connection.execute("update reference.office_hours set verified = true")
    for model in ("int_calendar__days", "int_calendar__hours"):
        connection.execute(f"create or replace table intermediate.{model} as {compiled[model]}")


def _states_of(number: int, told: Sequence[Told], closed: datetime | None) -> list[list[object]]:
    """Rows of states: each suspension, and the last state, which a suspension may be."""
    rows: list[list[object]] = []
    is_last_told = closed is not None
    for kind, start, end in told:
        if kind == "state":
            is_last = end is None and not is_last_told
            rows.append([number, 5, "open", start, None if is_last else end or KNOWN_AT, start])
            is_last_told |= is_last
    if closed is not None:
        rows.append([number, 9, "finished", closed, None, closed])
    elif not is_last_told:
        rows.append([number, 4, "open", KNOWN_AT, None, KNOWN_AT])
    return rows


def _computed(
    model: tuple[duckdb.DuckDBPyConnection, str],
    drawn: Sequence[tuple[Case, Sequence[Told], Log, datetime | None]],
) -> dict[int, datetime]:
    """What the SQL says of each case, by its number."""
    connection, sql = model
    rows: dict[str, list[list[object]]] = {table: [] for table in INPUTS}
    for number, (case, told, log, closed) in enumerate(drawn):
        rows["intermediate.int_dossiers__received"].append(
            [
                number,
                case.calendar,
                case.received_at,
                True,
                float(case.allowed),
                case.unit,
            ]
        )
        rows["intermediate.int_dossiers__states"] += _states_of(number, told, closed)
        rows["intermediate.int_dossiers__events"] += [[number, moment, status] for moment, status in log]
        rows["intermediate.int_dossiers__supplements"] += [
            [number, start, end] for kind, start, end in told if kind == "supplement"
        ]
    for table, values in rows.items():
        if not table.startswith("staging."):
            connection.execute(f"delete from {table}")
        if values:
            row = "(" + ", ".join("?" * len(values[0])) + ")"
            flat = [value for each in values for value in each]
            connection.execute(f"insert into {table} values {', '.join([row] * len(values))}", flat)
    return dict(connection.execute(f"select dossier_sk, expected_due_at from ({sql})").fetchall())


@settings(SLOWLY, max_examples=BATCHES)
@given(st.lists(dossiers(), min_size=CASES_AT_ONCE // 2, max_size=CASES_AT_ONCE))
def test_the_sql_agrees_with_the_slow_way_and_lies_in_office_hours(model, drawn):
    computed = _computed(model, drawn)

    wrong = [
        (case, told, log, closed, computed.get(number), due)
        for number, (case, told, log, closed) in enumerate(drawn)
        if computed.get(number) != (due := expected_due(case))
    ]
    assert not wrong, f"{len(wrong)} of {len(drawn)}; the first: {wrong[0]}"
    for number, due in computed.items():
        hours = opening_hours(drawn[number][0].calendar, due.date())
        assert any(opens <= due <= closes for opens, closes in hours), (
            f"outside office hours: {drawn[number]}"
        )
