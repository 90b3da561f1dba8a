"""The account of the moves between two releases: by cause, written while it is found, read for telling.

Belongs here: the relations of schema `told` (`before`, `after`, `moves`, `dossiers`), the sums, what is left over. Does
not belong here: which causes there are (`causes.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.release.contents import literal
from orchestration.release.counterfactual import CELL, FIGURES
from orchestration.release.documents import number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    import duckdb

    from orchestration.release.released import Release

    Document = Mapping[str, Any]

UNEXPLAINED = "unexplained"
Key = tuple[str, str]
Member = tuple[str, str]
PROVINCE: Member = ("*", "*")
SAMPLE = 5


@dataclass(frozen=True)
class DossiersBehind:
    """Dossiers that one cause moved in one figure: how many, by agency, and a few keys."""

    dossiers: int
    agencies: dict[str, tuple[int, int | float, int | float]]
    sample_keys: tuple[str, ...]


@dataclass(frozen=True)
class ToldMoves:
    """The moves of the released period, and of the others in numbers.

    Attributes:
        provinces: the province's rows of all figures before and after, by indicator and variant.
        moves: by figure, member and cause what moved: numerator, denominator.
        dossiers: by figure and cause the dossiers behind.
        other_periods: period, rows that moved, rows that no cause explains.
        unexplained: rows of any period that the causes do not sum to.
        order: the causes as they were asked for.
    """

    provinces: tuple[dict[Key, dict[str, Any]], dict[Key, dict[str, Any]]]
    moves: dict[Key, dict[Member, dict[str, tuple[Decimal, Decimal]]]]
    dossiers: dict[tuple[Key, str], DossiersBehind]
    other_periods: list[tuple[str, int, int]]
    unexplained: int
    order: list[str]

    def in_order(self, causes: Collection[str]) -> list[str]:
        """Some causes in the order in which they were asked for."""
        return sorted(
            causes, key=lambda cause: (self.order.index(cause) if cause in self.order else -1, cause)
        )


def told_moves(connection: duckdb.DuckDBPyConnection, period_code: str) -> ToldMoves:
    """Read the relations `told.*`.

    Args:
        connection: where `explain` filled them.
        period_code: the released period.
    """
    moves: dict[Key, dict[Member, dict[str, tuple[Decimal, Decimal]]]] = {}
    order: list[str] = []
    rows = connection.execute(
        "select cause, indicator_code, variant, agency_level, agency_code, numerator, denominator "
        "from told.moves where period_code = ? order by rowid",
        [period_code],
    ).fetchall()
    for cause, code, variant, level, agency, numerator, denominator in rows:
        moves.setdefault((code, variant), {}).setdefault((level, agency), {})[cause] = (
            numerator,
            denominator,
        )
        if cause not in order:
            order.append(cause)
    others = connection.execute(
        f"""
        select
            period_code,
            count(distinct (indicator_code, variant, agency_level, agency_code)),
            count(*) filter (where cause = '{UNEXPLAINED}')
        from told.moves where period_code <> ? group by period_code order by period_code
        """,
        [period_code],
    ).fetchall()
    unexplained = connection.execute(
        f"select count(*) from told.moves where cause = '{UNEXPLAINED}'"
    ).fetchone()
    return ToldMoves(
        provinces=(
            _provinces(connection, "before", period_code),
            _provinces(connection, "after", period_code),
        ),
        moves=moves,
        dossiers=_dossiers(connection),
        other_periods=[(row[0], row[1], row[2]) for row in others],
        unexplained=unexplained[0] if unexplained else 0,
        order=order,
    )


def _provinces(
    connection: duckdb.DuckDBPyConnection, side: str, period_code: str
) -> dict[Key, dict[str, Any]]:
    rows = connection.execute(
        "select indicator_code, variant, value, numerator, denominator, operator, target, status "
        f"from told.{side} where period_code = ? and agency_level = '*' and agency_code = '*'",
        [period_code],
    ).fetchall()
    return {
        (code, variant): {
            "value": number(value),
            "numerator": number(numerator),
            "denominator": number(denominator),
            "operator": operator,
            "target": number(target),
            "status": status,
        }
        for code, variant, value, numerator, denominator, operator, target, status in rows
    }


def _dossiers(connection: duckdb.DuckDBPyConnection) -> dict[tuple[Key, str], DossiersBehind]:
    rows = connection.execute(
        f"""
        with agencies as (
            select
                indicator_code, variant, cause, agency_code,
                count(distinct dossier_key) as dossiers, sum(numerator) as numerator, sum(denominator) as denominator
            from told.dossiers group by all
        ),

        figures as (
            select
                indicator_code, variant, cause, count(distinct dossier_key) as dossiers,
                list(distinct dossier_key order by dossier_key)[:{SAMPLE}] as sample_keys
            from told.dossiers group by all
        )

        select
            indicator_code, variant, cause, any_value(figures.dossiers), any_value(sample_keys),
            list((agency_code, agencies.dossiers, numerator, denominator) order by agencies.dossiers desc, agency_code)
        from figures join agencies using (indicator_code, variant, cause)
        group by all
        """
    ).fetchall()
    return {
        ((code, variant), cause): DossiersBehind(
            count,
            {
                agency: (part, number(numerator) or 0, number(denominator) or 0)
                for agency, part, numerator, denominator in by
            },
            tuple(keys),
        )
        for code, variant, cause, count, keys, by in rows
    }


def open_told(
    connection: duckdb.DuckDBPyConnection,
    releases: tuple[Release, Release],
    manifests: tuple[Document, Document],
) -> None:
    """Open the account: schema `told` with the figures of both releases and no move yet."""
    connection.execute("create schema told")
    for name, release, manifest in zip(("before", "after"), releases, manifests, strict=True):
        read_values(connection, name, release, manifest, manifests[1])
    _read_first_received(connection, releases)
    columns = ", ".join(f"{name} varchar" for name in CELL)
    connection.execute(
        f"create table told.moves (cause varchar, {columns}, numerator decimal(38, 8), denominator decimal(38, 8))"
    )
    connection.execute(
        "create table told.dossiers (cause varchar, indicator_code varchar, variant varchar, agency_level varchar, "
        "agency_code varchar, dossier_key varchar, numerator decimal(38, 8), denominator decimal(38, 8))"
    )


def read_values(
    connection: duckdb.DuckDBPyConnection, name: str, release: Release, manifest: Document, shown: Document
) -> None:
    """The figures of a release; those of another period than the shown one stand as if they were of it."""
    path = release.folder / "marts" / f"{FIGURES}.parquet"
    own, code = manifest["period"]["code"], shown["period"]["code"]
    columns = f"* replace ({literal(code)} as period_code)" if own != code else "*"
    condition = f"period_code = {literal(own)}" if own != code else "true"
    connection.execute(
        f"create or replace table told.{name} as "
        f"select {columns} from read_parquet({literal(str(path))}) where {condition}"
    )


def add_move(connection: duckdb.DuckDBPyConnection, cause: str, before: str, after: str) -> None:
    """Add what one cause moved: what stands in `after` and not in `before`; a row that is not there counts as 0."""
    cell = ", ".join(CELL)
    connection.execute(
        f"""
        insert into told.moves
        select {literal(cause)}, {cell}, sum(numerator), sum(denominator)
        from (
            select {cell}, coalesce(numerator, 0) as numerator, coalesce(denominator, 0) as denominator from {after}
            union all
            select {cell}, -coalesce(numerator, 0), -coalesce(denominator, 0) from {before}
        )
        group by all
        having sum(numerator) <> 0 or sum(denominator) <> 0
        """
    )


_REMAINDER = f"""
    select {", ".join(CELL)}, sum(numerator) as numerator, sum(denominator) as denominator
    from (
        select {", ".join(CELL)}, coalesce(numerator, 0) as numerator, coalesce(denominator, 0) as denominator
        from told.after
        union all
        select {", ".join(CELL)}, -coalesce(numerator, 0), -coalesce(denominator, 0) from told.before
        union all
        select {", ".join(CELL)}, -numerator, -denominator from told.moves
    )
    group by all
    having sum(numerator) <> 0 or sum(denominator) <> 0
"""


def has_remainder(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the moves told so far do not sum to what moved."""
    return connection.execute(f"select 1 from ({_REMAINDER}) limit 1").fetchone() is not None


def close(connection: duckdb.DuckDBPyConnection) -> None:
    """What no cause explains stands as its own cause: nothing is lost, and nothing is hidden in another one."""
    connection.execute(f"insert into told.moves select '{UNEXPLAINED}', * from ({_REMAINDER})")


def turn_round(connection: duckdb.DuckDBPyConnection) -> None:
    """Tell the account from the later release to the earlier one: the same causes, the opposite numbers."""
    for table in ("moves", "dossiers"):
        connection.execute(f"update told.{table} set numerator = -numerator, denominator = -denominator")
    for name, other in (("before", "former"), ("after", "before"), ("former", "after")):
        connection.execute(f"alter table told.{name} rename to {other}")


def _read_first_received(connection: duckdb.DuckDBPyConnection, releases: tuple[Release, Release]) -> None:
    """The dossier that each release received first, by key; none where it holds no dossiers."""
    connection.execute("create table told.first_received (dossier_key varchar)")
    for release in releases:
        path = release.folder / "marts" / "fct_dossiers.parquet"
        if path.is_file():
            connection.execute(
                "insert into told.first_received select min_by(dossier_key, received_at) "
                f"from read_parquet({literal(str(path))}) where received_at is not null having count(*) > 0"
            )
