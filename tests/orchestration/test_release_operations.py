"""Operating releases: verify, diff, prune, the page."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from release_lake import NOON, audit_of, build, candidate, facts, make_lake, released

from orchestration.errors import RefusedError, UsageError
from orchestration.lake import Lake
from orchestration.release.certificate import write_certificate
from orchestration.release.diff import diff
from orchestration.release.documents import compact, rendered, sha256_file, sha256_of
from orchestration.release.pointers import rollback
from orchestration.release.prune import prune
from orchestration.release.publish import publish
from orchestration.release.published import read_published
from orchestration.release.verify import changed_files, require_unchanged, verify

LATER = NOON + timedelta(days=30)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path / "lake")


def _flip(path: Path, where: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(where * (len(content) - 1))] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(content))


def test_an_untouched_release_verifies(lake: Lake) -> None:
    released(lake)
    assert verify(lake).findings == ()
    assert require_unchanged(lake, "2022-9M").to_json()["unchanged"] is True


@pytest.mark.parametrize("where", [0, 0.6, 1])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "audit.json",
        "release.json",
        "cchc.duckdb",
        "report/index.html",
        "marts/fct_dossiers.parquet",
    ],
)
def test_one_changed_byte_of_any_file_is_found(lake: Lake, name: str, where: float) -> None:
    folder = released(lake).folder
    _flip(folder / name, where)
    with pytest.raises(RefusedError, match=name.rsplit("/", maxsplit=1)[-1]) as error:
        require_unchanged(lake)
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    "name", ["audit.json", "marts/fct_dossiers.parquet", "cchc.duckdb", "report/index.html"]
)
def test_a_missing_file_is_found(lake: Lake, name: str) -> None:
    (released(lake).folder / name).unlink()
    assert any(f"{name} is missing" in finding for finding in verify(lake).findings)


def test_a_foreign_file_is_found(lake: Lake) -> None:
    (released(lake).folder / "marts" / "extra.parquet").write_bytes(b"x")
    assert verify(lake).findings == ("marts/extra.parquet does not belong to the release",)


def test_a_database_of_other_rows_is_found_even_where_its_hash_was_forged(lake: Lake) -> None:
    folder = released(lake).folder
    database = folder / "cchc.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute("update marts.fct_dossiers set agency_code = 'H28.9' where dossier_key = 'k1'")
    document = json.loads((folder / "release.json").read_bytes())
    del document["document_sha256"]
    document["files"]["cchc.duckdb"] = sha256_file(database)
    (folder / "release.json").chmod(0o644)
    (folder / "release.json").write_bytes(
        rendered(document | {"document_sha256": sha256_of(compact(document))})
    )
    assert changed_files(folder, folder.name) == []
    assert verify(lake).findings == (
        "cchc.duckdb: marts.fct_dossiers holds other rows than the manifest says",
    )


def test_a_release_under_another_name_is_found(lake: Lake) -> None:
    folder = released(lake).folder
    other = folder.with_name("2022-9M_000000000000")
    folder.rename(other)
    assert "manifest.json states facts of another release" in verify(lake, other.name).findings


def test_diff_names_figures_inputs_and_dossiers(lake: Lake) -> None:
    first = released(lake)
    build(
        lake,
        {
            "fct_dossiers": """select dossier_key, agency_code, received_at,
                    case when dossier_key = 'k2' then received_at else finished_at end as finished_at, is_final,
                    case when dossier_key = 'k1' then last_recorded_at + interval 20 day
                         when dossier_key = 'k2' then last_recorded_at + interval 10 day
                         else last_recorded_at end as last_recorded_at
                from old where dossier_key <> 'k3'
                union all
                select 'k4', 'H28.7', timestamp '2022-03-04', null, false, timestamp '2022-11-01'""",
            "headline_figures": """select * replace (
                case when indicator_code = 'dossiers_received' then 4 else value end as value) from old""",
        },
    )
    second = released(lake, facts(known_at=LATER, files=("a.csv", "b.csv")), clock=LATER)
    moved = diff(lake, first.release_id, second.release_id)
    assert [(item.indicator_code, item.delta, item.inputs_added) for item in moved.figures] == [
        ("dossiers_received", 1, 1)
    ]
    assert moved.figures[0].feeds == ("dossiers",)
    assert [item["file"] for item in moved.inputs_added] == ["b.csv"]
    assert moved.inputs_removed == ()
    assert not moved.rules_changed
    by_agency = {item.agency_code: item for item in moved.dossiers}
    # k1 arrived again without a change: it has not moved.
    assert (by_agency["*"].added, by_agency["*"].removed, by_agency["*"].changed) == (1, 1, 1)
    assert by_agency["*"].late == 2
    assert by_agency["H28.1"].sample_keys == ("k2",)
    assert (by_agency["H28.7"].added, by_agency["H28.2"].removed) == (1, 1)
    json.dumps(moved.to_json())


def test_diff_of_a_changed_way_of_computing_says_so(lake: Lake) -> None:
    first = released(lake)
    second = released(lake, facts(fingerprint="f2"), clock=LATER)
    moved = diff(lake, first.release_id, second.release_id)
    assert moved.rules_changed
    assert moved.figures == ()
    assert (moved.dossiers[0].agency_code, moved.dossiers[0].changed) == ("*", 0)


def test_prune_keeps_the_newest_and_whatever_is_named(lake: Lake) -> None:
    ids = [
        released(
            lake, facts("2022-9M", NOON + timedelta(days=day)), clock=NOON + timedelta(days=day)
        ).release_id
        for day in range(5)
    ]
    rollback(lake, ids[0])
    claims = lake.releases / "claims" / "report.json"
    claims.parent.mkdir()
    claims.write_text(json.dumps({"claims": [{"text": "99,7 %", "release_id": ids[1]}]}), "utf-8")
    result = prune(lake, keep=1)
    assert result.removed == (ids[3], ids[2])
    assert set(result.held) == {ids[0], ids[1]}
    assert result.kept == (ids[4],)
    assert result.bytes > 0
    assert not lake.release_of(ids[2]).exists()
    assert {row["release_id"] for row in read_published(lake)} == set(ids)
    rows = {row["release_id"]: row["superseded_by"] for row in read_published(lake)}
    assert rows[ids[1]] == ids[2]


def test_prune_removes_candidates_but_the_newest_refused_one(lake: Lake) -> None:
    release = released(lake)
    old = candidate(lake, facts(fingerprint="old"))
    newest = candidate(lake, facts(fingerprint="new"))
    os.utime(old.folder, (1, 1))
    result = prune(lake, keep=3)
    assert set(result.candidates) == {release.release_id, old.release_id}
    assert newest.folder.is_dir()


def test_prune_stops_at_a_damaged_claims_ledger(lake: Lake) -> None:
    for day in range(2):
        released(lake, facts(known_at=NOON + timedelta(days=day)), clock=NOON + timedelta(days=day))
    (lake.releases / "claims").mkdir()
    (lake.releases / "claims" / "report.json").write_text("{", "utf-8")
    with pytest.raises(RefusedError, match="damaged"):
        prune(lake, keep=1)
    with pytest.raises(UsageError):
        prune(lake, keep=0)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _page(folder: Path) -> tuple[str, set[str]]:
    parser = _Text()
    parser.feed((folder / "report" / "index.html").read_text("utf-8"))
    return "\n".join(parser.texts), parser.tags


def test_the_page_says_figures_targets_verdicts_and_what_is_missing(lake: Lake) -> None:
    text, tags = _page(released(lake, facts(simulated=True)).folder)
    for expected in (
        "Kỳ 2022-9M: từ ngày 15/12/2021 đến hết ngày 14/09/2022",
        "Dữ liệu mô phỏng",
        "Simulated data",
        "99,9 %",
        "99.9 %",
        "> 99,7 %",
        "1.999 / 2.000",
        "biểu 06a 99,95 % · chặt chẽ 50,00 % · đang quá hạn 7 · đang tạm dừng 5",
        "Chưa đánh giá: chưa có nguồn nào giao dữ liệu tasks",
        "Not assessed: no source delivers the feed tasks",
        "Tỷ lệ đúng hạn <b>",
        "Sửa <script>",
    ):
        assert expected in text
    assert not tags & {"script", "b", "link", "img", "iframe"}


def test_the_page_of_real_data_has_no_notice(lake: Lake) -> None:
    text, _ = _page(released(lake).folder)
    assert "mô phỏng" not in text
    assert "Provisional" not in text


def test_waivers_and_failed_rules_are_printed_and_kept_with_the_figure(lake: Lake) -> None:
    written = candidate(lake)
    audit = audit_of(written)
    rule = next(suite for suite in audit["suites"] if suite["name"] == "headline_figures")["rules"][0]
    rule |= {
        "rule_id": "dossiers_on_time_target",
        "success": False,
        "class": "commitment",
        "indicator_code": "dossiers_on_time_rate",
        "message_vi": "Thấp hơn cam kết <i>",
        "message_en": "Below the commitment",
    }
    audit["waivers"] = [
        {
            "rule_id": rule["rule_id"],
            "period": "2022-9M",
            "reason": "Sự cố hệ thống",
            "person": "Nguyễn Văn A",
            "expires_on": "2022-12-31",
        }
    ]
    write_certificate(lake, written.release_id, audit)
    folder = publish(lake, written.release_id, "run-1", lambda: NOON).folder
    text, tags = _page(folder)
    assert "Sự cố hệ thống" in text
    assert "Thấp hơn cam kết <i>" in text
    assert "i" not in tags
    waived = {row["indicator_code"]: row["waiver"] for row in read_published(lake) if row["waiver"]}
    assert waived == {"dossiers_on_time_rate": "dossiers_on_time_target: Sự cố hệ thống (Nguyễn Văn A)"}


def test_a_figure_that_moved_is_printed_with_its_reason_and_kept_with_it(lake: Lake) -> None:
    written = candidate(lake)
    audit = audit_of(written)
    move = {
        "indicator_code": "dossiers_on_time_rate", "variant": "form_06a", "unit": "ratio", "label_vi": "Tỷ lệ đúng hạn",
        "label_en": "On-time rate", "before": 0.998, "after": 0.9995, "numerator_before": 1996, "numerator": 1999,
        "denominator_before": 2000, "denominator": 2000, "explained_by": "restatement", "records": None,
        "reason": "Đếm lại <b>", "person": "Trần Thị B", "since": "2022-9M_aaaaaaaaaaaa",
    }  # fmt: skip
    audit["moves"] = [move]
    write_certificate(lake, written.release_id, audit)
    folder = publish(lake, written.release_id, "run-1", lambda: NOON).folder
    text, tags = _page(folder)
    for expected in ("2022-9M_aaaaaaaaaaaa", "99,8 %", "Đếm lại <b>", "Trần Thị B", "restated", "điều chỉnh"):
        assert expected in text
    assert "b" not in tags
    restated = {
        (row["indicator_code"], row["variant"]): row["restatement"]
        for row in read_published(lake)
        if row["restatement"]
    }
    assert restated == {("dossiers_on_time_rate", "form_06a"): "Đếm lại <b> (Trần Thị B)"}
