"""What a source counted of its own records, as a record of the feed `control_totals`.

Belongs here: the one row, written under the ledger entry of the delivery that was counted, so that both are committed
together. Does not belong here: counting (connectors), comparing (the audit).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.extracts import sql_text as sql
from orchestration.extracts.connectors.staging import newest_pull
from orchestration.extracts.contract import feeds
from orchestration.extracts.ledger import Output, read_ledger

if TYPE_CHECKING:
    import duckdb

    from orchestration.extracts.ledger import LedgerEntry
    from orchestration.extracts.writing import Writer
    from orchestration.lake import Lake

FEED = "control_totals"
FOR_EVER = "9999-12-31"
"""Last day of a total that is of all records: its key is the same at every pull, so that the newest one counts."""


def write_total(
    connection: duckdb.DuckDBPyConnection, writer: Writer, entry: LedgerEntry
) -> tuple[Output, ...]:
    """Write the total of a pull, where its document asks for one and the source could count.

    Returns:
        What it adds to the entry's outputs: nothing, or one row of control totals.
    """
    total = (
        _total_of_replay(writer.lake, entry) if entry.supersedes else (entry.pull or {}).get("control_total")
    )
    if total is None:
        return ()
    stated = {
        "feed": sql.literal(entry.feed),
        "source": sql.literal(entry.source_name),
        "covers_from": f"date {sql.literal(total['covers_from'])}",
        "covers_to": f"date {sql.literal(FOR_EVER)}",
        "measure": sql.literal("rows"),
        "value": str(int(total["value"])),
        "file_line": "1",
        "row_hash": f"md5({sql.literal('|'.join((entry.feed, entry.source_name, *map(str, total.values()))))})",
    } | writer.lineage()
    columns = [
        f"{stated.get(name, 'null')}::{kind} as {sql.name(name)}"
        for name, kind in feeds()[FEED].raw_columns().items()
    ]
    path = writer.copy(connection, writer.lake.raw / FEED / writer.day(), f"select {', '.join(columns)}")
    return (Output(FEED, 1, 1, 1, 0, 0, raw_path=path),)


def _total_of_replay(lake: Lake, entry: LedgerEntry) -> dict[str, Any] | None:
    """The newest total that the source stated: a replay reads an older file, it does not count the source anew.

    It is recorded later than any pull, so a total of its own time would stand above a newer one.
    """
    if entry.pull is None:
        return None
    counted = [each for each in read_ledger(lake) if (each.pull or {}).get("control_total")]
    newest = newest_pull(counted, entry.feed, entry.source_name)
    return (newest.pull or {})["control_total"] if newest else None
