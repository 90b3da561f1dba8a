"""Periods: the spans the law gives, codes that are refused, and partitions without gap or overlap."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.errors import UsageError
from orchestration.periods import (
    CALENDARS,
    SEED_YEARS,
    last_period_before,
    parse_period,
    periods_of_year,
)
from orchestration.settings import PERIOD_KINDS

STATE_SPANS = {
    "2022-01": ("2021-12-15", "2022-01-14"),
    "2022-02": ("2022-01-15", "2022-02-14"),
    "2022-03": ("2022-02-15", "2022-03-14"),
    "2022-12": ("2022-11-15", "2022-12-14"),
    "2022-Q1": ("2021-12-15", "2022-03-14"),
    "2022-Q2": ("2022-03-15", "2022-06-14"),
    "2022-Q3": ("2022-06-15", "2022-09-14"),
    "2022-Q4": ("2022-09-15", "2022-12-14"),
    "2022-H1": ("2021-12-15", "2022-06-14"),
    "2022-H2": ("2022-06-15", "2022-12-14"),
    "2022-9M": ("2021-12-15", "2022-09-14"),
    "2022": ("2021-12-15", "2022-12-14"),
}
PLAIN_SPANS = {
    "2022-01@plain": ("2022-01-01", "2022-01-31"),
    "2022-12@plain": ("2022-12-01", "2022-12-31"),
    "2024-02@plain": ("2024-02-01", "2024-02-29"),
    "2022-Q4@plain": ("2022-10-01", "2022-12-31"),
    "2022-H1@plain": ("2022-01-01", "2022-06-30"),
    "2022-9M@plain": ("2022-01-01", "2022-09-30"),
    "2011@plain": ("2011-01-01", "2011-12-31"),
}
years = st.integers(*SEED_YEARS)
calendars = st.sampled_from(CALENDARS)
kinds = st.sampled_from(PERIOD_KINDS)


@pytest.mark.parametrize(("code", "span"), [*STATE_SPANS.items(), *PLAIN_SPANS.items()])
def test_a_code_has_the_span_that_the_reporting_rules_give_it(code, span):
    period = parse_period(code)

    assert (period.start.isoformat(), period.end.isoformat()) == span
    assert period.code == code


def test_a_period_holds_its_last_day_to_the_last_moment_and_not_the_next_midnight():
    period = parse_period("2022-9M")

    assert period.start_at == datetime(2021, 12, 15)
    assert period.end_at == datetime(2022, 9, 15)
    assert period.start_at <= datetime(2022, 9, 14, 23, 59, 59, 999999) < period.end_at


@pytest.mark.parametrize(
    "code",
    [
        "2022-13", "2022-00", "2022-1", "22-01", "2022-Q5", "2022-H3", "2022-6M", "2022-9m", "2022@state",
        "1899", "2101", "", "2022-9M ", "2022-9M\n", "2022-9M@plain@plain", "２０２２",
    ],
)  # fmt: skip
def test_any_other_code_is_refused_with_the_list_of_forms(code):
    with pytest.raises(UsageError, match="is no period") as refusal:
        parse_period(code)

    assert "2022-9M" in (refusal.value.hint or "")


def test_a_plain_code_contradicts_the_state_calendar():
    with pytest.raises(UsageError, match="plain calendar"):
        parse_period("2022-9M@plain", "state")


def test_an_unknown_calendar_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(UsageError) as refusal:
        parse_period("2022", "lunar")

    assert refusal.value.hint == "Known calendars: state, plain."


def test_the_option_and_the_suffix_mean_the_same_plain_period():
    assert parse_period("2011", "plain") == parse_period("2011@plain") == parse_period("2011@plain", "plain")


@given(years, calendars)
def test_a_year_has_twenty_periods_and_each_is_found_again_by_its_code(year, calendar):
    periods = periods_of_year(year, calendar)

    assert len({period.code for period in periods}) == 20
    assert [parse_period(period.code) for period in periods] == periods


@given(years, calendars)
def test_months_quarters_and_halves_each_partition_the_year(year, calendar):
    periods = periods_of_year(year, calendar)
    whole = next(period for period in periods if period.kind == "year")
    for kind in ("month", "quarter", "half"):
        parts = sorted((period for period in periods if period.kind == kind), key=lambda period: period.start)
        assert parts[0].start == whole.start
        assert parts[-1].end == whole.end
        assert all(left.end_at == right.start_at for left, right in pairwise(parts))


@given(years, calendars)
def test_nine_months_are_the_first_three_quarters(year, calendar):
    by_part = {period.code.removesuffix("@plain")[5:]: period for period in periods_of_year(year, calendar)}

    assert by_part["9M"].start == by_part["Q1"].start
    assert by_part["9M"].end == by_part["Q3"].end


@pytest.mark.parametrize("code", ["2009-12", "2036-Q1@plain"])
def test_a_year_that_the_warehouse_does_not_know_is_refused(code):
    with pytest.raises(UsageError) as refusal:
        parse_period(code)

    assert "2010 to 2035" in (refusal.value.hint or "")


@given(st.integers(SEED_YEARS[0], SEED_YEARS[1] - 1), calendars)
def test_one_year_ends_where_the_next_begins(year, calendar):
    this, following = (parse_period(str(number), calendar) for number in (year, year + 1))

    assert this.end_at == following.start_at


@given(
    st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["month", "quarter", "half", "nine_months", "year"]),
)
def test_the_last_period_before_a_day_is_over_and_the_next_of_its_kind_is_not(day, kind):
    period = last_period_before(day, kind)
    later = [
        other
        for year in (day.year - 1, day.year, day.year + 1)
        for other in periods_of_year(year)
        if other.kind == kind and other.start > period.start
    ]

    assert period.kind == kind
    assert period.end < day
    assert all(other.end >= day for other in later)


def test_a_period_that_ends_on_the_day_itself_is_not_over():
    assert last_period_before(date(2022, 9, 14), "month").code == "2022-08"
    assert last_period_before(date(2022, 9, 14) + timedelta(days=1), "month").code == "2022-09"
