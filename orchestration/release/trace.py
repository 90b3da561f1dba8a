"""From a figure to what it was made of; from a pseudonymous key to its dossier.

Belongs here: reading a release, its documents and the raw rows behind it. Does not belong here: the map of
pseudonyms (`orchestration/extracts/pseudonyms.py`), which opens only in the restricted zone and logs who asked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from orchestration.errors import UsageError
from orchestration.release.contents import literal
from orchestration.release.documents import AUDIT, MANIFEST, read_document
from orchestration.release.lineage import feeds_of, figure_sources, upstream
from orchestration.release.pointers import resolve_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import duckdb

    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.lake import Lake
    from orchestration.release.released import Release

SCHEMA_VERSION = 1
LARGEST = 20
_FIGURE_TABLES = ("headline_figures", "indicator_values")
_KEY_TABLES = ("fct_dossiers", "fct_dossier_states", "fct_dossier_suspensions")


@dataclass(frozen=True)
class FigureTrace:
    """A figure and what is behind it.

    Attributes:
        release_id: the release it stands in.
        figure: its row of `headline_figures` or, where no statement prints it, of `indicator_values`: labels,
            definitions, value, numerator, denominator, target, status.
        models: the models it runs through with their parents, nearest first.
        inputs: by feed it reads: files, records, accepted, quarantined.
        checks: rules of the audit that judged it or a model behind it.
        waivers: waivers of those rules.
        parts: its largest parts by agency, from `indicator_values`.
    """

    release_id: str
    figure: dict[str, Any]
    models: dict[str, list[str]]
    inputs: tuple[dict[str, Any], ...]
    checks: tuple[dict[str, Any], ...]
    waivers: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The trace for `--json`."""
        return {"schema_version": SCHEMA_VERSION, "kind": "figure", **asdict(self)}


@dataclass(frozen=True)
class KeyTrace:
    """A dossier behind a pseudonymous key. Never written anywhere: it names the dossier.

    Attributes:
        release_id: the release it stands in.
        dossier_key: the pseudonym.
        dossier_code: the code at the one-stop shop, from the restricted zone, or None where the map is gone.
        rows: its rows in the marts, by table.
        deliveries: where each version of it was delivered: feed, file, line, recorded moment.
    """

    release_id: str
    dossier_key: str
    dossier_code: str | None
    rows: dict[str, list[dict[str, Any]]]
    deliveries: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The trace for `--json`."""
        return {"schema_version": SCHEMA_VERSION, "kind": "key", **asdict(self)}


def trace(
    lake: Lake, subject: str, lookup: Callable[[str], str] | None = None, name: str = "current"
) -> FigureTrace | KeyTrace:
    """Trace a figure (`code` or `code:variant`; any of the catalogue) or a pseudonymous key in a release.

    Args:
        lake: the lake.
        subject: what to trace.
        lookup: gives the dossier code of a key, or raises UsageError where the map is gone, and logs that it was
            asked; called for keys only. The default reads the map in the restricted zone.
        name: a release id, `current`, or a period code.

    Raises:
        UsageError: the release knows neither a figure nor a dossier of that name.
    """
    release = resolve_release(lake, name)
    code, _, variant = subject.partition(":")
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as connection:
        figures = _rows(connection, release, "headline_figures", "indicator_code = ?", [code])
        figures = figures or _catalogued(connection, release, code)
        chosen = [figure for figure in figures if figure["variant"] == variant] if variant else figures
        if chosen:
            ranked = sorted(chosen, key=lambda figure: (not figure["is_headline"], figure["variant"]))
            return _trace_figure(connection, release, ranked[0])
        rows = {
            table: _rows(connection, release, table, "dossier_key = ?", [subject]) for table in _KEY_TABLES
        }
        if not rows["fct_dossiers"]:
            known = sorted({figure["variant"] for figure in figures})
            raise UsageError(
                f"{subject!r} is neither a figure nor a dossier of {release.release_id}.",
                f"Variants of {code}: {', '.join(known)}." if known else "Figures: docs/figures.md.",
            )
        return _trace_key(connection, lake, release, subject, rows, lookup)


def _rows(
    connection: duckdb.DuckDBPyConnection, release: Release, table: str, condition: str, values: list[str]
) -> list[dict[str, Any]]:
    path = release.folder / "marts" / f"{table}.parquet"
    if not path.is_file():
        return []
    return _fetch(connection, f"select * from read_parquet({literal(str(path))}) where {condition}", values)


def _catalogued(connection: duckdb.DuckDBPyConnection, release: Release, code: str) -> list[dict[str, Any]]:
    """A figure that no statement prints, in all its variants, with its definition of the period's last day."""
    paths = [release.folder / "marts" / f"{table}.parquet" for table in ("indicator_values", "dim_indicator")]
    if not all(path.is_file() for path in paths):
        return []
    values, catalogue = (f"read_parquet({literal(str(path))})" for path in paths)
    return _fetch(
        connection,
        f"""
            select
                figures.period_code, figures.indicator_code, figures.variant, known.is_headline, known.label_vi,
                known.label_en, figures.value, figures.numerator, figures.denominator, figures.unit,
                figures.operator, figures.target, figures.status, figures.reason, known.definition_vi,
                known.definition_en, known.source_model, known.feeds
            from {values} as figures
            join {catalogue} as known using (indicator_code, variant)
            where
                figures.indicator_code = ? and figures.period_code = ? and figures.agency_level = '*'
                and known.valid_from <= cast(? as date)
                and (known.valid_to is null or known.valid_to > cast(? as date))
        """,
        [code, release.period_code, *2 * [release.document["period"]["end"]]],
    )


def _fetch(connection: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> list[dict[str, Any]]:
    relation = connection.execute(query, values)
    names = [column[0] for column in relation.description]
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True)} for row in relation.fetchall()
    ]


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _trace_figure(
    connection: duckdb.DuckDBPyConnection, release: Release, figure: dict[str, Any]
) -> FigureTrace:
    manifest = read_document(release.folder / MANIFEST)
    audit = read_document(release.folder / AUDIT)
    printed = figure_sources(connection, release.folder)
    model, stated = printed.get(
        (figure["indicator_code"], figure["variant"]), (figure["source_model"] or "", figure.get("feeds"))
    )
    feeds = feeds_of(manifest, model, stated)
    models = upstream(manifest, model, feeds)
    checks = _checks(audit, models, figure["indicator_code"])
    named = {check["rule_id"] for check in checks}
    return FigureTrace(
        release_id=release.release_id,
        figure=figure,
        models=models,
        inputs=tuple(_inputs(manifest, feeds)),
        checks=tuple(checks),
        waivers=tuple(waiver for waiver in audit.get("waivers", []) if waiver["rule_id"] in named),
        parts=tuple(_parts(connection, release, figure)),
    )


def _checks(audit: Mapping[str, Any], models: Mapping[str, Any], code: str) -> list[dict[str, Any]]:
    """Rules about the figures' own tables and about the models behind this one, not about other figures."""
    tables = {*models, *_FIGURE_TABLES}
    return [
        {
            "rule_id": rule["rule_id"],
            "table": suite["table"],
            "engine": suite["engine"],
            "class": rule["class"],
            "success": rule["success"],
            "could_not_run": rule.get("could_not_run", False),
            "message_vi": rule["message_vi"],
            "message_en": rule["message_en"],
        }
        for suite in audit["suites"]
        if suite["table"] in tables
        for rule in suite["rules"]
        if rule.get("indicator_code") in {None, code}
    ]


def _inputs(manifest: Mapping[str, Any], feeds: list[str]) -> list[dict[str, Any]]:
    names = ("rows", "accepted", "quarantined", "skipped")
    answer = []
    for feed in feeds:
        items = [item for item in manifest["inputs"] if item["feed"] == feed]
        sums = {name: sum(item[name] for item in items) for name in names}
        answer.append({"feed": feed, "files": len(items), **sums})
    return answer


def _parts(
    connection: duckdb.DuckDBPyConnection, release: Release, figure: Mapping[str, Any]
) -> list[dict[str, Any]]:
    path = release.folder / "marts" / "indicator_values.parquet"
    if not path.is_file():
        return []
    return _fetch(
        connection,
        "select agency_level, agency_code, numerator, denominator, value, status "
        f"from read_parquet({literal(str(path))}) "
        "where period_code = ? and indicator_code = ? and variant = ? and agency_code <> '*' "
        f"order by numerator desc nulls last, agency_code limit {LARGEST}",
        [figure["period_code"], figure["indicator_code"], figure["variant"]],
    )


def _trace_key(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    release: Release,
    key: str,
    rows: dict[str, list[dict[str, Any]]],
    lookup: Callable[[str], str] | None,
) -> KeyTrace:
    if lookup is None:
        from orchestration.extracts.pseudonyms import lookup as in_restricted_zone  # noqa: PLC0415

        lookup = partial(in_restricted_zone, lake)
    try:
        code: str | None = lookup(key)
    except UsageError:
        code = None
    known_at = datetime.fromisoformat(release.document["known_at"])
    deliveries = _deliveries(connection, lake, known_at, key)
    return KeyTrace(release.release_id, key, code, rows, tuple(deliveries))


def _deliveries(
    connection: duckdb.DuckDBPyConnection, lake: Lake, known_at: datetime, key: str
) -> list[dict[str, Any]]:
    """Every raw row of a dossier that the release could see, by feed, in the order it was recorded.

    The dossiers themselves carry the key; events, supplements and ratings name the dossier by its code.
    """
    from orchestration.extracts.ledger import active_entries, read_ledger  # noqa: PLC0415

    entries = active_entries(read_ledger(lake), known_at)
    files = {entry.file_id: entry.file for entry in entries}
    relations = _raw_relations(lake, entries)
    codes: list[str] = []
    if "dossiers" in relations:
        query = f"select distinct dossier_code from {relations['dossiers']} where dossier_key = ?"
        codes = [row["dossier_code"] for row in _fetch(connection, query, [key])]
    found: list[dict[str, Any]] = []
    for feed, relation in sorted(relations.items()):
        query = (
            f"select {literal(feed)} as feed, file_id, file_line, extract_date, recorded_at from {relation} "
            "where list_contains(?, dossier_code) order by recorded_at, file_id, file_line"
        )
        found += _fetch(connection, query, [codes])
    return [row | {"file": files.get(row["file_id"], "")} for row in found]


def _raw_relations(lake: Lake, entries: Iterable[LedgerEntry]) -> dict[str, str]:
    """The Parquet files of each feed whose records name a dossier, as SQL that can stand after `from`."""
    from orchestration.extracts.contract import feeds  # noqa: PLC0415

    paths: dict[str, list[str]] = {}
    for entry in entries:
        for output in entry.outputs:
            if output.raw_path and "dossier_code" in feeds()[output.feed].raw_columns():
                paths.setdefault(output.feed, []).append(literal(str(lake.root / output.raw_path)))
    return {
        feed: f"read_parquet([{', '.join(chosen)}], union_by_name = true, hive_partitioning = false)"
        for feed, chosen in paths.items()
    }
