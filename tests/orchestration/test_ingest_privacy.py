"""Identities planted in every feed are found nowhere outside `restricted/` and `landing/`."""

from __future__ import annotations

import hashlib
import hmac
import json
import stat
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.errors import UsageError
from orchestration.extracts.contract import Column, Feed, feeds
from orchestration.extracts.pseudonyms import Secret, hmac_sql, load_secret, lookup
from orchestration.settings import load_settings
from tests.orchestration.ingest_lake import SECRET, TestLake, dvcqg_object, make_lake

PLANTED = "Kín-017099001234"


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path / "lake")


def sample(column: Column) -> str:
    if column.personal:
        return PLANTED
    if column.values:
        return str(column.values[0])
    return {"t": f"{column.name}-1", "ts": "2022-03-01 08:00:00", "d": "2022-03-01", "b": "1"}.get(
        column.type, "1"
    )


def planted_csv(feed: Feed) -> str:
    """A good record; one with an unknown column full of identity; rejected ones with identities everywhere."""
    names = [column.name for column in feed.columns]
    good = [sample(column) for column in feed.columns]
    lines = [",".join([*names, "ghi_chu"]), ",".join([*good, PLANTED])]
    lines.append(",".join([PLANTED] * (len(names) + 1)))
    lines.append(",".join([PLANTED] * 2))
    lines.append(",".join(["", *[PLANTED] * len(names)]))
    return "\n".join(lines) + "\n"


def everything_outside(lake: TestLake) -> str:
    """Every byte outside restricted/ and landing/, and every value of the Parquet files there."""
    found = []
    for path in lake.lake.root.rglob("*"):
        place = path.relative_to(lake.lake.root).parts[0]
        if place in ("restricted", "landing") or not path.is_file():
            continue
        found.append(str(path))
        found.append(path.read_bytes().decode("utf-8", "replace"))
        if path.suffix == ".parquet":
            found.append(json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str))
    return "\n".join(found)


def test_planted_identities_stay_in_the_restricted_zone(lake: TestLake):
    for feed in feeds().values():
        lake.land(f"{feed.name}/2022-04-01_{feed.name}.csv", planted_csv(feed))
    lake.land_json(
        "dossiers/dvcqg/2022-04-01_d.jsonl",
        [
            dvcqg_object("H28-1", ChuHoSo=PLANTED, Email=PLANTED, LaTruongLa=PLANTED),
            dvcqg_object("H28-2", ChuHoSo=PLANTED, MaTTHC=""),
        ],
    )
    lake.land("dossiers/2022-05-01_no_header.csv", f"{PLANTED},{PLANTED}\n")
    messages: list[str] = []
    report = lake.ingest(progress=messages.append)
    assert len(report.of_status("new")) == len(feeds()) + 1
    assert all(counts["accepted"] >= 1 for counts in report.feeds().values())
    assert all(
        counts["quarantined"] >= 1
        for feed, counts in report.feeds().items()
        if feed != "dossier_supplements" or counts["lines"] > 2
    )
    outside = everything_outside(lake)
    assert "017099001234" not in outside
    assert "0987654321" not in outside
    assert "017099001234" not in json.dumps(report.to_dict(), ensure_ascii=False) + "".join(messages)
    inside = lake.query("select applicant_name from rows", "restricted/personal", "dossiers")
    assert (PLANTED,) in inside


def test_the_restricted_zone_opens_for_its_owner_alone(lake: TestLake):
    lake.land_json(
        "dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object("H28-1"), dvcqg_object("H28-2", MaTTHC="")]
    )
    lake.ingest()
    paths = [lake.lake.restricted, *lake.lake.restricted.rglob("*")]
    assert len(paths) > 8
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_pseudonyms_are_hmac_sha256_and_lead_back_to_the_code(lake: TestLake):
    lake.land_json("dossiers/dvcqg/2022-04-01_d.jsonl", [dvcqg_object("H28.Đ-1")])
    lake.ingest()
    [(key,)] = lake.raw("dossiers", "dossier_key")
    assert key == hmac.new(SECRET.encode(), "H28.Đ-1".encode(), hashlib.sha256).hexdigest()
    assert lookup(lake.lake, key) == "H28.Đ-1"
    with pytest.raises(UsageError, match="No record"):
        lookup(lake.lake, "0" * 64)
    log = (lake.lake.restricted / "trace.log").read_text().splitlines()
    assert [line.split("\t")[-1] for line in log] == ["found", "not found"]


@pytest.mark.parametrize("length", [16, 63, 64, 65, 200])
def test_hmac_in_sql_equals_pythons_for_every_length_of_secret(length: int):
    secret = Secret(bytes(range(1, 1 + length % 200)) * 2)
    [(found, null)] = duckdb.sql(
        f"select {hmac_sql('code', secret)}, {hmac_sql('null::varchar', secret)} from (select 'Hồ sơ 1' as code)"
    ).fetchall()
    assert found == hmac.new(secret.value, "Hồ sơ 1".encode(), hashlib.sha256).hexdigest()
    assert null is None


def test_a_local_lake_makes_its_own_secret_once(tmp_path: Path):
    settings = load_settings({"CCHC_ENV": "local", "CCHC_LAKE": str(tmp_path / "own")})
    lake = make_lake(tmp_path / "own").lake
    first, second = load_secret(lake, settings), load_secret(lake, settings)
    assert first == second
    assert len(first.value) == 64
    assert first.secret_id not in repr(first.value)
    assert stat.S_IMODE((lake.restricted / "secret").stat().st_mode) == 0o600
    assert list(lake.restricted.iterdir()) == [lake.restricted / "secret"]


def test_a_short_secret_is_refused(tmp_path: Path):
    lake = make_lake(tmp_path, CCHC_PSEUDONYM_SECRET="short")
    with pytest.raises(UsageError, match="shorter"):
        lake.ingest()
