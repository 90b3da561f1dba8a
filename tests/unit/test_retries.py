"""Which failures of a step are tried again."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.defs.retries import MAX_RETRIES, retried_on_io_errors
from orchestration.errors import BrokenExtractError, RefusedError


def test_a_share_that_was_away_is_tried_again() -> None:
    with pytest.raises(dg.RetryRequested) as asked, retried_on_io_errors():
        raise OSError(112, "Host is down")
    assert asked.value.max_retries == MAX_RETRIES
    assert asked.value.seconds_to_wait


@pytest.mark.parametrize(
    "error", [RefusedError("refused"), BrokenExtractError("broken"), ValueError("a fault")]
)
def test_what_would_be_the_same_again_is_not(error: Exception) -> None:
    with pytest.raises(type(error)), retried_on_io_errors():
        raise error
