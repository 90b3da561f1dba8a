"""What the sources of a made-up province deliver from day to day: first everything, then late, corrected and withdrawn.

Belongs here: turning rows of a feed into later deliveries of the same feed, for every feed of the contract alike. Does
not belong here: landing and reading them (`lake_of_days.py`), how the province is made up (`province_rows.py`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from lake_of_days import LakeOfDays
from province_rows import province

from orchestration.extracts.contract import Column, Feed, feeds

Rows = dict[str, list[dict[str, Any]]]
FIRST_DAY, SECOND_DAY, THIRD_DAY = datetime(2023, 2, 1, 8), datetime(2023, 2, 11, 8), datetime(2023, 2, 21, 8)
NATIONAL = "national_dossiers"
SNAPSHOTS = ("procedures", "tasks", "agencies", "dossiers")
DELIVERED_IN_PARTS = ("dossiers", "dossier_events")


def province_of_days(seed: int, dossiers: int) -> Rows:
    """Rows of all feeds; of those that come in parts, `delivery` says in which."""
    rows, _ = province(seed, dossiers)
    for row in rows[NATIONAL]:
        row.setdefault("procedure_code", "1.000001")
        row.setdefault("agency_code", "H28.1")
    rows["control_totals"] = [
        {
            "feed": "dossiers", "source": "canonical", "covers_from": date(2021, 12, 15),
            "covers_to": date(2022, 9, 14), "measure": measure, "value": value,
        }
        for measure, value in (("received", 40), ("resolved", 30), ("in_progress", 10))
    ]  # fmt: skip
    return rows


def first_deliveries(lake: LakeOfDays, rows: Rows) -> None:
    """Everything that is known on the first day."""
    for feed, feed_rows in rows.items():
        if feed == NATIONAL:
            lake.land("dossiers", "2023-01-31_first", feed_rows, source="chep_dossiers")
            continue
        parts = (
            {str(row.get("file_id", ""))[-1:] for row in feed_rows} if feed in DELIVERED_IN_PARTS else {""}
        )
        for part in sorted(parts - {"2"}):
            chosen = [row for row in feed_rows if part in {"", str(row.get("file_id", ""))[-1:]}]
            lake.land(feed, f"2023-01-3{part or 0}_first", chosen)
    for feed in SNAPSHOTS:
        lake.land(
            feed, "2023-01-31_first", _renamed(feeds()[feed], rows[feed][:6], "S"), source=f"chup_{feed}"
        )
    lake.ingest(FIRST_DAY)


def second_deliveries(lake: LakeOfDays, rows: Rows) -> None:
    """Of every feed: a late record, a corrected one, a withdrawn one, one with moments to come."""
    for name, feed in feeds().items():
        known = _distinct(feed, rows[name])
        late = _renamed(feed, known[3:6], "L")
        future = [
            _happening(feed, row, SECOND_DAY + timedelta(days=400)) for row in _renamed(feed, known[6:8], "F")
        ]
        corrected = [_corrected(feed, row) for row in known[:2]]
        withdrawn = [known[2] | {"deleted_at": SECOND_DAY - timedelta(hours=1)}]
        lake.land(name, "2023-02-10_second", [*late, *future, *corrected, *withdrawn])
    for feed_name in DELIVERED_IN_PARTS:
        lake.land(
            feed_name, "2022-02-09_part", [row for row in rows[feed_name] if str(row["file_id"])[-1:] == "2"]
        )
    copied = rows[NATIONAL]
    lake.land(
        "dossiers", "2023-02-10_second", [row | {"status": "4"} for row in copied[1:]], source="chep_dossiers"
    )
    for name in SNAPSHOTS:
        lake.land(
            name, "2023-02-10_second", _renamed(feeds()[name], rows[name][2:7], "S"), source=f"chup_{name}"
        )
    lake.ingest(SECOND_DAY)


def third_deliveries(lake: LakeOfDays) -> None:
    """Every file of the first day is read again, and supersedes what it gave."""
    for path in sorted(lake.lake.landing.rglob("*_first.jsonl")):
        lake.ingest(THIRD_DAY, replay=path)


def _key(feed: Feed, row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(column.name)) for column in feed.columns if column.key)


def _distinct(feed: Feed, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Eight rows of different keys, the first ones again where there are fewer."""
    found = list({_key(feed, row): row for row in rows}.values())
    return (found * 8)[:8]


def _named(feed: Feed) -> Column:
    """The key column that can take any text."""
    codes = [column for column in feed.columns if column.key and column.type == "t" and not column.values]
    return codes[-1] if feed.name in {"staff", "survey_responses", "function_regulations"} else codes[0]


def _renamed(feed: Feed, rows: list[dict[str, Any]], suffix: str) -> list[dict[str, Any]]:
    """The same rows under keys that nobody has yet."""
    name = _named(feed).name
    return [row | {name: f"{row.get(name)}{suffix}{number}"} for number, row in enumerate(rows)]


def _happening(feed: Feed, row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    happened = [column for column in feed.columns if column.happened and column.name != "deleted_at"]
    return row | {column.name: moment if column.type == "ts" else moment.date() for column in happened}


def _corrected(feed: Feed, row: dict[str, Any]) -> dict[str, Any]:
    """The row with every date ten days later and every number one higher, but for its key."""
    changed = dict(row)
    for column in feed.columns:
        value = row.get(column.name)
        if column.key or column.values or value is None or column.name in {"deleted_at", "year", "weight"}:
            continue
        if column.type in {"d", "ts"} and isinstance(value, date):
            changed[column.name] = value + timedelta(days=10)
        elif column.type in {"i", "n"}:
            changed[column.name] = value + 1
    if "updated_at" in {column.name for column in feed.columns}:
        changed["updated_at"] = datetime(2023, 2, 10, 7)
    return changed
