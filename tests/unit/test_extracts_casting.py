"""Casting of single cells: every written form of a value, and what is wrong with it."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.extracts import sql_text as sql
from orchestration.extracts.casting import cast, moment
from orchestration.extracts.contract import Column
from orchestration.extracts.profile import NumberFormat

VIETNAMESE = NumberFormat(".", ",")


def judged(
    column: Column, text: str | None, formats: tuple[str, ...] = ("iso",), number: NumberFormat | None = None
):
    """Value, and the first reason that holds."""
    made = cast(column, "t", formats, number or NumberFormat(), "Asia/Ho_Chi_Minh")
    whens = " ".join(
        f"when {condition.replace('{value}', 'v')} then '{reason}'" for condition, reason in made.problems
    )
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(
            f"select v, case {whens} end from (select t, {made.value} as v from (select ?::varchar as t))",
            [text],
        ).fetchone()


TS = Column("x", "ts")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2022-03-01 08:15:00", datetime(2022, 3, 1, 8, 15)),
        ("2022-03-01T08:15:00.25", datetime(2022, 3, 1, 8, 15, 0, 250000)),
        ("2022-03-01 08:15", datetime(2022, 3, 1, 8, 15)),
        ("2022-03-01", datetime(2022, 3, 1)),
        ("2022-03-01T01:15:00Z", datetime(2022, 3, 1, 8, 15)),
        ("2022-03-01T01:15Z", datetime(2022, 3, 1, 8, 15)),
        ("2022-03-01T02:15:00+01:00", datetime(2022, 3, 1, 8, 15)),
        ("2022-02-28 22:15:00-0300", datetime(2022, 3, 1, 8, 15)),
        ("2022-03-01 01:15:00.5+00", datetime(2022, 3, 1, 8, 15, 0, 500000)),
    ],
)
def test_iso_moments(text: str, value: datetime):
    assert judged(TS, text) == (value, None)


@pytest.mark.parametrize(
    "text",
    [
        "2022-02-30",
        "infinity",
        "-infinity",
        "epoch",
        "2022-03-01 (BC)",
        "2022-03-01 08:15:00 UTC",
        "01/03/2022",
        "8h",
    ],
)
def test_no_moments(text: str):
    assert judged(TS, text) == (None, "bad_type")


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31 00:00:00", "1899-12-31"])
def test_moments_that_mean_nothing(text: str):
    assert judged(TS, text)[1] == "bad_value"


def test_a_short_year_is_not_taken_for_a_year():
    assert judged(TS, "01/03/22", ("dd/MM/yyyy",))[1] == "bad_value"


def test_compact_times_have_all_their_digits():
    forms = ("yyyyMMddHHmmss", "yyyyMMdd")
    assert judged(TS, "20220301081500", forms) == (datetime(2022, 3, 1, 8, 15), None)
    assert judged(TS, "20220301", forms) == (datetime(2022, 3, 1), None)
    assert judged(TS, "2022031", forms) == (None, "bad_type")


def test_the_hour_that_comes_twice_keeps_its_order_in_winter_time():
    with duckdb.connect() as connection:
        text = moment("t", ("iso",), "Europe/Amsterdam")
        rows = connection.execute(
            f"select {text} from (values ('2011-10-30T02:30:00+02:00'), ('2011-10-30T02:30:00+01:00')) as x(t)"
        ).fetchall()
    assert rows == [(datetime(2011, 10, 30, 2, 30),)] * 2


@pytest.mark.parametrize(
    ("text", "number", "value"),
    [
        ("12", None, Decimal(12)),
        ("-12.5", None, Decimal("-12.5")),
        ("336.418", None, Decimal("336.418")),
        ("336.418", VIETNAMESE, Decimal(336418)),
        ("1.234.567,89", VIETNAMESE, Decimal("1234567.89")),
        ("99,7", VIETNAMESE, Decimal("99.7")),
        ("1234567", VIETNAMESE, Decimal(1234567)),
    ],
)
def test_numbers(text: str, number: NumberFormat | None, value: Decimal):
    assert judged(Column("x", "n"), text, number=number) == (value, None)


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("12,5", None, "bad_type"),
        ("1_000", None, "bad_type"),
        ("nan", None, "bad_type"),
        ("12.34", VIETNAMESE, "bad_type"),
        ("1.2345", VIETNAMESE, "bad_type"),
        ("123456789012345678", None, "bad_value"),
    ],
)
def test_no_numbers(text: str, number: NumberFormat | None, reason: str):
    assert judged(Column("x", "n"), text, number=number) == (None, reason)


@pytest.mark.parametrize(("text", "outcome"), [
    ("5", (5, None)), ("5.0", (5, None)), ("+7", (7, None)), ("5.5", (None, "bad_type")),
    ("99999999999999999999", (None, "bad_value")), ("x", (None, "bad_type")),
])  # fmt: skip
def test_whole_numbers(text: str, outcome: tuple[int | None, str | None]):
    assert judged(Column("x", "i"), text) == outcome


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), ("0", False), ("False", False)])
def test_booleans(text: str, value: bool):
    assert judged(Column("x", "b"), text) == (value, None)


def test_lists_reject_where_required_and_pass_over_where_not():
    required = Column("x", "t", required=True, values=("1", "2"))
    optional = Column("x", "t", values=("1", "2"))
    assert judged(required, "3") == (None, "bad_enum")
    assert judged(optional, "3") == (None, None)
    assert judged(Column("x", "i", required=True, values=(1, 2)), "3")[1] == "bad_enum"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from(list(sql.WHITE + "aăệ̂́ 1đÅ가")), max_size=8))
def test_cleaning_equals_trimming_and_normalising_everything(text: str):
    with duckdb.connect() as connection:
        [found] = connection.execute(
            f"select {sql.clean('t')} from (select ?::varchar as t)", [text]
        ).fetchone()
        [normal] = connection.execute(
            f"select {sql.normal('t')} from (select {sql.trimmed('t')} as t from (select ?::varchar as t))",
            [text],
        ).fetchone()
        [blank] = connection.execute(
            f"select {sql.blank('t', ',')} from (select ?::varchar as t)", [text]
        ).fetchone()
    assert found == (unicodedata.normalize("NFC", text.strip(sql.WHITE)) or None)
    assert normal == found
    assert blank == (text.strip(sql.WHITE + ",") == "")
