"""Importing slow libraries beside other work: dbt and Great Expectations take seconds each."""

from __future__ import annotations

import threading
from functools import cache


def _import_all() -> None:
    from expectations.validate import warm_up as warm_up_expectations  # noqa: PLC0415
    from orchestration.warehouse.dbt_build import warm_up as warm_up_dbt  # noqa: PLC0415

    warm_up_dbt()
    warm_up_expectations()


@cache
def start_warm_up() -> threading.Thread:
    """Start the imports once per process, in a thread that never keeps the process alive."""
    thread = threading.Thread(target=_import_all, name="warm-up", daemon=True)
    thread.start()
    return thread
