"""Signals planted in dossiers: later versions and events of records that the province-year already delivered.

Belongs here: choosing dossiers set-wise and delivering them so that one signal, and no other, shows. Does not belong
here: the list of signals (`signals.py`), faults that a rule or the ingest catches (`defect_dossiers.py`).

Chosen are dossiers of which nothing is delivered afterwards and that no other fault carries. A changed end stays on
its day, so that no dossier becomes late: the release goes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.simulate.arrivals import PORTAL
from orchestration.simulate.calendar import EXTRACT_DATES
from orchestration.simulate.defect_dossiers import LINES, UPDATED
from orchestration.simulate.defect_files import Fault, file_name
from orchestration.simulate.deliveries import CSV
from orchestration.simulate.landing import Landing

if TYPE_CHECKING:
    import duckdb

EVENT_LOG = "mot_cua"
SHARED_PHONE = "00009999999"
"""A number that nobody has, longer than those that are drawn."""
PLACEHOLDER = "000000001"
DONE = "status = '10' and received >= '20211215' and finished < '20220901' and supplements = 0"
SLOW = f"{DONE} and received[:8] < finished[:8]"
"""Finished on a later day than received."""

_OBJECTS = """
    create temp table objects as
    select
        json as object,
        json ->> '$.MaHoSo' as code,
        json ->> '$.MaTTHC' as procedure,
        json ->> '$.DonViXuLy' as agency,
        json ->> '$.KenhThucHien' as channel,
        json ->> '$.NguoiNopHoSo' as filed_by,
        json ->> '$.SoGiayToChuHoSo' as identity,
        json ->> '$.NgayNopHoSo' as submitted,
        json ->> '$.NgayTiepNhan' as received,
        json ->> '$.NgayKetThucXuLy' as finished,
        json ->> '$.NgayHenTra' as due,
        json ->> '$.NgayTra' as returned,
        json ->> '$.TrangThaiHoSo' as status,
        json_array_length(json, '$.DanhSachHoSoBoSung') as supplements,
        json_array_length(json, '$.DanhSachGiayToKetQua') as results,
    from read_json_objects($1::varchar[], format = 'newline_delimited')
    qualify row_number() over (partition by code order by json ->> '$.NgayCapNhat' desc) = 1
"""


@contextmanager
def _objects(landing: Landing, signal: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The last version of every portal object, without those that another fault carries.

    Raises:
        UsageError: the folder holds no portal extracts.
    """
    import duckdb  # noqa: PLC0415 - only where a signal is planted

    folder = landing.root / "dossiers" / PORTAL
    files = [folder / f"{day}_{PORTAL}.jsonl.gz" for day in EXTRACT_DATES]
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise UsageError(f"{missing[0]} is missing.", "Run cchc simulate without a defect first.")
    connection = duckdb.connect()
    try:
        connection.execute("set threads = 2")
        connection.execute(_OBJECTS, [[str(path) for path in files]])
        for path in _carriers(landing, signal):
            codes = (
                "json ->> '$.MaHoSo' from read_json_objects(?, format = 'newline_delimited')"
                if path.suffixes[-2] == ".jsonl"
                else "dossier_code from read_csv(?)"
            )
            connection.execute(f"delete from objects where code in (select {codes})", [str(path)])
        yield connection
    finally:
        connection.close()


def _carriers(landing: Landing, signal: str) -> list[Path]:
    """Extracts that carry other faults in dossiers."""
    own = {_portal_file(signal), _event_file(signal)}
    found = [
        *landing.root.glob(f"dossiers/{PORTAL}/*_defect_*"),
        *landing.root.glob(f"dossier_events/{EVENT_LOG}/*_defect_*"),
    ]
    return sorted(path for path in found if str(path.relative_to(landing.root)) not in own)


def _portal_file(signal: str) -> str:
    return file_name(f"dossiers/{PORTAL}", signal, "jsonl.gz")


def _event_file(signal: str) -> str:
    return file_name(f"dossier_events/{EVENT_LOG}", signal, "csv.gz")


def _choose(connection: duckdb.DuckDBPyConnection, signal: str, count: int, query: str) -> tuple[str, ...]:
    """Make the table `chosen` of the first rows of a query over `objects`, numbered; gives their codes.

    Raises:
        UsageError: there are fewer.
    """
    connection.execute(
        f"create temp table chosen as select row_number() over () as number, * from ({query} limit {count})"
    )
    rows = connection.execute("select code from chosen order by number").fetchall()
    if len(rows) < count:
        raise UsageError(
            f"Only {len(rows)} of {count} dossiers fit the defect {signal}.", "Simulate more dossiers."
        )
    return tuple(code for (code,) in rows)


def _deliver(
    landing: Landing, connection: duckdb.DuckDBPyConnection, signal: str, changes: dict[str, str]
) -> str:
    """Deliver the chosen objects again with changed fields; gives the file."""
    fields = changes | {"NgayCapNhat": UPDATED}
    patch = ", ".join(f"'{field}', {value}" for field, value in fields.items())
    line = f"json_merge_patch(object, json_object({patch}))::varchar"
    name = _portal_file(signal)
    landing.copy_gzip(connection, f"select {line} as line from chosen order by number", name, LINES)
    return name


def _changed(landing: Landing, signal: str, count: int, condition: str, changes: dict[str, str]) -> Fault:
    with _objects(landing, signal) as connection:
        codes = _choose(connection, signal, count, f"select * from objects where {condition} order by code")
        return Fault(count, (_deliver(landing, connection, signal, changes),), codes)


def _later(moment: str, seconds: int) -> str:
    return f"strftime(strptime({moment}, '%Y%m%d%H%M%S') + to_seconds({seconds}), '%Y%m%d%H%M%S')"


def due_rewritten_at_expiry(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers whose due date was put off by a day, in a version later than the date itself."""
    changes = {"NgayHenTra": _later("due", 86400)}
    return _changed(landing, "due_rewritten_at_expiry", count, f"{DONE} and due < '20220901'", changes)


def supplement_on_last_day(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers with a request for a supplement on the morning of the day due."""
    asked = (
        "[{'NgayBoSung': due[:8] || '070500', 'NgayTiepNhanBoSung': '', "
        "'NgayHenTraTruoc': due, 'NgayHenTraMoi': ''}]"
    )
    condition = f"{DONE} and received[:8] < due[:8] and due[9:] > '071000' and finished > due[:8]"
    return _changed(landing, "supplement_on_last_day", count, condition, {"DanhSachHoSoBoSung": asked})


def end_bunched_at_due(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that one agency finished on one day, each five minutes before its due time."""
    return _of_one_day(landing, "end_bunched_at_due", count, {"NgayHenTra": _later("finished", 300)})


def closed_in_same_second(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that one agency finished in one second of a morning."""
    return _of_one_day(
        landing, "closed_in_same_second", count, {"NgayKetThucXuLy": "finished[:8] || '070501'"}
    )


def _of_one_day(landing: Landing, signal: str, count: int, changes: dict[str, str]) -> Fault:
    """Dossiers finished on the busiest day, moved to the agency with the fewest dossiers."""
    with _objects(landing, signal) as connection:
        fits = f"{SLOW} and finished < due"
        query = f"""
            select * from objects
            where {fits} and finished[:8] = (
                select finished[:8] from objects where {fits} group by all order by count(*) desc, 1 limit 1
            )
            order by code
        """
        codes = _choose(connection, signal, count, query)
        agency = "(select agency from objects group by agency order by count(*), agency limit 1)"
        name = _deliver(landing, connection, signal, {"DonViXuLy": agency} | changes)
    return Fault(count, (name,), codes)


def ended_before_receipt(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that ended a day before their receipt: too few for the limit."""
    changes = {"NgayKetThucXuLy": _later("received", -86400)}
    return _changed(landing, "ended_before_receipt", count, f"{DONE} and received > '20211217'", changes)


def ended_outside_office_hours(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that ended before dawn of the day on which they ended."""
    changes = {"NgayKetThucXuLy": "finished[:8] || '053000'"}
    return _changed(landing, "ended_outside_office_hours", count, SLOW, changes)


def online_typed_by_officer(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers filed online by six applicants with one telephone, and two whose identity is a placeholder."""
    condition = f"{DONE} and channel = '2' and filed_by = '1' and submitted[:4] = '2022'"
    changes = {
        "SoDienThoai": f"case when number > 2 then '{SHARED_PHONE}' else object ->> '$.SoDienThoai' end",
        "SoGiayToChuHoSo": f"case when number > 2 then identity else '{PLACEHOLDER}' end",
    }
    return _changed(landing, "online_typed_by_officer", count, condition, changes)


def closed_without_result(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that nobody collected and whose electronic result is gone."""
    condition = "status = '9' and results > 0 and received >= '20211215' and finished < '20220801'"
    return _changed(
        landing, "closed_without_result", count, condition, {"DanhSachGiayToKetQua": "[]::varchar[]"}
    )


def withdrawn_and_refiled(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers withdrawn after receipt; others filed within a week become the same matter of the same person."""
    query = f"""
        select withdrawn.code, withdrawn.identity, withdrawn.procedure, again.object
        from objects as withdrawn
        inner join objects as again
            on again.submitted > withdrawn.returned and again.submitted < {_later("withdrawn.returned", 7 * 86400)}
        where
            withdrawn.status = '7' and withdrawn.received <> '' and withdrawn.identity <> '{PLACEHOLDER}'
            and again.status = '10' and again.received >= '20211215' and again.finished < '20220901'
        qualify
            row_number() over (partition by withdrawn.code order by hash(withdrawn.code || again.code)) = 1
            and row_number() over (partition by again.code order by withdrawn.code) = 1
        order by withdrawn.code
    """
    with _objects(landing, "withdrawn_and_refiled") as connection:
        codes = _choose(connection, "withdrawn_and_refiled", count, query)
        changes = {"SoGiayToChuHoSo": "identity", "MaTTHC": "procedure"}
        name = _deliver(landing, connection, "withdrawn_and_refiled", changes)
    return Fault(count, (name,), codes)


def moments_out_of_order(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers filed an hour after they were received."""
    return _changed(landing, "moments_out_of_order", count, DONE, {"NgayNopHoSo": _later("received", 3600)})


def suspension_without_supplement(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that waited a second for a supplement that nobody asked for."""
    return _logged(landing, "suspension_without_supplement", count, ("5", "4"))


def forbidden_transition(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Dossiers that went from receipt straight to a financial obligation."""
    return _logged(landing, "forbidden_transition", count, ("6", "4"))


def _logged(landing: Landing, signal: str, count: int, statuses: tuple[str, ...]) -> Fault:
    """Deliver events of chosen dossiers, a second apart, before anything else that followed receipt."""
    name = _event_file(signal)
    with _objects(landing, signal) as connection:
        codes = _choose(connection, signal, count, f"select * from objects where {DONE} order by code")
        events = " union all ".join(
            f"select code as dossier_code, strptime(received, '%Y%m%d%H%M%S') + to_seconds({place}) as event_at, "
            f"'{status}' as status, {20 + place} as sequence, 'CB0000' as actor_code, 'Bổ sung nhật ký' as step "
            "from chosen"
            for place, status in enumerate(statuses, start=1)
        )
        landing.copy_gzip(connection, f"{events} order by dossier_code, sequence", name, CSV)
    return Fault(count, (name,), codes)
