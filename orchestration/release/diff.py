"""What moved between two releases, and why.

Belongs here: comparing figures, inputs and dossiers of two releases. Does not belong here: judging whether a
move is allowed (the audit did).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from orchestration.release.causes import components_changed, explain
from orchestration.release.contents import literal, quoted
from orchestration.release.documents import MANIFEST, compact, number, read_document
from orchestration.release.lineage import feeds_of, figure_sources
from orchestration.release.moves import (
    CauseOfMove,
    MovedDossiers,
    MovedFigure,
    MovedMember,
    MovedPeriod,
    ReleaseDiff,
)
from orchestration.release.pointers import resolve_release
from orchestration.release.told import PROVINCE, told_moves
from orchestration.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.lake import Lake
    from orchestration.release.released import Release
    from orchestration.release.told import ToldMoves
    from orchestration.settings import Settings

    Document = Mapping[str, Any]

SAMPLE = 5
DOSSIERS = "fct_dossiers"
LAST_RECORDED = "last_recorded_at"
_SEEN = ("first_recorded_at", LAST_RECORDED)
"""When a record arrived says nothing about the dossier: a record delivered twice has not changed."""
_JUDGED = ("value", "numerator", "denominator", "operator", "target", "status")
_IDENTITY = ("feed", "source", "file", "sha256", "recorded_at")


def diff(lake: Lake, before: str, after: str, settings: Settings | None = None) -> ReleaseDiff:
    """Compare two releases.

    Args:
        lake: the lake.
        before: id, `current` or period code of the one from which.
        after: of the one to which; where it is known earlier, see `ReleaseDiff.backwards`.
        settings: of the lake; those of the environment where none are given.

    Raises:
        UsageError: there is no such release.
    """
    import duckdb  # noqa: PLC0415

    first, second = resolve_release(lake, before), resolve_release(lake, after)
    old, new = (read_document(release.folder / MANIFEST) for release in (first, second))
    removed, added = _inputs(old, new)
    with duckdb.connect() as connection:
        way, records = explain(connection, lake, (first, second), settings or load_settings())
        told = told_moves(connection, new["period"]["code"])
        sources = figure_sources(connection, first.folder) | figure_sources(connection, second.folder)
    return ReleaseDiff(
        before=first.release_id,
        after=second.release_id,
        known_at_before=old["known_at"],
        known_at_after=new["known_at"],
        backwards=way.backwards,
        rules_changed=old["build_fingerprint"] != new["build_fingerprint"],
        components_changed=tuple(components_changed(old, new)),
        settings_changed={
            name: (old["settings"].get(name), new["settings"].get(name))
            for name in sorted({*old["settings"], *new["settings"]})
            if old["settings"].get(name) != new["settings"].get(name)
        },
        causes=way.causes,
        order=way.order,
        between=way.between,
        rebuilt=way.rebuilt,
        adds_up=told.unexplained == 0,
        figures=tuple(_figures(old, new, told, sources, (removed, added))),
        other_periods=tuple(MovedPeriod(*row) for row in told.other_periods),
        records=records,
        inputs_added=tuple(item | {"late": item["recorded_at"] > old["known_at"]} for item in added),
        inputs_removed=tuple(removed),
        dossiers=tuple(_dossiers(first, second, old, new)),
    )


def _inputs(old: Document, new: Document) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    named = [
        {compact([item[name] for name in _IDENTITY]): item for item in side["inputs"]} for side in (old, new)
    ]
    return (
        [item for key, item in named[0].items() if key not in named[1]],
        [item for key, item in named[1].items() if key not in named[0]],
    )


def _figures(
    old: Document,
    new: Document,
    told: ToldMoves,
    sources: Mapping[tuple[str, str], tuple[str, str | None]],
    inputs: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> Iterator[MovedFigure]:
    """Figures that a statement holds, then all others of the catalogue that moved."""
    stated = [
        {(item["indicator_code"], item["variant"]): item for item in side["figures"]} for side in (old, new)
    ]
    sides = [provinces | figures for provinces, figures in zip(told.provinces, stated, strict=True)]
    headline = {key for side in stated for key, item in side.items() if item["is_headline"]}
    counts = [Counter(item["feed"] for item in items) for items in inputs]
    for key in sorted({*sides[0], *sides[1], *told.moves}):
        before, after = (
            {name: side[key][name] for name in _JUDGED} if key in side else None for side in sides
        )
        moves = told.moves.get(key, {})
        if before == after and not moves:
            continue
        both = before and after and before["value"] is not None and after["value"] is not None
        feeds = feeds_of(new, *sources.get(key, ("", None)))
        yield MovedFigure(
            indicator_code=key[0],
            variant=key[1],
            is_headline=key in headline,
            before=before,
            after=after,
            delta=after["value"] - before["value"] if both and before and after else None,
            causes=tuple(_causes(key, moves, told)),
            target_moved=bool(
                before and after and any(before[name] != after[name] for name in ("operator", "target"))
            ),
            members=tuple(
                MovedMember(
                    *member,
                    number(sum(moved[0] for moved in by_cause.values())) or 0,
                    number(sum(moved[1] for moved in by_cause.values())) or 0,
                    {
                        cause: (number(moved[0]) or 0, number(moved[1]) or 0)
                        for cause, moved in by_cause.items()
                    },
                )
                for member, by_cause in sorted(moves.items())
                if member != PROVINCE
            ),
            feeds=tuple(feeds),
            inputs_added=sum(counts[1][feed] for feed in feeds),
            inputs_removed=sum(counts[0][feed] for feed in feeds),
        )


def _causes(key: tuple[str, str], moves: Mapping[Any, Any], told: ToldMoves) -> Iterator[CauseOfMove]:
    """What moved the province's row, with the dossiers behind it; a cause that moved dossiers both ways is told too."""
    by_cause = moves.get(PROVINCE, {})
    for cause in told.in_order({*by_cause, *(cause for code, cause in told.dossiers if code == key)}):
        moved = by_cause.get(cause, (0, 0))
        behind = told.dossiers.get((key, cause))
        yield CauseOfMove(
            cause,
            number(moved[0]) or 0,
            number(moved[1]) or 0,
            None if behind is None else behind.dossiers,
            {} if behind is None else behind.agencies,
            () if behind is None else behind.sample_keys,
        )


def _dossiers(first: Release, second: Release, old: Document, new: Document) -> list[MovedDossiers]:
    tables = [_table(manifest, DOSSIERS) for manifest in (old, new)]
    if not all(tables):
        return []
    import duckdb  # noqa: PLC0415

    types = [{column["name"]: column["type"] for column in table["columns"]} for table in tables]
    content = [name for name, kind in types[1].items() if types[0].get(name) == kind and name not in _SEEN]
    later, known_earlier = ("old", new) if old["known_at"] > new["known_at"] else ("new", old)
    late = LAST_RECORDED in types[0 if later == "old" else 1]
    said = ", ".join(quoted(name) for name in content)
    with duckdb.connect() as connection:
        for side, release in (("old", first), ("new", second)):
            path = release.folder / "marts" / f"{DOSSIERS}.parquet"
            connection.execute(
                f"create temp table {side} as select dossier_key, agency_code, hash({said}) as content, "
                f"{LAST_RECORDED if late and side == later else 'cast(null as timestamp)'} as recorded_at "
                f"from read_parquet({literal(str(path))})"
            )
        rows = connection.execute(_MOVED, [known_earlier["known_at"]]).fetchall()
    agencies = [MovedDossiers(row[0], row[1], row[2], row[3], row[4], tuple(row[5])) for row in rows]
    return [_total(agencies), *agencies]


def _total(agencies: list[MovedDossiers]) -> MovedDossiers:
    return MovedDossiers(
        agency_code="*",
        added=sum(agency.added for agency in agencies),
        removed=sum(agency.removed for agency in agencies),
        changed=sum(agency.changed for agency in agencies),
        late=sum(agency.late for agency in agencies),
        sample_keys=agencies[0].sample_keys if agencies else (),
    )


def _table(manifest: Document, name: str) -> dict[str, Any]:
    return next((table for table in manifest["tables"] if table["name"] == name), {})


_MOVED = f"""
    with moved as (
        select
            coalesce(new.dossier_key, old.dossier_key) as dossier_key,
            coalesce(new.agency_code, old.agency_code, '') as agency_code,
            old.dossier_key is null as is_added,
            new.dossier_key is null as is_removed,
            coalesce(coalesce(new.recorded_at, old.recorded_at) > cast($1 as timestamp), false) as is_late
        from old
        full outer join new on old.dossier_key = new.dossier_key
        where old.content is distinct from new.content
    )

    select
        agency_code,
        count(*) filter (where is_added),
        count(*) filter (where is_removed),
        count(*) filter (where not is_added and not is_removed),
        count(*) filter (where is_late),
        list(dossier_key order by dossier_key)[:{SAMPLE}]
    from moved
    group by agency_code
    order by count(*) desc, agency_code
"""
