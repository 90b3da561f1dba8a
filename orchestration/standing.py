"""Where a lake stands before a scheduled run: whether a run would release anything that is not released.

Belongs here: reasons not to start a run that would end as it began. Does not belong here: the run's own
decisions (`planning.py`), which hold whatever is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.extracts.ledger import read_ledger
from orchestration.extracts.news import has_news
from orchestration.periods import parse_period
from orchestration.planning import RunOptions, plan_run
from orchestration.release.released import all_releases, find_release

if TYPE_CHECKING:
    from orchestration.lake import Lake
    from orchestration.settings import Settings


def why_not_now(lake: Lake, settings: Settings, period: str | None) -> str | None:
    """Why a scheduled run is not worth starting, or None where it is.

    Args:
        lake: the lake.
        settings: the settings.
        period: a period that closed, released once; None for the last one that is over, released again whenever
            something new has arrived.
    """
    if period is not None and any(
        release.period_code == period and not release.document["period"]["provisional"]
        for release in all_releases(lake)
    ):
        return f"{period} is released; where late records matter: cchc run --period {period}"
    if has_news(lake):
        return None
    ledger = read_ledger(lake)
    if not ledger:
        return "Nothing has arrived yet, and nothing waits in landing/."
    if period is None:
        return _released_as_it_is(lake, settings)
    chosen = parse_period(period)
    if max(entry.recorded_at for entry in ledger) < chosen.end_at:
        return f"Nothing has arrived since {period} closed on {chosen.end:%d/%m/%Y}."
    return None


def _released_as_it_is(lake: Lake, settings: Settings) -> str | None:
    """Why the last period that is over needs no run; a plan that is refused is the run's to tell."""
    try:
        release_id = plan_run(lake, settings, RunOptions()).facts.release_id
    except UsageError:
        return None
    return f"Nothing new has arrived since {release_id}." if find_release(lake, release_id) else None
