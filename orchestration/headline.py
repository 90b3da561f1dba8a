"""Which feeds the headline figures require, from the catalogue of indicators."""

from __future__ import annotations

import csv
from functools import cache

from orchestration.settings import REPOSITORY

INDICATORS = REPOSITORY / "dbt_project" / "seeds" / "indicators.csv"


@cache
def required_feeds() -> frozenset[str]:
    """Feeds without which a headline figure cannot be assessed."""
    with INDICATORS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["is_headline"].lower() == "true"]
    return frozenset(feed.strip() for row in rows for feed in row["feeds"].split(";") if feed.strip())
