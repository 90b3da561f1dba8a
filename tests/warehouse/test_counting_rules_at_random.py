"""Property: for random histories the warehouse counts as the rules say, period by period, and its identities hold.

One build per calendar holds thousands of histories; every dossier is compared in every period of the year (months,
quarters, halves, nine months, the year) and of the years before it that the lake covers.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from counting_rules import (
    Dossier,
    Span,
    Standing,
    current,
    is_withdrawn_record,
    receipt,
    standing,
    state_at,
)
from harness import KNOWN_AT, build_warehouse
from histories import random_dossiers
from history_rows import raw_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED, DOSSIERS = 20220914, 2500


@pytest.fixture(scope="module")
def dossiers() -> list[Dossier]:
    return random_dossiers(SEED, DOSSIERS)


@pytest.fixture(scope="module", params=["2022", "2022@plain"])
def warehouse(
    request: pytest.FixtureRequest, dossiers: list[Dossier], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = build_warehouse(tmp_path_factory.mktemp("lake"), raw_rows(dossiers), period=request.param)
    yield connection
    connection.close()


def _spans(warehouse: duckdb.DuckDBPyConnection) -> list[Span]:
    rows = warehouse.execute(
        "select period_code, start_at, end_at, last_day from intermediate.int_periods__in_scope order by 2, 3"
    ).fetchall()
    return [Span(*row) for row in rows]


def _standings(warehouse: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Standing]:
    names = list(Standing.__dataclass_fields__)
    names.remove("finish_mismatch")
    rows = warehouse.execute(
        f"""
        select at_end.period_code, dossiers.dossier_code, {", ".join(f"at_end.{name}" for name in names)}
        from intermediate.int_dossiers__at_period_ends as at_end
        inner join intermediate.int_dossiers__current as dossiers using (dossier_sk)
        """
    ).fetchall()
    found = {(row[0], row[1]): Standing(**dict(zip(names, row[2:], strict=True))) for row in rows}
    assert len(found) == len(rows), "a dossier stands twice in a period"
    return found


def _differences(expected: Standing | None, found: Standing | None) -> dict[str, Any]:
    if expected is None or found is None:
        return {"expected": expected, "found": found}
    wanted, given = asdict(expected), asdict(found)
    if not expected.is_member:  # only the due cohort asks about it, and membership flags say nothing
        wanted.pop("is_received")
        wanted.pop("is_carried_over")
    return {
        name: (value, given[name])
        for name, value in wanted.items()
        if name != "finish_mismatch" and value != given[name]
    }


def test_every_dossier_counts_in_every_period_as_the_rules_say(
    warehouse: duckdb.DuckDBPyConnection, dossiers: list[Dossier]
) -> None:
    spans, found = _spans(warehouse), _standings(warehouse)
    by_code = {dossier.code: dossier for dossier in dossiers}
    assert {span.code for span in spans} >= {code for code, _ in found}
    assert len(spans) >= 20, "all partitions of the year are built"
    expected = {
        (span.code, dossier.code): counted
        for dossier in dossiers
        for span in spans
        if (counted := standing(dossier, span, KNOWN_AT)) is not None
    }
    assert len(expected) > 5 * DOSSIERS, "the histories reach most periods"
    for key in sorted(expected.keys() | found.keys()):
        differences = _differences(expected.get(key), found.get(key))
        assert not differences, f"{key}: {differences}\n{by_code[key[1]]}"


def test_states_are_those_of_the_rules_at_any_second(
    warehouse: duckdb.DuckDBPyConnection, dossiers: list[Dossier]
) -> None:
    rows = warehouse.execute(
        """
        select dossiers.dossier_code, states.state, states.valid_from, states.valid_to
        from marts.fct_dossier_states as states
        inner join intermediate.int_dossiers__current as dossiers using (dossier_key)
        order by 1, 3
        """
    ).fetchall()
    intervals: dict[str, list[tuple[str, datetime, datetime | None]]] = {}
    for code, *interval in rows:
        intervals.setdefault(code, []).append(tuple(interval))
    for dossier in dossiers:
        if is_withdrawn_record(dossier, KNOWN_AT):
            assert dossier.code not in intervals
            continue
        moments = {event.at for event in dossier.events} | {
            version.updated_at for version in dossier.versions
        }
        for moment in sorted(moments | {KNOWN_AT}):
            for at in (moment, moment.replace(microsecond=1)):
                holding = [
                    state
                    for state, valid_from, valid_to in intervals.get(dossier.code, [])
                    if valid_from < at and (valid_to is None or at <= valid_to)
                ]
                state = state_at(dossier, at, KNOWN_AT)
                assert holding == ([] if state is None else [str(state)]), f"{at}\n{dossier}"


def test_one_row_per_dossier_with_its_receipt(
    warehouse: duckdb.DuckDBPyConnection, dossiers: list[Dossier]
) -> None:
    rows = warehouse.execute(
        """
        select dossiers.dossier_code, facts.received_at, facts.is_received, facts.last_status, facts.state
        from marts.fct_dossiers as facts
        inner join intermediate.int_dossiers__current as dossiers using (dossier_key)
        """
    ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    assert len(found) == len(rows)
    expected = {}
    for dossier in dossiers:
        if not is_withdrawn_record(dossier, KNOWN_AT):
            received, state = receipt(dossier, KNOWN_AT), state_at(dossier, KNOWN_AT, KNOWN_AT)
            expected[dossier.code] = (
                received.at if received else None,
                received is not None,
                str(current(dossier).status),
                None if state is None else str(state),
            )
    assert found == expected


def test_form_06a_is_the_count_of_the_standings(
    warehouse: duckdb.DuckDBPyConnection, dossiers: list[Dossier]
) -> None:
    columns = (
        "received_online", "received_direct", "carried_over", "reopened", "received_total", "resolved_early",
        "resolved_on_time", "resolved_late", "resolved_returned", "resolved_total", "in_progress_on_time",
        "in_progress_late", "in_progress_suspended", "in_progress_total",
    )  # fmt: skip
    rows = warehouse.execute(
        f"select period_code, {', '.join(f'sum({name})::bigint' for name in columns)} from marts.form_06a group by 1"
    ).fetchall()
    found = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}
    for span in _spans(warehouse):
        expected = dict.fromkeys(columns, 0)
        for dossier in dossiers:
            counted = standing(dossier, span, KNOWN_AT)
            if counted is None or not counted.is_member:
                continue
            online = current(dossier).channel == "2"
            for name, holds in {
                "received_online": counted.is_received and online,
                "received_direct": counted.is_received and not online,
                "carried_over": counted.is_carried_over,
                "reopened": counted.is_reopened,
                "received_total": True,
                "resolved_early": counted.resolved_class == "early",
                "resolved_on_time": counted.resolved_class == "on_time",
                "resolved_late": counted.resolved_class == "late",
                "resolved_returned": counted.kind_at_end in {"withdrawn", "refused"},
                "resolved_total": counted.kind_at_end != "open",
                "in_progress_on_time": counted.kind_at_end == "open" and not counted.is_in_progress_late,
                "in_progress_late": counted.is_in_progress_late,
                "in_progress_suspended": counted.kind_at_end == "open" and counted.is_suspended,
                "in_progress_total": counted.kind_at_end == "open",
            }.items():
                expected[name] += holds
        assert found.get(span.code, dict.fromkeys(columns, 0)) == expected, span.code


def test_months_add_up_to_every_longer_period(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """
        select form.period_code, periods.kind, periods.start_at, periods.end_at,
            sum(received_online + received_direct), sum(resolved_total) - sum(reopened)
        from intermediate.int_periods__in_scope as periods
        inner join marts.form_06a as form using (period_code)
        where periods.year = 2022
        group by all
        """
    ).fetchall()
    months = [row for row in rows if row[1] == "month"]
    longer = [row for row in rows if row[1] != "month"]
    assert len(months) == 12
    assert len(longer) == 8
    for code, _, start, end, received, resolved in longer:
        parts = [month for month in months if start <= month[2] and month[3] <= end]
        assert sum(part[4] for part in parts) == received, code
        assert sum(part[5] for part in parts) == resolved, code


def test_the_stock_carried_over_is_what_the_period_before_left(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """
        select periods.kind, periods.start_at, periods.end_at, sum(carried_over), sum(reopened), sum(in_progress_total)
        from intermediate.int_periods__in_scope as periods
        inner join marts.form_06a as form using (period_code)
        group by all
        """
    ).fetchall()
    stock_at: dict[datetime, int] = {end: in_progress for _, _, end, _, _, in_progress in rows}
    followed = [row for row in rows if row[1] in stock_at]
    assert len(followed) > 15
    for kind, start, _, carried_over, reopened, _ in followed:
        assert carried_over == stock_at[start] + reopened, (kind, start)


def test_the_last_day_of_a_period_is_the_day_before_its_end(warehouse: duckdb.DuckDBPyConnection) -> None:
    for span in _spans(warehouse):
        assert (span.end.date() - span.last_day).days == 1
        assert isinstance(span.last_day, date)
