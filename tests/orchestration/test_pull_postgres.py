"""Pulling from a real PostgreSQL: nothing lost, nothing doubled, nothing told that must not be told."""

from __future__ import annotations

import stat
import textwrap
import unicodedata
from pathlib import Path

import pytest

from orchestration.errors import UsageError
from tests.orchestration.ingest_lake import TestLake
from tests.orchestration.pulled_lake import (
    TASKS,
    codes,
    document,
    entries,
    last_pull,
    staged,
    task,
)
from tests.postgres import Database


@pytest.fixture
def lake(tasks_lake: TestLake) -> TestLake:
    return tasks_lake


def test_only_what_is_new_is_pulled_and_nothing_new_leaves_the_lake_as_it_is(
    lake: TestLake, database: Database
):
    database.run(task("A"), task("B"))
    report = lake.ingest()
    assert report.broken == []
    assert report.unreached == []
    assert codes(lake) == ["A", "B"]
    pull = last_pull(lake)
    assert (pull["number"], pull["rows"], pull["counted"], pull["cursor_before"]) == (1, 2, 2, None)
    assert staged(lake) == []

    before = entries(lake)
    lake.ingest()
    assert entries(lake) == before

    database.run(task("C"), "update nhiem_vu set content = 'Sửa', updated_at = now() where task_code = 'A'")
    lake.ingest()
    assert sorted(codes(lake)) == ["A", "A", "B", "C"]
    pull = last_pull(lake)
    assert (pull["number"], pull["rows"], pull["repeated"], pull["counted"]) == (2, 2, 1, 3)


def test_a_record_with_the_very_watermark_at_which_the_last_pull_ended_is_not_lost(
    lake: TestLake, database: Database
):
    at = "timestamptz '2026-09-01 08:00:00.123456+07'"
    database.run(task("A", at))
    document(lake, TASKS.replace("1 hour", "0 seconds"))
    lake.ingest()
    database.run(task("B", at))
    lake.ingest()
    assert sorted(codes(lake)) == ["A", "B"]
    assert last_pull(lake)["cursor_after"] == {
        "watermark": "updated_at",
        "value": "2026-09-01 08:00:00.123456+07",
    }


def test_what_is_committed_late_behind_the_watermark_is_found_in_the_overlap_and_beyond_it_by_a_full_pull(
    lake: TestLake, database: Database
):
    with database.connect() as slow, slow.cursor() as cursor:
        cursor.execute(task("LATE", "now() - interval '50 minutes'"))
        database.run(task("A"))
        lake.ingest()
        assert codes(lake) == ["A"]
        slow.commit()
    lake.ingest()
    assert sorted(codes(lake)) == ["A", "LATE"]
    database.run(task("TOO LATE", "now() - interval '2 hours'"))
    lake.ingest()
    assert "TOO LATE" not in codes(lake)
    lake.ingest(full=["nhiem_vu"])
    assert "TOO LATE" in codes(lake)
    assert last_pull(lake)["full"] is True


def test_a_watermark_ahead_of_the_source_s_own_clock_does_not_carry_the_cursor_away(
    lake: TestLake, database: Database
):
    database.run(task("A", "now() - interval '1 minute'"), task("FUTURE", "now() + interval '1 year'"))
    report = lake.ingest()
    assert sorted(codes(lake)) == ["A", "FUTURE"]
    assert any("later than the source's clock" in warning for warning in report.warnings)
    database.run(task("B"))
    lake.ingest()
    assert sorted(codes(lake)) == ["A", "B", "FUTURE"]


@pytest.mark.parametrize(("nulls", "expected"), [("always", ["A", "N"]), ("never", ["A"])])
def test_records_without_a_watermark_are_pulled_once_for_each_content_or_never(
    lake: TestLake, database: Database, nulls: str, expected: list[str]
):
    columns = "select *, nullif(updated_at, timestamptz '2000-01-01+00') as mark from nhiem_vu"
    query = f"query: {columns}\n      watermark: {{column: mark, overlap: 1 hour, nulls: {nulls}}}"
    text = TASKS.replace("table: public.nhiem_vu\n", query + "\n").replace(
        "      watermark: {column: updated_at, overlap: 1 hour}\n", ""
    )
    document(lake, text)
    database.run(task("A"), task("N", "timestamptz '2000-01-01+00'"))
    report = lake.ingest()
    lake.ingest()
    assert report.unreached == []
    assert sorted(codes(lake)) == expected
    assert any("have no watermark" in warning for warning in report.warnings)


def test_equal_records_and_older_ones_of_a_key_in_one_pull_are_left_out(lake: TestLake, database: Database):
    database.run(task("A"), task("B"))
    twice = "select * from nhiem_vu union all select * from nhiem_vu union all select task_code, issuer, assigned_on, "
    twice += "content, lead_agency_code, progress_pct, updated_at - interval '1 minute' from nhiem_vu"
    document(lake, TASKS.replace("table: public.nhiem_vu", f"query: {twice}"))
    report = lake.ingest()
    assert sorted(codes(lake)) == ["A", "B"]
    assert any("4 older versions" in warning for warning in report.warnings)


SNAPSHOT = """
    feed: tasks
    mode: snapshot
    rhythm: daily
    columns:
      {task_code: task_code, issuer: issuer, assigned_on: assigned_on, lead_agency_code: lead_agency_code,
       updated_at: updated_at}
"""


def test_a_snapshot_is_whole_every_time_and_lacks_what_the_source_deleted(
    lake: TestLake, database: Database, tmp_path: Path
):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "nhiem_vu.yml").write_text(textwrap.dedent(SNAPSHOT))
    whole = TASKS.replace("profile: none", "profile: nhiem_vu").replace(
        "      watermark: {column: updated_at, overlap: 1 hour}\n", ""
    )
    document(lake, whole)
    database.run(task("A"), task("B"))
    lake.ingest(profiles=profiles)
    lake.ingest(profiles=profiles)
    assert [entry.mode for entry in entries(lake)] == ["snapshot"]
    database.run("delete from nhiem_vu where task_code = 'A'")
    lake.ingest(profiles=profiles)
    second = entries(lake)[1]
    assert lake.query(f"select task_code from rows where file_id = '{second.file_id}'", "raw", "tasks") == [
        ("B",)
    ]
    database.run("delete from nhiem_vu")
    report = lake.ingest(profiles=profiles)
    assert len(entries(lake)) == 2
    assert "no record, where the last pull gave 1" in report.broken[0].message()
    document(lake, whole.replace("attempts: 1", "allow_empty: true"))
    assert lake.ingest(profiles=profiles).broken == []
    assert [entry.outputs[0].rows for entry in entries(lake)] == [2, 1, 0]
    assert entries(lake)[-1].mode == "snapshot"


def test_drift_of_columns_is_told_and_a_required_column_that_is_gone_breaks_the_delivery(
    lake: TestLake, database: Database
):
    database.run(task("A", progress_pct="12.50"))
    lake.ingest()
    database.run(
        "alter table nhiem_vu add column ghi_chu text",
        "alter table nhiem_vu drop column content",
        "alter table nhiem_vu alter column progress_pct type text using progress_pct::text",
        "update nhiem_vu set updated_at = now()",
    )
    report = lake.ingest()
    drift = {"new": ["ghi_chu"], "gone": ["content"], "retyped": ["progress_pct: numeric -> text"]}
    assert last_pull(lake)["drift"] == drift
    assert report.pulls()[0]["drift"] == drift
    assert "tasks/nhiem_vu: columns that are gone since the last pull: content" in report.warnings
    database.run(
        "alter table nhiem_vu drop column lead_agency_code", "update nhiem_vu set updated_at = now()"
    )
    before = entries(lake)
    report = lake.ingest()
    assert report.broken[0].column == "lead_agency_code"
    assert entries(lake) == before
    assert staged(lake) == []
    database.run("alter table nhiem_vu rename column updated_at to changed_at")
    report = lake.ingest()
    assert report.broken[0].column == "updated_at"
    assert entries(lake) == before


def test_a_crash_between_pull_and_commit_loses_nothing_and_doubles_nothing(
    lake: TestLake, database: Database, monkeypatch: pytest.MonkeyPatch
):
    database.run(task("A"))
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.extracts.take.commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            lake.ingest()
    assert len(staged(lake)) == 1
    assert entries(lake) == []
    report = lake.ingest()
    assert report.orphans_removed >= 1
    assert codes(lake) == ["A"]
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.extracts.ingest.settle", _killed)
        database.run(task("B"))
        with pytest.raises(KeyboardInterrupt):
            lake.ingest()
    assert len(staged(lake)) == 1
    lake.ingest()
    assert sorted(codes(lake)) == ["A", "B"]
    assert staged(lake) == []


def _killed(*_arguments: object, **_named: object) -> None:
    raise KeyboardInterrupt


def test_a_crash_in_the_middle_of_a_write_leaves_nothing_that_counts(
    lake: TestLake, database: Database, monkeypatch: pytest.MonkeyPatch
):
    database.run(task("A"))
    with monkeypatch.context() as patch:
        patch.setattr("pyarrow.parquet.ParquetWriter.write_batch", _killed)
        with pytest.raises(KeyboardInterrupt):
            lake.ingest()
    assert staged(lake) == ["tasks/nhiem_vu/delivery.part"]
    lake.ingest()
    assert codes(lake) == ["A"]
    assert staged(lake) == []


def test_pulled_files_are_for_their_owner_alone_kept_as_the_document_says_and_read_again_while_they_are(
    lake: TestLake, database: Database
):
    document(lake, TASKS + "    keep: always\n")
    database.run(task("A"))
    lake.ingest()
    file = entries(lake)[0].file
    path = lake.lake.restricted / file
    assert path.suffix == ".parquet"
    for made in (path, *lake.lake.pulled.rglob("*")):
        assert stat.S_IMODE(made.stat().st_mode) == (0o700 if made.is_dir() else 0o600), made
    report = lake.ingest(replay=Path(file))
    assert report.of_status("new")[0].entry.supersedes == (entries(lake)[0].file_id,)
    database.run(task("B"))
    lake.ingest()
    assert last_pull(lake)["number"] == 2, "a replay moves no cursor"
    document(lake, TASKS)
    lake.ingest()
    assert staged(lake) == []
    with pytest.raises(UsageError, match="is not kept any more"):
        lake.ingest(replay=Path(file))


def test_names_are_quoted_whatever_they_hold(lake: TestLake, database: Database):
    database.run(
        'create schema "Sở Tư pháp"',
        'create table "Sở Tư pháp"."nhiệm ""vụ""; --" as select *, updated_at as "Cập nhật" from nhiem_vu',
        'grant usage on schema "Sở Tư pháp" to reader',
        task("A").replace("nhiem_vu", '"Sở Tư pháp"."nhiệm ""vụ""; --"'),
        'update "Sở Tư pháp"."nhiệm ""vụ""; --" set "Cập nhật" = now()',
    )
    text = TASKS.replace("public.nhiem_vu", """'Sở Tư pháp.nhiệm "vụ"; --'""")
    document(lake, text.replace("column: updated_at", "column: Cập nhật"))
    report = lake.ingest()
    assert report.unreached == []
    assert codes(lake) == ["A"]


def test_values_arrive_to_the_last_digit_and_sign(lake: TestLake, database: Database):
    database.run(
        """create table ho_so as select
            'HS-01' as dossier_code, '1.004889.000.00.00.H28' as procedure_code, 'H28.53' as agency_code,
            'Nguyễn Thị Bưởi' as applicant_name, 10::smallint as status, true as paid_online,
            12345678901.0700::numeric as fee_amount, timestamptz '2026-03-01 00:30:00.000001+00' as received_at,
            timestamp '2026-03-02 17:00:00' as due_at, null::timestamp as finished_at,
            timestamptz 'infinity' as returned_at, now() as updated_at""",
    )
    text = TASKS.replace("feed: tasks", "feed: dossiers").replace("public.nhiem_vu", "ho_so")
    document(
        lake,
        text.replace("[task_code]", "[dossier_code]").replace("source: nhiem_vu", "source: ho_so"),
        "ho_so.yml",
    )
    (lake.settings.sources / "nhiem_vu.yml").unlink()
    report = lake.ingest()
    columns = "status, paid_online, fee_amount::varchar, received_at::varchar, due_at::varchar, finished_at"
    columns += ", returned_at"
    assert report.unreached == report.broken == []
    assert lake.raw("dossiers", columns) == [
        ("10", True, "12345678901.0700", "2026-03-01 07:30:00.000001", "2026-03-02 17:00:00", None, None)
    ]
    names = lake.query("select applicant_name from rows", "restricted/personal", "dossiers")
    assert names == [(unicodedata.normalize("NFC", "Nguyễn Thị Bưởi"),)]
    assert any("`infinity`" in warning for warning in report.warnings)


def test_what_the_source_counts_is_a_control_total_committed_with_the_delivery(
    lake: TestLake, database: Database
):
    document(lake, TASKS + "    control_total: {covers_from: 2026-01-01}\n")
    database.run(task("A"), task("B"))
    lake.ingest()
    assert [output.feed for output in entries(lake)[0].outputs] == ["tasks", "control_totals"]
    columns = "feed, source, agency_code, covers_from::varchar, measure, value::bigint, source_name"
    assert lake.raw("control_totals", columns) == [
        ("tasks", "nhiem_vu", None, "2026-01-01", "rows", 2, "nhiem_vu")
    ]
    lake.ingest()
    assert len(entries(lake)) == 1
    database.run("delete from nhiem_vu where task_code = 'A'")
    lake.ingest()
    assert sorted(row[0] for row in lake.raw("control_totals", "value::bigint")) == [1, 2]
    assert entries(lake)[1].outputs[0].rows == 0, (
        "what is deleted in a delta source is told by its count alone"
    )
