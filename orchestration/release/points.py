"""What the service index is out of: points of the components that could be assessed, beside the scale of the scheme.

Belongs here: reading it out of `indicator_values` and saying it in one line. Does not belong here: scoring (dbt),
laying out the page (`page.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.reasons import reason_in_words
from orchestration.release.contents import literal
from orchestration.release.printing import EN, VI, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

INDEX = "service_index_766"
_LABEL = {
    VI: "Chỉ số phục vụ người dân, doanh nghiệp (Quyết định 766):",
    EN: "Service index (Decision 766):",
}
_SCORED = {VI: "{points} trên {maximum} điểm đánh giá được", EN: "{points} of {maximum} assessable points"}
_NOTHING = {VI: "chưa có điểm đánh giá được", EN: "no assessable points yet"}
_SCALE = {VI: ", thang {scale}", EN: ", on a scale of {scale}"}


@dataclass(frozen=True)
class ServicePoints:
    """The service index of the province in the released period.

    Attributes:
        points: earned by the components that were assessed; None where none was.
        maximum: the maxima of those components.
        scale: the points of the whole scheme; None where the release does not say.
        reason: the code of why there are no points.
    """

    points: Decimal | None
    maximum: Decimal | None
    scale: Decimal | None
    reason: str | None

    def said(self, language: str) -> tuple[str, str]:
        """What it is called, and `23,9 trên 24 điểm đánh giá được, thang 100` or why there are no points."""
        scale = "" if self.scale is None else _SCALE[language].format(scale=_number(self.scale, language))
        if self.points is not None and self.maximum is not None:
            scored = {name: _number(getattr(self, name), language) for name in ("points", "maximum")}
            return _LABEL[language], _SCORED[language].format(**scored) + scale
        why = reason_in_words(self.reason, language)
        return _LABEL[language], _NOTHING[language] + scale + (f": {why}" if why else "")


def _number(points: Decimal, language: str) -> str:
    return value_text(points, None, None, "points", language)


def read_points(folder: Path, manifest: Mapping[str, Any]) -> ServicePoints | None:
    """The index of the released period; None where the release does not have it, or no scheme was in force."""
    figures, components = (folder / "marts" / f"{name}.parquet" for name in ("indicator_values", INDEX))
    if not figures.is_file():
        return None
    import duckdb  # noqa: PLC0415

    period = manifest["period"]["code"]
    with duckdb.connect() as connection:
        row = connection.execute(
            f"select numerator, denominator, reason from read_parquet({literal(str(figures))}) "
            "where period_code = ? and indicator_code = ? and variant = 'default' and agency_code = '*' "
            "and status <> 'not_applicable'",
            [period, INDEX],
        ).fetchone()
        if row is None:
            return None
        scale = (
            components.is_file()
            and connection.execute(
                f"select max(scheme_maximum) from read_parquet({literal(str(components))}) where period_code = ?",
                [period],
            ).fetchone()
        )
    points, maximum, reason = row
    return ServicePoints(points, maximum, scale[0] if scale else None, reason)
