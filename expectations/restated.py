"""Figures that moved since they were last released for the same period, each with what explains the move.

Belongs here: the relation `moved_figures`, from the evidence. Does not belong here: the rule that refuses what nothing
explains (`suites/previous.py`), finding the former release (`previous.py`).

A move is explained, in this order,
- by a *restatement*: the way of computing changed (build fingerprint or settings), and an entry in force names it;
- by *records* of the figure's feeds, or of their family, recorded since: where the way of computing is the same, they
  are all that can move a figure, and dossiers are compared one by one; where it changed too, the numerator or
  denominator moved, and neither by more than the records that deliveries of what is new brought, so that a handful of
  late records cannot carry a changed rule past the gate. Complete snapshots, full pulls and files read again say most
  of what is known once more: they bring no number. That a delivery has no record explains nothing, unless it is a
  snapshot or a file read again, which withdraw by what they lack;
- by its *limit* (`limits.yml`), exactly the limit included.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable

RESTATEMENT, RECORDS, LIMIT = "restatement", "records", "limit"
ALL_OTHERS = "*"
"""Stands for the indicator in the limit of all figures that have none of their own."""

_EXACT = "cast(cast({0} as decimal(28, 8)) * 100000000 as hugeint)"
"""A number of at most eight decimals as a whole number: limits are compared without floating point."""

_WITHIN = f"""
    case
        when found is null or expected is null then false
        when unit = 'ratio'
            then
                abs(
                    {_EXACT.format("numerator")} * {_EXACT.format("expected_denominator")}
                    - {_EXACT.format("expected_numerator")} * {_EXACT.format("denominator")}
                ) * 100000000
                <= {_EXACT.format("max_share")} * {_EXACT.format("denominator")}
                * {_EXACT.format("expected_denominator")}
        else
            abs({_EXACT.format("found")} - {_EXACT.format("expected")}) * 100000000
            <= {_EXACT.format("max_share")} * abs({_EXACT.format("expected")})
    end
"""

_MOVED = f"""
    create table moved_figures as
    with since as (
        select
            families.family,
            sum(arrivals.accepted) as records,
            sum(arrivals.new_at_most) as new_at_most
        from arrivals
        join feed_families as families using (feed)
        group by families.family
    ),

    computing as (
        select
            previous.build_fingerprint is distinct from run.build_fingerprint
            or previous.settings is distinct from run.settings as changed
        from previous_release as previous
        cross join run
    ),

    moved as (
        select
            figures.indicator_code,
            figures.variant,
            figures.label_vi,
            figures.label_en,
            figures.unit,
            figures.value as found,
            previous.value as expected,
            cast(figures.numerator as double) as numerator,
            cast(figures.denominator as double) as denominator,
            previous.numerator as expected_numerator,
            previous.denominator as expected_denominator
        from headline_figures as figures
        join previous_figures as previous using (indicator_code, variant)
        where
            figures.value is distinct from previous.value
            or cast(figures.numerator as double) is distinct from previous.numerator
            or cast(figures.denominator as double) is distinct from previous.denominator
    ),

    arrived as (
        select
            moved.indicator_code,
            moved.variant,
            sum(since.records) as records,
            sum(since.new_at_most) as new_at_most
        from moved
        join (
            select distinct
                required.indicator_code,
                families.family
            from indicator_feeds as required
            join feed_families as families using (feed)
        ) as required using (indicator_code)
        join since using (family)
        where since.family <> 'dossiers' or not exists (select 1 from unexplained_dossiers)
        group by moved.indicator_code, moved.variant
    ),

    judged as (
        select
            moved.*,
            arrived.records,
            arrived.new_at_most,
            coalesce(own.max_share, every.max_share) as max_share,
            computing.changed,
            restatements.reason,
            restatements.person
        from moved
        cross join computing
        cross join run
        left join arrived using (indicator_code, variant)
        left join restatements
            on moved.indicator_code = restatements.indicator_code and run.period_code = restatements.period_code
        left join figure_limits as own on moved.indicator_code = own.indicator_code
        left join figure_limits as every on every.indicator_code = '{ALL_OTHERS}'
    )

    select
        * exclude (reason, person, changed, new_at_most),
        case
            when changed and reason is not null then '{RESTATEMENT}'
            when
                records is not null
                and (
                    not changed
                    or (
                        (
                            numerator is distinct from expected_numerator
                            or denominator is distinct from expected_denominator
                        )
                        and abs(coalesce(numerator, 0) - coalesce(expected_numerator, 0)) <= new_at_most
                        and abs(coalesce(denominator, 0) - coalesce(expected_denominator, 0)) <= new_at_most
                    )
                )
                then '{RECORDS}'
            when {_WITHIN} then '{LIMIT}'
        end as explained_by,
        case when changed then reason end as reason,
        case when changed then person end as person
    from judged
    order by indicator_code, variant
"""


def lay_moved_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `moved_figures`; a damaged candidate has none, and the rule that asks for it fails as it cannot run."""
    with contextlib.suppress(duckdb.Error):
        connection.execute(_MOVED)


def moves_document(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The moves as the audit prints them, those that nothing explains included."""
    names = (
        "indicator_code", "variant", "unit", "expected", "found", "expected_numerator", "numerator",
        "expected_denominator", "denominator", "explained_by", "records", "reason", "person", "label_vi", "label_en",
    )  # fmt: skip
    said = {"expected": "before", "found": "after", "expected_numerator": "numerator_before"}
    said |= {"expected_denominator": "denominator_before"}
    try:
        rows = connection.execute(
            f"select {', '.join(names)}, (select release_id from previous_release) from moved_figures"
        ).fetchall()
    except duckdb.Error:
        return []
    return [
        {said.get(name, name): _plain(value) for name, value in zip((*names, "since"), row, strict=True)}
        for row in rows
    ]


def _plain(value: Any) -> Any:
    """Counts as JSON writes them: whole numbers without decimals."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return int(value) if value == int(value) else float(value)


def figure_limit_rows(limits: dict[str, float], general: float | None) -> Iterable[dict[str, Any]]:
    """Rows of the relation `figure_limits`."""
    named = limits if general is None else {ALL_OTHERS: general} | limits
    return [{"indicator_code": code, "max_share": share} for code, share in named.items()]
