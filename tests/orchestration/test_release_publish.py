"""Candidate, certificate, publication: what is released is what was audited, or nothing is."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest
from release_lake import NOON, audit_of, build, candidate, dbt_manifest, facts, make_lake, released

from orchestration.errors import CchcError, RefusedError, UsageError
from orchestration.release.candidate import write_candidate
from orchestration.release.certificate import write_certificate
from orchestration.release.documents import sha256_file
from orchestration.release.publish import publish

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path / "lake")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _publish(lake: Lake, release_id: str):
    return publish(lake, release_id, "run-1", lambda: NOON)


def test_the_same_facts_and_rows_give_the_same_bytes_again(lake: Lake) -> None:
    first = _bytes(candidate(lake).folder)
    shutil.rmtree(lake.candidate)
    shutil.rmtree(lake.build)
    build(lake, dict.fromkeys(("fct_dossiers", "headline_figures"), "select * from old order by 2 desc"))
    assert _bytes(candidate(lake).folder) == first


def test_a_candidate_holds_the_marts_in_key_order_with_their_descriptions(lake: Lake) -> None:
    written = candidate(lake)
    path = written.folder / "marts" / "fct_dossiers.parquet"
    assert duckdb.sql(f"select dossier_key from '{path}'").fetchall() == [("k1",), ("k2",), ("k3",)]
    texts = dict(
        duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{path}')").fetchall()
    )
    assert texts["description"] == "Bảng fct_dossiers. | Table fct_dossiers, it's public."
    assert json.loads(texts["columns"])["dossier_key"] == "Cột dossier_key. | Column dossier_key."


def test_the_manifest_names_period_inputs_tables_and_figures(lake: Lake) -> None:
    manifest = candidate(lake, facts(simulated=True)).manifest
    assert manifest["period"] == {
        "calendar": "state",
        "code": "2022-9M",
        "start": "2021-12-15",
        "end": "2022-09-14",
        "provisional": False,
    }
    assert manifest["simulated"] is True
    assert manifest["inputs"][0]["rows"] == 5
    assert [table["name"] for table in manifest["tables"]] == [
        "data_quality",
        "dim_indicator",
        "fct_dossiers",
        "headline_figures",
        "indicator_values",
    ]
    assert [figure["indicator_code"] for figure in manifest["figures"]] == [
        "tasks_assigned",
        "dossiers_received",
        "dossiers_on_time_rate",
        "dossiers_on_time_rate",
    ]
    rate = next(figure for figure in manifest["figures"] if figure["variant"] == "form_06a")
    assert (rate["value"], rate["numerator"], rate["denominator"]) == (0.9995, 1999, 2000)
    assert manifest["lineage"]["fct_dossiers"] == ["stg_dossiers"]
    assert manifest["lineage"]["stg_dossiers"] == ["raw.dossiers"]


def test_a_mart_that_breaks_its_contract_makes_no_candidate(lake: Lake) -> None:
    with duckdb.connect(str(lake.build_database)) as connection:
        connection.execute("alter table marts.fct_dossiers drop column agency_code")
    with pytest.raises(CchcError, match="missing \\['agency_code'\\]"):
        candidate(lake)
    assert not lake.candidate_of(facts().release_id).exists()


def test_a_candidate_without_a_build_says_what_to_do(tmp_path: Path, lake: Lake) -> None:
    with pytest.raises(CchcError, match="nothing was built"):
        write_candidate(lake, tmp_path / "absent.duckdb", facts(), dbt_manifest(lake))


def test_a_rewritten_candidate_drops_the_older_audit(lake: Lake) -> None:
    written = candidate(lake)
    write_certificate(lake, written.release_id, audit_of(written))
    candidate(lake)
    with pytest.raises(RefusedError, match="was not audited"):
        _publish(lake, written.release_id)


def test_a_release_holds_the_audited_bytes_and_the_three_documents(lake: Lake) -> None:
    release = released(lake)
    source = lake.candidate_of(release.release_id)
    audited = _bytes(source)
    found = _bytes(release.folder)
    assert {name: found[name] for name in audited} == audited
    assert set(found) - set(audited) == {"cchc.duckdb", "release.json", "report/index.html"}
    document = json.loads(found["release.json"])
    assert document["run_id"] == "run-1"
    assert document["created_at"] == "2022-10-09T12:00:00.000000"
    assert document["previous_release"] is None


def test_the_database_holds_the_same_rows_with_comments(lake: Lake) -> None:
    folder = released(lake).folder
    with duckdb.connect(str(folder / "cchc.duckdb"), read_only=True) as connection:
        parquet = connection.sql(f"select * from '{folder}/marts/fct_dossiers.parquet'").fetchall()
        assert connection.sql("select * from marts.fct_dossiers").fetchall() == parquet
        comment = connection.sql(
            "select comment from duckdb_tables() where table_name = 'fct_dossiers'"
        ).fetchone()
        column = connection.sql(
            "select comment from duckdb_columns() where table_name = 'fct_dossiers' and column_name = 'agency_code'"
        ).fetchone()
        storage = connection.sql(
            "select tags from duckdb_databases() where database_name = 'cchc'"
        ).fetchone()
    assert comment == ("Bảng fct_dossiers. | Table fct_dossiers, it's public.",)
    assert column == ("Cột agency_code. | Column agency_code.",)
    assert "v1.4.0" in str(storage)


def _absent(audit: dict) -> None:
    audit.clear()


def _refused(audit: dict) -> None:
    audit["verdict"] = "refused"


def _foreign(audit: dict) -> None:
    audit["manifest_sha256"] = "0" * 64


def _uncovered(audit: dict) -> None:
    audit["suites"] = audit["suites"][1:]


def _emptied(audit: dict) -> None:
    audit["suites"][0]["rules"] = []


def _contradictory(audit: dict) -> None:
    audit["suites"][0]["rules"][0]["success"] = False


def _unwaived(audit: dict) -> None:
    audit["suites"][0]["rules"][0] |= {"success": False, "class": "commitment"}
    audit["waivers"] = [{"rule_id": audit["suites"][0]["rules"][0]["rule_id"], "period": "2021"}]


@pytest.mark.parametrize(
    "spoil", [_absent, _refused, _foreign, _uncovered, _emptied, _contradictory, _unwaived]
)
def test_publication_refuses_without_a_valid_passing_audit(lake: Lake, spoil) -> None:
    first = released(lake)
    written = candidate(lake, facts(files=("a.csv", "b.csv")))
    audit = audit_of(written)
    spoil(audit)
    if audit:
        (written.folder / "audit.json").write_text(json.dumps(audit), "utf-8")
    with pytest.raises(RefusedError):
        _publish(lake, written.release_id)
    assert not lake.release_of(written.release_id).exists()
    assert (lake.releases / "current").resolve() == first.folder.resolve()


def test_a_waived_commitment_is_released(lake: Lake) -> None:
    written = candidate(lake)
    audit = audit_of(written)
    rule = audit["suites"][0]["rules"][0]
    rule |= {"success": False, "class": "commitment"}
    audit["waivers"] = [
        {
            "rule_id": rule["rule_id"],
            "period": "2022-9M",
            "reason": "Sự cố",
            "person": "A",
            "expires_on": "2022-12-31",
        }
    ]
    write_certificate(lake, written.release_id, audit)
    release = _publish(lake, written.release_id)
    assert "Sự cố" in (release.folder / "report" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["marts/fct_dossiers.parquet", "manifest.json"])
def test_a_byte_changed_after_the_audit_refuses(lake: Lake, name: str) -> None:
    written = candidate(lake)
    write_certificate(lake, written.release_id, audit_of(written))
    path = written.folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(RefusedError):
        _publish(lake, written.release_id)
    assert not lake.release_of(written.release_id).exists()


def test_a_manifest_of_other_facts_refuses_even_under_a_matching_audit(lake: Lake) -> None:
    written = candidate(lake)
    path = written.folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"f1"', '"f2"'), "utf-8")
    audit = audit_of(written) | {"manifest_sha256": sha256_file(path)}
    write_certificate(lake, written.release_id, audit)
    with pytest.raises(RefusedError, match="facts of another release"):
        _publish(lake, written.release_id)


def test_a_certificate_must_be_of_this_candidate(lake: Lake) -> None:
    written = candidate(lake)
    audit = audit_of(written)
    _foreign(audit)
    with pytest.raises(CchcError, match="other bytes"):
        write_certificate(lake, written.release_id, audit)
    assert not (written.folder / "audit.json").exists()


def test_a_refusal_is_certified_too(lake: Lake) -> None:
    written = candidate(lake)
    certificate = write_certificate(lake, written.release_id, audit_of(written, "refused"))
    assert certificate.verdict == "refused"
    assert certificate.path.is_file()


def test_a_release_is_never_written_again(lake: Lake) -> None:
    release = released(lake)
    before = _bytes(release.folder)
    again = released(lake)
    assert again.was_there
    assert _bytes(release.folder) == before


def test_an_unknown_candidate_is_a_usage_error(lake: Lake) -> None:
    with pytest.raises(UsageError):
        _publish(lake, "2022-9M_000000000000")
    with pytest.raises(UsageError, match="leads outside"):
        _publish(lake, "../../etc")
