"""What a kind of fault is: what it plants, what must catch it, how it is delivered.

Belongs here: the shape that every fault shares. Does not belong here: the lists of faults (`defects.py`,
`signals.py`), the files that carry them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.simulate.defect_files import Fault
    from orchestration.simulate.landing import Landing


@dataclass(frozen=True)
class Kind:
    """A fault that can be planted.

    Attributes:
        plants_vi, plants_en: what is planted.
        rule_id: the audit's rule, the check of the ingest, the class in `data_quality` or the indicator that must show
            it.
        message_vi, message_en: what a person should be told.
        plant: delivers it, given the landing folder, the seed and the number of records.
        count: how many records carry it in a province-year of so many dossiers.
        caught_by: `rule` (an audit rule refuses), `ingest` (the file is not read, exit 4), `qc` (the release
            goes out, and `data_quality` counts the cases) or `figure` (the release goes out, and an indicator
            shows it).
    """

    plants_vi: str
    plants_en: str
    rule_id: str
    message_vi: str
    message_en: str
    plant: Callable[[Landing, int, int], Fault]
    count: Callable[[int], int] = lambda _: 1
    caught_by: str = "rule"
