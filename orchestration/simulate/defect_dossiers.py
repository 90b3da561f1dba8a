"""Faults in dossiers: later versions of portal objects that the province-year already delivered.

Belongs here: choosing delivered dossiers set-wise and delivering them again with a fault. Does not belong here:
faults in other feeds (`defect_files.py`).

Only objects with status 10 are chosen: nothing is delivered of them afterwards, so the version that carries the
fault is the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.simulate.arrivals import PORTAL
from orchestration.simulate.calendar import EXTRACT_DATES
from orchestration.simulate.defect_files import LATER, Fault, file_name
from orchestration.simulate.landing import Landing

if TYPE_CHECKING:
    import duckdb

UPDATED = f"'{LATER:%Y%m%d%H%M%S}'"
RECEIVED_IN_PERIOD = (
    "received >= '20211215' and received < '20220915' and status = '10' and finished < '20220915'"
)
SLOTS = {
    "on_time_under_target": (0, 0),
    "finished_before_received": (1, 1),
    "future_dates": (2, 2),
    "duplicated_codes": (3, 3),
    "swapped_day_month": (4, 9),
}
"""First and last tenth of all dossiers, by hash of the code, in which a fault is planted: no two faults meet."""
LINES = r"format csv, header false, quote '', escape '', delimiter '\x01', compression none"


def on_time_under_target(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers finished on a later day than received, due at the end of the day of receipt."""
    return _again(
        landing, "on_time_under_target", count,
        f"{RECEIVED_IN_PERIOD} and supplements = 0 and finished[:8] > received[:8] and due[:8] >= finished[:8]",
        [{"NgayHenTra": "received[:8] || '170000'", "NgayCapNhat": UPDATED}],
    )  # fmt: skip


def finished_before_received(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers whose end was moved to the day before receipt."""
    before = "strftime(strptime(received, '%Y%m%d%H%M%S') - interval 1 day, '%Y%m%d%H%M%S')"
    return _again(
        landing, "finished_before_received", count, f"{RECEIVED_IN_PERIOD} and received > '20211217'",
        [{"NgayKetThucXuLy": before, "NgayCapNhat": UPDATED}],
    )  # fmt: skip


def swapped_day_month(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers received on a day whose number is a later month of the period: 08/03 becomes 03/08."""
    swapped = "received[:4] || received[7:8] || received[5:6] || received[9:]"
    return _again(
        landing, "swapped_day_month", count,
        f"{RECEIVED_IN_PERIOD} and received[:4] = '2022' and received[7:8] <= '08' "
        f"and received[7:8] > received[5:6] and {swapped} > finished",
        [{"NgayTiepNhan": swapped, "NgayCapNhat": UPDATED}],
    )  # fmt: skip


def future_dates(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers whose result is returned in 2099."""
    changes = {"NgayTra": "'20991231' || received[9:]", "NgayCapNhat": UPDATED}
    return _again(landing, "future_dates", count, RECEIVED_IN_PERIOD, [changes])


def duplicated_codes(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers delivered twice in one file, once as they are and once as still under way at another agency."""
    other = {"TrangThaiHoSo": "'4'", "NgayTra": "''", "DonViXuLy": "'H28.11'", "NgayCapNhat": UPDATED}
    return _again(landing, "duplicated_codes", count, RECEIVED_IN_PERIOD, [{"NgayCapNhat": UPDATED}, other])


def _again(landing: Landing, defect: str, count: int, condition: str, copies: list[dict[str, str]]) -> Fault:
    """Deliver the first `count` objects that meet a condition again, one copy after the other.

    Args:
        landing: folder that holds the province-year.
        defect: name of the defect.
        count: how many objects.
        condition: SQL over `received`, `finished`, `due`, `status` (text as delivered) and `supplements`.
        copies: for each copy the fields that change, as SQL.

    Raises:
        UsageError: the folder holds no portal extracts, or too few objects that meet the condition.
    """
    import duckdb  # noqa: PLC0415 - only where a fault is planted

    files = [landing.root / f"dossiers/{PORTAL}/{day}_{PORTAL}.jsonl.gz" for day in EXTRACT_DATES[:-1]]
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise UsageError(f"{missing[0]} is missing.", "Run cchc simulate without a defect first.")
    name = file_name(f"dossiers/{PORTAL}", defect, "jsonl.gz")
    connection = duckdb.connect()
    try:
        connection.execute("set threads = 2")
        first, last = SLOTS[defect]
        own = f"hash(code) % 10 between {first} and {last} and {condition}"
        connection.execute(_CHOSEN.format(condition=own), [[str(path) for path in files], count])
        found = _codes(connection)
        if len(found) < count:
            raise UsageError(
                f"Only {len(found)} of {count} dossiers fit the defect {defect}.", "Simulate more dossiers."
            )
        landing.copy_gzip(connection, _copies(copies), name, LINES)
    finally:
        connection.close()
    return Fault(count, (name,), found)


_CHOSEN = """
    create temp table chosen as
    select row_number() over () as number, *
    from (
        select
            json as object,
            json ->> '$.MaHoSo' as code,
            json ->> '$.NgayTiepNhan' as received,
            json ->> '$.NgayKetThucXuLy' as finished,
            json ->> '$.NgayHenTra' as due,
            json ->> '$.TrangThaiHoSo' as status,
            json_array_length(json, '$.DanhSachHoSoBoSung') as supplements,
        from read_json_objects($1::varchar[], format = 'newline_delimited')
    )
    where {condition}
    limit $2
"""


def _codes(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    return tuple(code for (code,) in connection.execute("select code from chosen order by number").fetchall())


def _copies(copies: list[dict[str, str]]) -> str:
    """SQL of the lines to write: each object with its changes, copy by copy."""
    parts = []
    for place, changes in enumerate(copies):
        patch = ", ".join(f"'{field}', {value}" for field, value in changes.items())
        line = f"json_merge_patch(object, json_object({patch}))::varchar"
        parts.append(f"select number, {place} as place, {line} as line from chosen")
    return f"select line from ({' union all '.join(parts)}) order by number, place"
