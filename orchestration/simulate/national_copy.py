"""The national copy of some dossiers, as a plant on top of a province-year.

Belongs here: the extract that holds it. Does not belong here: faults that a rule or the ingest catches (`defects.py`).

The copy shows what synchronisation is known to do: a dossier that the province says is suspended (5, 6, 8) is finished
(9) there. Of the dossiers copied a part is suspended; those, and no others, disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.errors import UsageError
from orchestration.simulate.arrivals import PORTAL
from orchestration.simulate.calendar import EXTRACT_DATES
from orchestration.simulate.defect_dossiers import LINES
from orchestration.simulate.defect_files import Fault, file_name
from orchestration.simulate.kinds import Kind

if TYPE_CHECKING:
    from orchestration.simulate.landing import Landing

SOURCE = "ban_sao_quoc_gia"
PER_DISAGREEING = 10
"""Dossiers copied for each one that disagrees."""

_NEWEST = """
    create temp table newest as
    select
        json ->> '$.MaHoSo' as code,
        json ->> '$.TrangThaiHoSo' in ('5', '6', '8') as is_suspended,
        json as object,
    from read_json_objects($1::varchar[], format = 'newline_delimited')
    where json ->> '$.NgayTiepNhan' between '20211215000000' and '20220914235959'
    qualify row_number() over (partition by code order by json ->> '$.NgayCapNhat' desc) = 1
"""
_COPIED = """
    create temp table copied as
    (select * from newest where is_suspended order by code limit $1)
    union all
    (select * from newest where not is_suspended order by hash(code), code limit $2)
"""
_LINES = """
    select
        case
            when is_suspended then json_merge_patch(object, '{"TrangThaiHoSo": "9"}')
            else object
        end::varchar as line
    from copied
    order by code
"""


def national_copy(landing: Landing, seed: int, count: int) -> Fault:  # noqa: ARG001 - same form as all
    """Deliver the national copy of some dossiers, of which `count` are finished there and suspended here."""
    import duckdb  # noqa: PLC0415 - only where it is planted

    files = [landing.root / f"dossiers/{PORTAL}/{day}_{PORTAL}.jsonl.gz" for day in EXTRACT_DATES]
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise UsageError(f"{missing[0]} is missing.", "Run cchc simulate without a defect first.")
    name = file_name(f"dossiers/{SOURCE}", "national_copy", "jsonl.gz")
    connection = duckdb.connect()
    try:
        connection.execute("set threads = 2")
        connection.execute(_NEWEST, [[str(path) for path in files]])
        connection.execute(_COPIED, [count, count * (PER_DISAGREEING - 1)])
        codes = connection.execute("select code from copied where is_suspended order by code").fetchall()
        if len(codes) < count:
            raise UsageError(
                f"Only {len(codes)} of {count} dossiers are suspended.", "Simulate more dossiers."
            )
        landing.copy_gzip(connection, _LINES, name, LINES)
    finally:
        connection.close()
    return Fault(count, (name,), tuple(code for (code,) in codes))


NATIONAL_COPY = Kind(
    "bản quốc gia của một số hồ sơ, trong đó hồ sơ đang tạm dừng (5, 6, 8) được ghi là đã xong (9)",
    "the national copy of some dossiers, in which suspended ones (5, 6, 8) are finished (9)",
    "national_agreement_rate",
    "Hồ sơ tạm dừng ở tỉnh nhưng đã xong ở bản quốc gia.",
    "Dossiers are suspended in the province and finished in the national copy.",
    national_copy,
    lambda dossiers: max(1, min(100, dossiers // 3000)),
    caught_by="figure",
)
