"""What a reduction of units is made of: the stock on the baseline day, the stock on the last day, what lies between.

Belongs here: reading it out of `organisation_stocks` and saying it in one line, for the page and the terminal. Does not
belong here: counting (dbt), laying out the page (`page.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.release.contents import literal
from orchestration.release.printing import EN, VI, day_text, number_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TABLE = "organisation_stocks"
_FLOWS = (
    "dissolved_or_merged",
    "created",
    "converted_out",
    "converted_in",
    "transferred_out",
    "transferred_in",
)
_LINE = {
    VI: "{net} = {at_baseline} ({baseline_on}) − {at_end} ({last_day}); giải thể, sáp nhập {dissolved_or_merged}, "
    "thành lập mới {created}, chuyển loại hình đi {converted_out} đến {converted_in}, "
    "chuyển cấp hoặc cơ quan quản lý đi {transferred_out} đến {transferred_in}",
    EN: "{net} = {at_baseline} ({baseline_on}) − {at_end} ({last_day}); dissolved or merged {dissolved_or_merged}, "
    "created {created}, converted out {converted_out} in {converted_in}, "
    "transferred out {transferred_out} in {transferred_in}",
}
_UNVERIFIED = {
    VI: "; ngày gốc chưa có số quyết định",
    EN: "; the baseline day has no decision number yet",
}


@dataclass(frozen=True)
class Cut:
    """Units of one kind from the baseline day to the last day of the period.

    Attributes:
        baseline_on: the baseline day, ISO.
        last_day: the last day of the period, ISO.
        is_verified: whether a decision number stands behind the baseline day.
        counts: `at_baseline`, `at_end` and the flows between them.
    """

    baseline_on: str
    last_day: str
    is_verified: bool
    counts: Mapping[str, int]

    @property
    def net(self) -> int:
        """Units fewer than on the baseline day."""
        return self.counts["at_baseline"] - self.counts["at_end"]

    def said(self, language: str) -> str:
        """`119 = 803 (31/12/2017) − 684 (14/09/2022); …`, gross beside net."""
        numbers = {name: number_text(count, 0, language) for name, count in self.counts.items()}
        line = _LINE[language].format(
            net=number_text(self.net, 0, language),
            baseline_on=day_text(self.baseline_on),
            last_day=day_text(self.last_day),
            **numbers,
        )
        return line + ("" if self.is_verified else _UNVERIFIED[language])


def read_cuts(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Cut]:
    """Cuts of the released period by the figure they explain; none where the release has no such mart."""
    path = folder / "marts" / f"{TABLE}.parquet"
    if not path.is_file():
        return {}
    import duckdb  # noqa: PLC0415

    names = ("at_baseline", *_FLOWS, "at_end")
    sums = ", ".join(f"sum({name})::bigint" for name in names)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select indicator_code, min(baseline_on)::varchar, bool_and(baseline_status = 'verified'), {sums} "
            f"from read_parquet({literal(str(path))}) where period_code = ? and indicator_code is not null "
            "group by indicator_code",
            [manifest["period"]["code"]],
        ).fetchall()
    last_day = str(manifest["period"]["end"])
    return {
        code: Cut(baseline_on, last_day, bool(verified), dict(zip(names, counts, strict=True)))
        for code, baseline_on, verified, *counts in rows
    }
