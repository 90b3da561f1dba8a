"""What arrived between two releases, record by record: late, corrected or withdrawn.

Belongs here: the raw rows of both sides in one pool, each marked with what it was to the earlier side. Does not belong
here: what they did to the figures (`counterfactual.py`), for people (`console/`).

A record is a feed and a key. What arrived after the earlier release is *late* where its key was unknown then,
*corrected* where it was known, *withdrawn* where it takes the record back: by `deleted_at`, by a later snapshot that
lacks the key, or by reading a file again that then no longer gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.extracts.contract import Feed, feeds
from orchestration.extracts.ledger import LedgerEntry, active_entries, read_ledger
from orchestration.release.contents import literal, quoted
from orchestration.release.documents import compact
from orchestration.release.identity import inputs_of
from orchestration.warehouse.raw_views import COPIED_FEED, NATIONAL_COPY, feed_relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    import duckdb

    from orchestration.lake import Lake

LATE, CORRECTED, WITHDRAWN = "late", "corrected", "withdrawn"
RECORD_CAUSES = (LATE, CORRECTED, WITHDRAWN)
DIMENSIONS = frozenset({"procedures", "agencies", "organisation_events"})
"""Feeds of which one record can move dossiers that nothing arrived about."""
_UNNAMED = frozenset({"survey_responses", "ratings"})
"""Feeds whose keys name a respondent: they are counted, not listed."""
SAMPLE = 5


@dataclass(frozen=True)
class Sides:
    """The deliveries that each release could see.

    Attributes:
        old, new: those that count at its known-at.
    """

    old: tuple[LedgerEntry, ...]
    new: tuple[LedgerEntry, ...]

    @property
    def only_old(self) -> tuple[LedgerEntry, ...]:
        """Files that a later reading replaced."""
        later = {entry.file_id for entry in self.new}
        return tuple(entry for entry in self.old if entry.file_id not in later)

    @property
    def only_new(self) -> tuple[LedgerEntry, ...]:
        """Files that arrived since."""
        earlier = {entry.file_id for entry in self.old}
        return tuple(entry for entry in self.new if entry.file_id not in earlier)

    @property
    def all(self) -> tuple[LedgerEntry, ...]:
        """Every file of either side."""
        return self.new + self.only_old

    @property
    def moved(self) -> tuple[LedgerEntry, ...]:
        """Files of one side alone."""
        return self.only_new + self.only_old

    def relations(self) -> frozenset[str]:
        """Relations of schema `raw` of which one side alone has a file."""
        return frozenset(relation_of(entry, output.feed) for entry in self.moved for output in entry.outputs)

    @property
    def has_snapshots(self) -> bool:
        """Whether a file of one side alone is a complete snapshot."""
        return any(entry.mode == "snapshot" for entry in self.moved)


def relation_of(entry: LedgerEntry, feed: str) -> str:
    """Where the rows of a delivery stand in schema `raw`."""
    return NATIONAL_COPY if entry.national_copy and feed == COPIED_FEED else feed


def feed_of(relation: str) -> Feed:
    """The contract of a relation of schema `raw`."""
    return feeds()[COPIED_FEED if relation == NATIONAL_COPY else relation]


def sides_of(lake: Lake, old: Mapping[str, Any], new: Mapping[str, Any]) -> Sides | None:
    """The deliveries behind two manifests, or None where the lake no longer holds what one of them read."""
    from datetime import datetime  # noqa: PLC0415

    ledger = read_ledger(lake)
    found = []
    for manifest in (old, new):
        entries = active_entries(ledger, datetime.fromisoformat(manifest["known_at"]))
        stated = sorted(compact(item) for item in manifest["inputs"])
        if sorted(compact(item.to_json()) for item in inputs_of(entries)) != stated:
            return None
        if not all(
            (lake.root / output.raw_path).is_file()
            for entry in entries
            for output in entry.outputs
            if output.raw_path
        ):
            return None
        found.append(tuple(entries))
    return Sides(*found)


def pool_records(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    sides: Sides,
    known_at: datetime,
    *,
    whole: bool,
    anchors: tuple[str, ...] = (),
) -> frozenset[str]:
    """Put the rows of both sides into schema `pool`, one table per relation; return their names.

    Of relations that name dossiers, only the rows of dossiers that one side alone has a row of, unless `whole`; they
    are pooled even where no file of theirs moved, so that all relations speak of the same dossiers.

    Args:
        connection: a database without schema `pool`.
        lake: where raw lies.
        sides: the deliveries.
        known_at: of the later release: a row withdraws its record where `deleted_at` is not after it.
        whole: all dossiers, for where a record of a dimension moved.
        anchors: keys of further dossiers to pool.
    """
    connection.execute("create schema pool")
    moved = sides.relations()
    naming = [name for name in (*feeds(), NATIONAL_COPY) if "dossier_code" in feed_of(name).raw_columns()]
    restricted = [] if whole or not moved.intersection(naming) else naming
    if restricted:
        _touched_dossiers(connection, lake, sides, [name for name in naming if name in moved], anchors)
    pooled = frozenset(moved | set(restricted))
    for name in sorted(pooled):
        condition = "dossier_code in (from pool.touched)" if name in restricted else "true"
        connection.execute(_pool(lake, sides, name, condition, known_at))
    return pooled


def _entries(entries: Iterable[LedgerEntry], relation: str) -> list[LedgerEntry]:
    copied = relation == NATIONAL_COPY
    return [entry for entry in entries if entry.national_copy == copied]


def _relation(lake: Lake, entries: Iterable[LedgerEntry], relation: str) -> str:
    return feed_relation(lake, feed_of(relation), _entries(entries, relation))


def _touched_dossiers(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    sides: Sides,
    relations: list[str],
    anchors: tuple[str, ...],
) -> None:
    """Dossiers of which one side alone has a row; with every one of a snapshot whose successor may lack it."""
    sources = {entry.source_name for entry in sides.moved if entry.mode == "snapshot"}
    before = [entry for entry in sides.all if entry.mode == "snapshot" and entry.source_name in sources]
    chosen = {entry.file_id: entry for entry in (*sides.moved, *before)}.values()
    parts = " union all ".join(
        f"select dossier_code from ({_relation(lake, chosen, name)})" for name in relations
    )
    if anchors:
        keys = ", ".join(literal(key) for key in anchors)
        known = _relation(lake, sides.all, COPIED_FEED)
        parts += f" union all select dossier_code from ({known}) where dossier_key in ({keys})"
    connection.execute(f"create table pool.touched as select distinct dossier_code from ({parts})")


def _listed(entries: Iterable[LedgerEntry]) -> str:
    return "[" + ", ".join(literal(entry.file_id) for entry in entries) + "]::varchar[]"


def record_key(feed: Feed, alias: str = "") -> str:
    """SQL of a record's key as one text, null equal to null."""
    columns = ", ".join(f"coalesce(cast({alias}{quoted(name)} as varchar), chr(9216))" for name in feed.keys)
    return f"concat_ws(chr(31), {columns})"


def _pool(lake: Lake, sides: Sides, name: str, condition: str, known_at: datetime) -> str:
    feed = feed_of(name)
    return f"""
        create table pool.{quoted(name)} as
        with rows_of_both as (
            select
                *,
                {record_key(feed)} as record_key,
                list_contains({_listed(sides.old)}, file_id) as in_old,
                list_contains({_listed(sides.new)}, file_id) as in_new,
                coalesce(deleted_at <= timestamp {literal(str(known_at))}, false) as withdraws
            from ({_relation(lake, sides.all, name)})
            where {condition}
        ),

        records as (
            select
                record_key,
                bool_or(in_old) as key_in_old,
                bool_or(in_new) as key_in_new,
                list(distinct row_hash) filter (where in_old) as old_contents
            from rows_of_both
            group by record_key
        )

        select
            rows_of_both.*,
            records.key_in_old,
            records.key_in_new,
            not in_old and len(coalesce(records.old_contents, [])) = 1
            and list_contains(records.old_contents, rows_of_both.row_hash) as says_the_same,
            case
                when rows_of_both.in_old and rows_of_both.in_new then null
                when rows_of_both.in_old and not records.key_in_new then '{WITHDRAWN}'
                when rows_of_both.in_old then '{CORRECTED}'
                when not records.key_in_old then '{LATE}'
                when rows_of_both.withdraws then '{WITHDRAWN}'
                else '{CORRECTED}'
            end as cause
        from rows_of_both
        inner join records using (record_key)
    """


STATES = {
    "before": "in_old",
    LATE: f"in_old or coalesce(cause = '{LATE}', false)",
    CORRECTED: (
        f"(in_old and in_new) or (in_old and cause = '{WITHDRAWN}') "
        f"or (in_new and coalesce(cause in ('{LATE}', '{CORRECTED}'), false))"
    ),
    WITHDRAWN: "in_new",
}
"""Which rows of the pool are known before anything arrived, and after each cause in turn."""


def lay_state(connection: duckdb.DuckDBPyConnection, pooled: Iterable[str], state: str) -> None:
    """Let the relations of schema `raw` show what is known in one of `STATES`."""
    for name in pooled:
        columns = ", ".join(quoted(column) for column in feed_of(name).raw_columns())
        connection.execute(
            f"create or replace view raw.{quoted(name)} as select {columns} from pool.{quoted(name)} "
            f"where {STATES[state]}"
        )


def causes_of_relations(connection: duckdb.DuckDBPyConnection, pooled: Iterable[str]) -> dict[str, set[str]]:
    """By cause, the relations that have a row of it."""
    found: dict[str, set[str]] = {}
    for name in sorted(pooled):
        for (cause,) in connection.execute(
            f"select distinct cause from pool.{quoted(name)} where cause is not null"
        ).fetchall():
            found.setdefault(cause, set()).add(name)
    return found


@dataclass(frozen=True)
class ArrivedRecords:
    """Records of one feed that arrived between two releases.

    Attributes:
        cause: `late`, `corrected` or `withdrawn`.
        feed: the feed, or `national_dossiers`.
        records: number of records.
        unchanged: of the corrected ones, those delivered again as they were.
        agencies: number by agency where the feed names one.
        sample: some keys; pseudonymous where the record is about a dossier or a person, none for respondents.
    """

    cause: str
    feed: str
    records: int
    unchanged: int
    agencies: dict[str, int]
    sample: tuple[str, ...]


def arrived_records(connection: duckdb.DuckDBPyConnection, pooled: Iterable[str]) -> list[ArrivedRecords]:
    """The records of the pool that arrived, by cause and feed."""
    found: list[ArrivedRecords] = []
    for name in sorted(pooled):
        columns = feed_of(name).raw_columns()
        agency = next((item for item in ("agency_code", "lead_agency_code") if item in columns), None)
        rows = connection.execute(
            f"""
            with records as (
                select
                    {_strongest("cause")} as cause,
                    record_key,
                    bool_and(says_the_same) as says_the_same,
                    max({quoted(agency) if agency else "null"}) as agency_code,
                    max({_named_by(name)}) as shown
                from pool.{quoted(name)}
                where cause is not null
                group by record_key
            ),

            agencies as (
                select cause, agency_code, count(*) as records from records where agency_code is not null group by all
            )

            select
                records.cause,
                count(*),
                count(*) filter (where says_the_same),
                list(shown order by shown) filter (where shown is not null and not says_the_same),
                (
                    select map_from_entries(list((agency_code, agencies.records) order by agency_code))
                    from agencies where agencies.cause = records.cause
                )
            from records
            group by records.cause
            """
        ).fetchall()
        found += [
            ArrivedRecords(cause, name, count, same, dict(by or {}), tuple((shown or [])[:SAMPLE]))
            for cause, count, same, shown, by in rows
        ]
    return sorted(found, key=lambda item: (RECORD_CAUSES.index(item.cause), item.feed))


def _strongest(column: str) -> str:
    """Of several rows of one record: withdrawn says more than corrected."""
    return (
        f"case when bool_or({column} = '{LATE}') then '{LATE}' "
        f"when bool_or({column} = '{WITHDRAWN}') then '{WITHDRAWN}' else '{CORRECTED}' end"
    )


def _named_by(name: str) -> str:
    """SQL of how a record is shown: never by a dossier's code, a person or a respondent."""
    feed = feed_of(name)
    columns = feed.raw_columns()
    if name in _UNNAMED:
        return "cast(null as varchar)"
    if "dossier_key" in columns:
        return "dossier_key"
    if "dossier_code" in columns:
        return "cast(null as varchar)"
    return f"replace({record_key(feed)}, chr(31), '·')"
