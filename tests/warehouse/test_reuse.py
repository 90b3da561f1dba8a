"""Which models a period changes: found in the SQL again, so that a new reader of the period is a failing test."""

from __future__ import annotations

import re

from orchestration.settings import REPOSITORY
from orchestration.warehouse.reuse import READERS_OF_THE_PERIOD

OF_THE_PERIOD = re.compile(r"\b(?:context|run_context|released|run)\.(?:period_\w+|provisional)\b")


def test_only_the_listed_models_read_the_period_of_the_run() -> None:
    readers = set()
    for path in (REPOSITORY / "dbt_project").rglob("*.sql"):
        text = path.read_text("utf-8")
        if "run_context" in text and path.stem != "stg_run_context" and OF_THE_PERIOD.search(text):
            readers.add(path.stem)
    assert readers == set(READERS_OF_THE_PERIOD)
