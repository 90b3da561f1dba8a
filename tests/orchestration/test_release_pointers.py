"""Which release readers are led to, and that nothing they read is ever disturbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from release_lake import NOON, audit_of, build, candidate, facts, make_lake, released

from orchestration.errors import UsageError
from orchestration.lake import Lake
from orchestration.release import candidate as candidate_module
from orchestration.release import publish as publish_module
from orchestration.release.catalog import list_releases, show_release
from orchestration.release.certificate import write_certificate
from orchestration.release.pointers import pointed_at, pointers, resolve_release, rollback, unpin
from orchestration.release.publish import publish, recover, waits_for_recovery
from orchestration.release.published import read_published

LATER = NOON + timedelta(days=30)


COUNTED = """
import sys, duckdb
reader = duckdb.connect(sys.argv[1], read_only=True)
print(reader.sql("select count(*) from marts.fct_dossiers").fetchone()[0])
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return make_lake(tmp_path / "lake")


def _current(lake: Lake) -> str:
    """What a reader sees, by the link and by the document beside it."""
    by_link = (lake.releases / "current").resolve().name
    by_document = json.loads((lake.releases / "current.json").read_bytes())["release_id"]
    assert by_link == by_document
    return by_link


def test_the_first_release_is_current_and_its_periods(lake: Lake) -> None:
    release = released(lake)
    assert _current(lake) == release.release_id
    assert pointers(lake) == {"current": release.release_id, "by-period/2022-9M": release.release_id}
    assert (lake.releases / "by-period" / "2022-9M" / "manifest.json").is_file()


def test_a_later_period_becomes_current(lake: Lake) -> None:
    released(lake)
    later = released(lake, facts("2022"))
    assert _current(lake) == later.release_id


def test_a_backfill_of_an_older_period_does_not_move_current(lake: Lake) -> None:
    newest = released(lake)
    older = released(lake, facts("2022-06", LATER), clock=LATER)
    assert _current(lake) == newest.release_id
    assert pointed_at(lake, "2022-06") == older.release_id


def test_a_newer_known_at_of_the_same_period_becomes_current(lake: Lake) -> None:
    first = released(lake)
    second = released(lake, facts(known_at=LATER), clock=LATER)
    assert _current(lake) == pointed_at(lake, "2022-9M") == second.release_id
    assert second.document["previous_release"] == first.release_id


def test_of_equal_known_at_the_last_released_is_current(lake: Lake) -> None:
    released(lake)
    restated = released(lake, facts(fingerprint="f2"), clock=LATER)
    assert _current(lake) == restated.release_id


def test_a_provisional_release_moves_no_pointer(lake: Lake) -> None:
    final = released(lake)
    released(lake, facts("2022", provisional=True), clock=LATER)
    assert pointers(lake) == {"current": final.release_id, "by-period/2022-9M": final.release_id}


def test_a_run_of_an_older_known_at_moves_no_pointer_even_where_there_is_none(lake: Lake) -> None:
    historic = released(lake, facts("2022-06"), moves_pointers=False)
    assert pointers(lake) == {}
    assert not (lake.releases / "current.json").exists()
    with pytest.raises(UsageError, match="Nothing has been released"):
        resolve_release(lake)
    assert resolve_release(lake, historic.release_id).release_id == historic.release_id


def test_a_rollback_holds_the_pointer_until_unpin(lake: Lake) -> None:
    first = released(lake)
    second = released(lake, facts(known_at=LATER), clock=LATER)
    rollback(lake, first.release_id)
    assert _current(lake) == pointed_at(lake, "2022-9M") == first.release_id
    third = released(lake, facts("2022", LATER), clock=LATER)
    assert _current(lake) == first.release_id
    assert pointed_at(lake, "2022") == third.release_id
    assert [item.pinned for item in list_releases(lake).releases].count(True) == 1
    unpin(lake)
    assert _current(lake) == third.release_id
    assert pointed_at(lake, "2022-9M") == second.release_id


def test_a_rollback_needs_a_final_release(lake: Lake) -> None:
    provisional = released(lake, facts("2022", provisional=True))
    with pytest.raises(UsageError, match="provisional"):
        rollback(lake, provisional.release_id)
    with pytest.raises(UsageError, match="no release"):
        rollback(lake, "2022_000000000000")


def test_releases_are_found_by_id_period_and_current(lake: Lake) -> None:
    release = released(lake)
    for name in (release.release_id, "2022-9M", "current"):
        assert resolve_release(lake, name).folder == release.folder
    with pytest.raises(UsageError, match="no release '2021'"):
        resolve_release(lake, "2021")
    with pytest.raises(UsageError, match="leads outside"):
        resolve_release(lake, "../../etc")


def test_the_list_says_what_points_where(lake: Lake) -> None:
    released(lake, facts(simulated=True))
    listed = list_releases(lake).to_json()["releases"]
    assert listed[0]["pointers"] == ["current", "by-period/2022-9M"]
    assert listed[0]["simulated"] is True
    shown = show_release(lake).to_json()
    assert shown["verdict"] == "passed"
    assert shown["rules_not_held"] == []
    json.dumps(shown)


def test_an_empty_lake_lists_nothing(tmp_path: Path) -> None:
    assert list_releases(Lake(tmp_path)).releases == ()


def test_published_figures_keep_every_release_and_say_what_superseded_it(lake: Lake) -> None:
    first = released(lake)
    released(lake, facts("2022", provisional=True), clock=LATER)
    second = released(lake, facts(known_at=LATER), clock=LATER)
    rows = read_published(lake)
    assert {row["release_id"] for row in rows if row["superseded_by"] is None} >= {second.release_id}
    assert {row["superseded_by"] for row in rows if row["release_id"] == first.release_id} == {
        second.release_id
    }
    assert {row["provisional"] for row in rows if row["period_code"] == "2022"} == {True}
    rate = next(row for row in rows if row["variant"] == "form_06a")
    assert (rate["numerator"], rate["denominator"], rate["status"]) == (1999.0, 2000.0, "met")


def test_an_open_reader_keeps_its_release_while_the_next_is_published(lake: Lake) -> None:
    first = released(lake)
    path = lake.releases / "current" / "cchc.duckdb"
    with duckdb.connect(str(path), read_only=True) as reader:
        assert reader.sql("select count(*) from marts.fct_dossiers").fetchone() == (3,)
        build(lake, {"fct_dossiers": "select * from old where dossier_key <> 'k1'"})
        second = released(lake, facts(known_at=LATER), clock=LATER)
        assert reader.sql("select count(*) from marts.fct_dossiers").fetchone() == (3,)
        with duckdb.connect(str(second.folder / "cchc.duckdb"), read_only=True) as other:
            assert other.sql("select count(*) from marts.fct_dossiers").fetchone() == (2,)
    seen = subprocess.run(
        [sys.executable, "-c", COUNTED, str(path)], capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "2"
    assert (first.folder / "cchc.duckdb").is_file()


STEPS = [
    "_copy_audited_bytes", "write_database", "write_page", "_release_document", "_seal", "_make_visible",
    "write_published", "settle",
]  # fmt: skip
KILLED_BEFORE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from orchestration.lake import Lake
from orchestration.release import publish
root, release_id, step, calls = sys.argv[1:]
calls = int(calls)
real = getattr(publish, step)
def killed(*args, **kwargs):
    global calls
    if calls == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    calls -= 1
    return real(*args, **kwargs)
setattr(publish, step, killed)
publish.publish(Lake(Path(root)), release_id, "run-2", lambda: datetime(2022, 11, 8, 12))
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_publication_leaves_the_last_release_and_the_next_run_finishes(
    lake: Lake, step: str
) -> None:
    first = released(lake)
    written = candidate(lake, facts(known_at=LATER))
    write_certificate(lake, written.release_id, audit_of(written))
    # `settle` runs once before anything is written; the second call is the one that moves the pointers.
    calls = "1" if step == "settle" else "0"
    command = [sys.executable, "-c", KILLED_BEFORE, str(lake.root), written.release_id, step, calls]
    assert subprocess.run(command, check=False).returncode == -9
    assert _current(lake) == first.release_id
    assert duckdb.connect(str(lake.releases / "current" / "cchc.duckdb"), read_only=True).sql(
        "from marts.fct_dossiers"
    )
    # Before the first copy nothing was written, so nothing waits.
    assert waits_for_recovery(lake) is (step != "_copy_audited_bytes")
    publish(lake, written.release_id, "run-3", lambda: LATER)
    assert _current(lake) == written.release_id
    assert not list(lake.releases.glob(".tmp-*"))
    assert {row["release_id"] for row in read_published(lake)} == {first.release_id, written.release_id}
    assert not waits_for_recovery(lake)


def test_recovery_is_idempotent(lake: Lake) -> None:
    released(lake)
    before = pointers(lake)
    published = (lake.releases / "published_figures.parquet").read_bytes()
    recover(lake)
    recover(lake)
    assert pointers(lake) == before
    assert (lake.releases / "published_figures.parquet").read_bytes() == published


def test_lost_pointers_are_made_again(lake: Lake) -> None:
    release = released(lake)
    (lake.releases / "current").unlink()
    (lake.releases / "by-period" / "2022-9M").unlink()
    (lake.releases / "published_figures.parquet").unlink()
    assert waits_for_recovery(lake)
    recover(lake)
    assert _current(lake) == pointed_at(lake, "2022-9M") == release.release_id
    assert {row["release_id"] for row in read_published(lake)} == {release.release_id}


def test_a_candidate_that_was_not_finished_is_written_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = candidate(lake)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(candidate_module, "_figures", fail)
        with pytest.raises(KeyboardInterrupt):
            candidate(lake)
    assert list(lake.candidate.glob(".tmp-*"))
    again = candidate(lake)
    assert again.manifest_sha256 == first.manifest_sha256
    assert [path.name for path in lake.candidate.iterdir()] == [first.release_id]


def test_a_failed_step_leaves_no_visible_release(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    written = candidate(lake)
    write_certificate(lake, written.release_id, audit_of(written))

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(publish_module, "write_database", fail)
        with pytest.raises(OSError, match="No space"):
            publish(lake, written.release_id, "run-1", lambda: NOON)
    assert list_releases(lake).releases == ()
    assert publish(lake, written.release_id, "run-1", lambda: NOON).release_id == written.release_id


def test_a_clock_with_an_offset_is_written_as_local_time(lake: Lake) -> None:
    aware = datetime.fromisoformat("2022-10-09T12:00:00+07:00")
    assert released(lake, clock=aware).document["created_at"] == "2022-10-09T12:00:00.000000"
