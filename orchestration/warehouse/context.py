"""What a build is for: the released period and the moment up to which arrivals are seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestration.periods import Period


@dataclass(frozen=True)
class BuildScope:
    """The scope of one build.

    Attributes:
        period: the period to release.
        known_at: local time; only what was recorded by then is seen.
        provisional: the period is not over by `known_at`; it is judged at `known_at`.
    """

    period: Period
    known_at: datetime
    provisional: bool = False

    @property
    def effective_end(self) -> datetime:
        """The moment E of the counting rules: the end of the period, or known-at where it is provisional."""
        return min(self.period.end_at, self.known_at) if self.provisional else self.period.end_at
