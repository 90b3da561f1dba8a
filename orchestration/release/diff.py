"""What moved between two releases, and why.

Belongs here: comparing figures, inputs and dossiers of two releases. Does not belong here: judging whether a
move is allowed (the audit did).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from orchestration.release.contents import literal, row_text
from orchestration.release.documents import MANIFEST, compact, read_document
from orchestration.release.lineage import feeds_of, figure_sources
from orchestration.release.pointers import resolve_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.lake import Lake
    from orchestration.release.released import Release

    Document = Mapping[str, Any]

SCHEMA_VERSION = 1
SAMPLE = 5
DOSSIERS = "fct_dossiers"
LAST_RECORDED = "last_recorded_at"
_SEEN = ("first_recorded_at", LAST_RECORDED)
"""When a record arrived says nothing about the dossier: a record delivered twice has not changed."""
_JUDGED = ("value", "numerator", "denominator", "operator", "target", "status")
_IDENTITY = ("feed", "source", "file", "sha256", "recorded_at")


@dataclass(frozen=True)
class MovedFigure:
    """One headline figure that differs.

    Attributes:
        indicator_code, variant: which figure.
        before, after: value, numerator, denominator, target and status in each release, or None where absent.
        delta: after minus before, or None where either has no value.
        feeds: feeds it is computed from.
        inputs_added, inputs_removed: files of those feeds that only the later, only the earlier release read.
    """

    indicator_code: str
    variant: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    delta: float | None
    feeds: tuple[str, ...]
    inputs_added: int
    inputs_removed: int


@dataclass(frozen=True)
class MovedDossiers:
    """Dossiers of one agency (`*`: all) that only one release holds, or that differ between the two.

    Attributes:
        agency_code: the agency in the later release.
        added, removed, changed: numbers of dossiers.
        late: those of them with a record that arrived after the earlier release's known-at.
        sample_keys: a few of them.
    """

    agency_code: str
    added: int
    removed: int
    changed: int
    late: int
    sample_keys: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseDiff:
    """What moved from one release to another.

    Attributes:
        before, after: their ids.
        known_at_before, known_at_after: what each could have seen.
        rules_changed: the build fingerprints differ: the way of computing changed.
        settings_changed: settings that reach figures, with both values.
        figures: headline figures that differ.
        inputs_added, inputs_removed: files that only one of them read; `late` marks those recorded after the
            earlier release's known-at.
        dossiers: all agencies together, then each one that moved, the most first; empty where a release holds
            no dossiers.
    """

    before: str
    after: str
    known_at_before: str
    known_at_after: str
    rules_changed: bool
    settings_changed: dict[str, tuple[str | None, str | None]]
    figures: tuple[MovedFigure, ...]
    inputs_added: tuple[dict[str, Any], ...]
    inputs_removed: tuple[dict[str, Any], ...]
    dossiers: tuple[MovedDossiers, ...]

    def to_json(self) -> dict[str, Any]:
        """The difference for `--json`."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def diff(lake: Lake, before: str, after: str) -> ReleaseDiff:
    """Compare two releases.

    Args:
        lake: the lake.
        before: id, `current` or period code of the earlier one.
        after: of the later one.

    Raises:
        UsageError: there is no such release.
    """
    first, second = resolve_release(lake, before), resolve_release(lake, after)
    old, new = (read_document(release.folder / MANIFEST) for release in (first, second))
    removed, added = _inputs(old, new)
    return ReleaseDiff(
        before=first.release_id,
        after=second.release_id,
        known_at_before=old["known_at"],
        known_at_after=new["known_at"],
        rules_changed=old["build_fingerprint"] != new["build_fingerprint"],
        settings_changed={
            name: (old["settings"].get(name), new["settings"].get(name))
            for name in sorted({*old["settings"], *new["settings"]})
            if old["settings"].get(name) != new["settings"].get(name)
        },
        figures=tuple(_figures(old, new, _sources(second, first), removed, added)),
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
    sources: Mapping[tuple[str, str], tuple[str, str | None]],
    removed: list[dict[str, Any]],
    added: list[dict[str, Any]],
) -> Iterator[MovedFigure]:
    sides = [
        {(item["indicator_code"], item["variant"]): item for item in side["figures"]} for side in (old, new)
    ]
    counts = [Counter(item["feed"] for item in items) for items in (removed, added)]
    for key in sorted({*sides[0], *sides[1]}):
        before, after = (
            {name: side[key][name] for name in _JUDGED} if key in side else None for side in sides
        )
        if before == after:
            continue
        both = before and after and before["value"] is not None and after["value"] is not None
        feeds = feeds_of(new, *sources.get(key, ("", None)))
        yield MovedFigure(
            indicator_code=key[0],
            variant=key[1],
            before=before,
            after=after,
            delta=after["value"] - before["value"] if both and before and after else None,
            feeds=tuple(feeds),
            inputs_added=sum(counts[1][feed] for feed in feeds),
            inputs_removed=sum(counts[0][feed] for feed in feeds),
        )


def _sources(*releases: Release) -> dict[tuple[str, str], tuple[str, str | None]]:
    """The model and the stated feeds of each figure; the first release that has it speaks."""
    import duckdb  # noqa: PLC0415

    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    with duckdb.connect() as connection:
        for release in releases:
            found = figure_sources(connection, release.folder) | found
    return found


def _dossiers(first: Release, second: Release, old: Document, new: Document) -> list[MovedDossiers]:
    tables = [_table(manifest, DOSSIERS) for manifest in (old, new)]
    if not all(tables):
        return []
    import duckdb  # noqa: PLC0415

    types = [{column["name"]: column["type"] for column in table["columns"]} for table in tables]
    common = [(name, kind) for name, kind in types[1].items() if types[0].get(name) == kind]
    content = [column for column in common if column[0] not in _SEEN]
    late = LAST_RECORDED in types[1]
    with duckdb.connect() as connection:
        for side, release in (("old", first), ("new", second)):
            path = release.folder / "marts" / f"{DOSSIERS}.parquet"
            connection.execute(
                f"create temp table {side} as select dossier_key, agency_code, md5({row_text(content)}) as content, "
                f"{LAST_RECORDED if late and side == 'new' else 'null'} as recorded_at "
                f"from read_parquet({literal(str(path))})"
            )
        rows = connection.execute(_MOVED, [old["known_at"]]).fetchall()
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
            coalesce(new.recorded_at > cast($1 as timestamp), false) as is_late
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
