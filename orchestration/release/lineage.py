"""From a model back to the feeds it reads, by the lineage that a manifest carries.

Belongs here: walking that graph. Does not belong here: dbt, or the lineage of another build.

Every model reaches many feeds in the end: agencies that no feed delivers are inferred from dossiers, periods
begin where dossiers begin. What a figure is *made of* are the feeds that the catalogue of indicators names for
it and the others of their family; models count where they lead to one of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.release.contents import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import duckdb

_FEED = "raw."


def upstream(manifest: Mapping[str, Any], model: str, feeds: Collection[str] = ()) -> dict[str, list[str]]:
    """Return a model and the models upstream of it with their parents, nearest first.

    Args:
        manifest: the manifest of a release.
        model: where to start.
        feeds: only models that lead to one of these; all of them where none is given.
    """
    lineage: Mapping[str, list[str]] = manifest.get("lineage", {})
    leading = _leading_to(lineage, {_FEED + feed for feed in feeds}) if feeds else set(lineage)
    found: dict[str, list[str]] = {}
    waiting = [model]
    while waiting:
        name = waiting.pop(0)
        if name in lineage and name not in found:
            found[name] = [parent for parent in lineage[name] if parent in leading or parent not in lineage]
            waiting += found[name]
    return found


def feeds_of(manifest: Mapping[str, Any], model: str, stated: str | None) -> list[str]:
    """Return the feeds that a figure is made of, delivered or not.

    Args:
        manifest: the manifest of a release.
        model: the model that computes it.
        stated: feeds that the catalogue names for it, separated by `;`; without any, all that the model reaches.
    """
    parents = {parent for names in upstream(manifest, model).values() for parent in names}
    reached = {parent.removeprefix(_FEED) for parent in parents if parent.startswith(_FEED)}
    named = {feed.strip() for feed in (stated or "").split(";") if feed.strip()}
    if named:
        families = _families()
        wanted = {families.get(feed) for feed in named}
        reached = named | {feed for feed in reached if families.get(feed) in wanted}
    return sorted(reached)


def figure_sources(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return, by indicator and variant, the model that computes a headline figure and its stated feeds.

    Args:
        connection: any connection.
        folder: a release.
    """
    figures = f"read_parquet({literal(str(folder / 'marts' / 'headline_figures.parquet'))})"
    catalogue = folder / "marts" / "dim_indicator.parquet"
    feeds = "null"
    if catalogue.is_file():
        feeds = (
            f"(select max_by(feeds, valid_from) from read_parquet({literal(str(catalogue))}) as known "
            "where known.indicator_code = figures.indicator_code and known.variant = figures.variant)"
        )
    rows = connection.execute(
        f"select indicator_code, variant, source_model, {feeds} from {figures} as figures"
    ).fetchall()
    return {(code, variant): (model or "", stated) for code, variant, model, stated in rows}


def _families() -> dict[str, str]:
    from orchestration.extracts.contract import feeds  # noqa: PLC0415

    return {feed.name: feed.family for feed in feeds().values()}


def _leading_to(lineage: Mapping[str, list[str]], targets: set[str]) -> set[str]:
    """Everything from which one of the targets is reached."""
    children: dict[str, list[str]] = {}
    for name, parents in lineage.items():
        for parent in parents:
            children.setdefault(parent, []).append(name)
    found: set[str] = set()
    waiting = list(targets)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += children.get(name, [])
    return found
