"""The half-year that is simulated: 15/06/2025 to 14/12/2025, of which the first 16 days lie before the reform.

Belongs here: its dates and extracts. Does not belong here: anything that happens on them.
"""

from __future__ import annotations

from datetime import date

from orchestration.periods import parse_period
from orchestration.simulate.calendar import Span

HALF_YEAR = Span(
    period=parse_period("2025-H2"),
    extract_dates=(*(date(2025, month, 15) for month in range(7, 13)), date(2025, 12, 31)),
    slow_extract_dates=(date(2025, 7, 15), date(2025, 10, 15), date(2025, 12, 15), date(2025, 12, 31)),
    first_day=date(2024, 11, 1),
    last_day=date(2026, 7, 31),
)
