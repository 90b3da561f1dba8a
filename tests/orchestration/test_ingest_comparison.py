"""Raw says which dossiers name the same person or telephone, and which name nobody, and not who it is."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.extracts.comparison import placeholders
from orchestration.extracts.contract import feeds
from orchestration.warehouse.raw_views import _relation_over
from tests.orchestration.ingest_lake import SECRET, TestLake, dvcqg_object, make_lake

WITHOUT_A_DIGIT = ("-", "...", "N/A", "KHONG", "Không có", "(---)")


def key(column: str, value: str) -> str:
    return hmac.new(SECRET.encode(), f"{column}:{value}".encode(), hashlib.sha256).hexdigest()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> TestLake:
    """One file: the same person written in three ways, unknown people, telephones, other channels."""
    lake = make_lake(tmp_path_factory.mktemp("compared") / "lake")
    lake.land_json(
        "dossiers/dvcqg/2022-04-01_d.jsonl",
        [
            dvcqg_object("plain"),
            dvcqg_object("spaced", SoGiayToChuHoSo="017 099.001-234", SoDienThoai="+84 987 654 321"),
            dvcqg_object("abroad", SoDienThoai="(0084)987.654.321"),
            dvcqg_object("bare", SoDienThoai="84987654321"),
            dvcqg_object("placeholder", SoGiayToChuHoSo="000000001"),
            dvcqg_object("nobody", SoGiayToChuHoSo="", SoDienThoai=""),
            *(
                dvcqg_object(f"signs {sign}", SoGiayToChuHoSo=sign, SoDienThoai=sign)
                for sign in WITHOUT_A_DIGIT
            ),
            dvcqg_object("unverified", SoGiayToChuHoSo="000000000"),
            dvcqg_object("counter", KenhThucHien="1"),
            dvcqg_object("same number", SoGiayToChuHoSo="0987654321"),
            dvcqg_object("passport", SoGiayToChuHoSo="b1234567"),
        ],
    )
    header, row = "dossier_code,procedure_code,agency_code,status,updated_at", "old,p,a,4,2022-04-01"
    lake.land("dossiers/2022-04-02_without.csv", f"{header}\n{row}\n")
    lake.ingest()
    return lake


@pytest.fixture(scope="module")
def found(lake: TestLake) -> dict[str, tuple[str | None, bool | None, str | None]]:
    """Key of the person, whether it is a placeholder, key of the telephone; by dossier."""
    rows = lake.raw(
        "dossiers", "dossier_code, applicant_id_key, has_placeholder_identity, applicant_phone_key"
    )
    return {row[0]: row[1:] for row in rows}


def test_keys_are_hmacs_over_the_column_and_the_value_as_it_is_compared(found):
    assert found["plain"] == (
        key("applicant_id", "017099001234"),
        False,
        key("applicant_phone", "0987654321"),
    )
    assert found["passport"][0] == key("applicant_id", "B1234567")


@pytest.mark.parametrize("written", ["spaced", "abroad", "bare"])
def test_one_number_written_in_other_ways_has_one_key(found, written: str):
    assert found[written] == found["plain"]


def test_a_placeholder_is_flagged_and_is_nobody(found):
    assert found["placeholder"][:2] == (None, True)
    assert "000000001" in placeholders()


@pytest.mark.parametrize("sign", WITHOUT_A_DIGIT)
def test_what_has_no_digit_names_nobody(found, sign: str):
    assert found[f"signs {sign}"] == (None, True, None)


def test_a_placeholder_that_nobody_verified_names_nobody_either(found):
    """Keyed, all who wrote it would be one person; the list decides no figure (docs/signals.md)."""
    assert found["unverified"][:2] == (None, True)


def test_without_a_value_or_a_column_there_is_neither_key_nor_flag(found):
    assert found["nobody"] == (None, None, None)
    assert found["old"] == (None, None, None)


def test_telephones_are_compared_among_dossiers_filed_online_alone(found):
    assert found["counter"] == (found["plain"][0], False, None)


def test_equal_numbers_in_two_columns_have_different_keys(found):
    assert found["same number"][0] != found["same number"][2]


def test_no_map_leads_back_from_these_keys(lake: TestLake):
    assert [path.name for path in (lake.lake.restricted / "pseudonyms").iterdir()] == ["dossier"]


def test_raw_files_of_before_have_neither_keys_nor_flag(tmp_path: Path):
    columns = feeds()["dossiers"].raw_columns()
    added = {"applicant_id_key", "has_placeholder_identity", "applicant_phone_key"}
    assert added < set(columns)
    older = tmp_path / "older.parquet"
    pq.write_table(pa.table({"dossier_code": ["H28-1"]}), older)
    relation = _relation_over([older], columns)
    assert duckdb.sql(f"select dossier_code, {', '.join(sorted(added))} from ({relation})").fetchall() == [
        ("H28-1", None, None, None)
    ]
