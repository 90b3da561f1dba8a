"""Where a step may be tried again: a disk or a share that was away for a moment, and nothing else.

A refusal, a broken extract or a fault of the code is the same the second time, so a general retry policy would
only delay the message.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

MAX_RETRIES = 2
WAIT_SECONDS = 10


@contextmanager
def retried_on_io_errors() -> Iterator[None]:
    """Ask Dagster to try the step again where the operating system could not read or write."""
    try:
        yield
    except OSError as error:
        raise dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=WAIT_SECONDS) from error
