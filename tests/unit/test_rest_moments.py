"""Moments of change as web services write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orchestration.extracts.connectors.rest.moments import Moments
from orchestration.extracts.connectors.rest.requests import _retry_after

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENT = datetime(2026, 10, 1, 8, 30, 15)


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("iso", "2026-10-01T01:30:15.000+0000", "2026-10-01T08:30:15.000+07:00"),
        ("iso", "2026-10-01 08:30:15", "2026-10-01T08:30:15.000+07:00"),
        ("iso", "2026-10-01T01:30:15Z", "2026-10-01T08:30:15.000+07:00"),
        ("yyyyMMddHHmmss", "20261001083015", "20261001083015"),
        ("dd/MM/yyyy HH:mm:ss.SSS", "01/10/2026 08:30:15.000", "01/10/2026 08:30:15.000"),
        ("epoch_seconds", 1790818215, "1790818215"),
        ("epoch_milliseconds", "1790818215000", "1790818215000"),
    ],
)
def test_a_moment_is_read_as_local_time_and_asked_for_as_the_service_writes_it(
    form: str, value: Any, written: str
):
    moments = Moments(form, ZONE)
    assert moments.read(value) == MOMENT
    assert moments.written(MOMENT) == written


@pytest.mark.parametrize("value", [None, "", "hôm qua", 12, {}, "2026-13-01T00:00:00", float("inf"), 1e300])
def test_what_is_no_moment_is_none(value: Any):
    assert Moments("iso", ZONE).read(value) is None
    if value != 12:
        assert Moments("epoch_seconds", ZONE).read(value) is None


def test_a_service_asks_to_wait_in_seconds_or_until_a_date_by_its_own_clock():
    at = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
    assert _retry_after("120", at) == 120
    assert _retry_after("Thu, 01 Oct 2026 01:02:00 GMT", at) == 120
    assert _retry_after("Thu, 01 Oct 2026 00:00:00 GMT", at) == 0
    assert _retry_after("soon", at) is None
    assert _retry_after(None, at) is None
