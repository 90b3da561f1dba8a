"""Which version of a record counts, and when a record counts no more."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from harness import build_warehouse, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN_AT = datetime(2022, 10, 1)
CORE = ("+fct_dossiers",)


def _dossier(code: str, file: str, day: int, **columns: Any) -> dict[str, Any]:
    return {
        "dossier_code": code,
        "procedure_code": "1.004889.000.00.00.H28",
        "agency_code": "000.00.53.H28",
        "status": "4",
        "received_at": datetime(2022, 3, 1, 8),
        "updated_at": datetime(2022, 3, 1, 8),
        "file_id": file,
        "extract_date": date(2022, 9, day),
        "recorded_at": datetime(2022, 9, day, 7),
        **columns,
    }


def _snapshot(file: str, day: int, covers: str | None = None) -> dict[str, Any]:
    return {
        "feed": "dossiers",
        "file_id": file,
        "source_name": "test",
        "mode": "snapshot",
        "covers": covers,
        "extract_date": date(2022, 9, day),
        "recorded_at": datetime(2022, 9, day, 7),
    }


ROWS = [
    # the same record in several versions: what decides is updated_at, then the extract, then the line
    _dossier("later-update-wins", "delta_2", 12, channel="1"),
    _dossier("later-update-wins", "delta_1", 11, channel="2", updated_at=datetime(2022, 3, 1, 8, 0, 1)),
    _dossier("later-extract-wins", "delta_2", 12, channel="2"),
    _dossier("later-extract-wins", "delta_1", 11, channel="1"),
    _dossier("later-line-wins", "delta_1", 11, file_line=501, channel="2"),
    _dossier("later-line-wins", "delta_1", 11, file_line=500, channel="1"),
    # taken back by their source
    _dossier("deleted", "delta_1", 11),
    _dossier("deleted", "delta_2", 12, deleted_at=KNOWN_AT),
    _dossier("deletion-to-come", "delta_2", 12, deleted_at=datetime(2022, 10, 1, 0, 0, 1)),
    _dossier("deleted-and-restored", "delta_1", 11, deleted_at=datetime(2022, 9, 1)),
    _dossier("deleted-and-restored", "delta_2", 12),
    # complete snapshots
    _dossier("in-both-snapshots", "snapshot_1", 13),
    _dossier("in-both-snapshots", "snapshot_2", 14),
    _dossier("gone-from-the-latest", "snapshot_1", 13),
    _dossier("gone-but-delivered-since", "snapshot_1", 13),
    _dossier("gone-but-delivered-since", "delta_3", 15),
    _dossier("gone-though-delivered-before", "delta_2", 12),
    _dossier("gone-though-delivered-before", "snapshot_1", 13),
    _dossier("of-another-cover", "snapshot_elsewhere", 13),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = build_warehouse(
        tmp_path_factory.mktemp("lake"),
        {"dossiers": ROWS},
        period="2022-9M",
        select=CORE,
        known_at=KNOWN_AT,
        deliveries=[
            _snapshot("snapshot_1", 13),
            _snapshot("snapshot_2", 14),
            _snapshot("snapshot_elsewhere", 13, covers='{"agencies":["H28.54"]}'),
        ],
    )
    yield connection
    connection.close()


def _channels(warehouse: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    codes = {key_of(row["dossier_code"]): row["dossier_code"] for row in ROWS}
    rows = warehouse.execute("select dossier_key, channel from marts.fct_dossiers").fetchall()
    assert len(rows) == len({key for key, _ in rows})
    return {codes[key]: channel for key, channel in rows}


@pytest.mark.parametrize("code", ["later-update-wins", "later-extract-wins", "later-line-wins"])
def test_the_current_version_speaks(warehouse: duckdb.DuckDBPyConnection, code: str) -> None:
    assert _channels(warehouse)[code] == "2"


def test_withdrawn_records_are_in_no_mart(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert _channels(warehouse).keys() == {
        "later-update-wins",
        "later-extract-wins",
        "later-line-wins",
        "deletion-to-come",
        "deleted-and-restored",
        "in-both-snapshots",
        "gone-but-delivered-since",
        "of-another-cover",
    }


def test_codes_are_normalised_and_unnamed_dimensions_inferred(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select distinct agency_code, procedure_code, agency_unknown from marts.fct_dossiers"
    )
    assert rows.fetchall() == [("H28.53", "1.004889", False)]


@pytest.mark.parametrize(
    ("delivered", "normal"),
    [
        ("000.00.53.H28", "H28.53"),
        ("000.09.23.H34", "H34.23.09"),
        ("012.09.23.H34", "H34.23.09.012"),
        ("000.00.00.H28", "H28"),
        ("H28.53.12.001", "H28.53.12.001"),
        ("H28", "H28"),
    ],
)
def test_agency_codes_of_both_forms_are_one(
    warehouse: duckdb.DuckDBPyConnection, delivered: str, normal: str
) -> None:
    view = warehouse.execute("select sql from duckdb_views() where view_name = 'stg_dossiers'").fetchone()
    assert view is not None
    expression = view[0].split("AS procedure_code, ")[1].split(" AS agency_code")[0]
    found = warehouse.execute(f"select {expression} from (select ? as agency_code)", [delivered]).fetchone()
    assert found == (normal,)
