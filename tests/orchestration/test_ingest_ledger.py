"""Files seen before, replays, interrupted ingests, known-at, and what the ledger says of each file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.errors import CchcError, UsageError
from orchestration.extracts.ingest import ingest
from orchestration.extracts.ledger import active_entries, read_ledger
from orchestration.extracts.profile import PROFILES
from orchestration.settings import load_settings
from tests.orchestration.ingest_lake import EVENTS, SECRET, TestLake, make_lake

FILE = "dossier_events/mot_cua/2022-04-01_e.csv"
GOOD = EVENTS + "A,2022-03-01 08:00:00,2,1,,\nA,2022-03-01 09:00:00,x,1,,\n"


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path / "lake")


def files_of(lake: TestLake) -> set[str]:
    return {
        str(path.relative_to(lake.lake.root))
        for path in lake.lake.root.rglob("*")
        if path.is_file() and "landing" not in path.parts and path.name != "secret"
    }


def test_a_file_seen_before_is_skipped_and_said(lake: TestLake):
    lake.land(FILE, GOOD)
    assert [result.status for result in lake.ingest().files] == ["new"]
    before = files_of(lake)
    again = lake.ingest()
    assert [result.status for result in again.files] == ["seen"]
    assert again.feeds() == {}
    assert files_of(lake) == before
    lake.land("dossier_events/mot_cua/2022-05-01_copy.csv", GOOD)
    assert {result.status for result in lake.ingest().files} == {"seen"}


def test_the_same_bytes_twice_in_one_ingest_are_taken_once(lake: TestLake):
    lake.land(FILE, GOOD)
    lake.land("dossier_events/mot_cua/2022-05-01_copy.csv", GOOD)
    report = lake.ingest()
    assert len(report.of_status("new")) == 1
    assert any("same bytes" in warning for warning in report.warnings)


def test_the_ledger_says_how_and_when_a_file_was_read(lake: TestLake):
    path = lake.land(FILE, GOOD)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    lake.land("SIMULATED.json", json.dumps({"files": {FILE: digest}}))
    lake.ingest(clock=lambda: datetime(2022, 10, 1, 8))
    [entry] = read_ledger(lake.lake)
    [output] = entry.outputs
    assert (entry.file, entry.source_name, entry.profile, entry.mode) == (
        FILE,
        "mot_cua",
        "canonical",
        "delta",
    )
    assert (entry.recorded_at, entry.clock, entry.simulated) == (datetime(2022, 10, 1, 8), "injected", True)
    assert (output.lines, output.rows, output.accepted, output.quarantined, output.skipped) == (3, 2, 1, 1, 1)
    assert (lake.lake.root / output.raw_path).is_file()
    assert (lake.lake.root / output.quarantine_path).is_file()


def test_a_replay_supersedes_from_its_own_recorded_moment(lake: TestLake, tmp_path: Path):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    profile = profiles / "mot_cua.yml"
    mapping = "feed: dossier_events\ncolumns: {dossier_code: code, event_at: at, status: state"
    profile.write_text(mapping + "}\n")
    lake.land(FILE, "code,at,state,who\nA,2022-03-01 08:00:00,2,CB1\n")
    first, second = datetime(2022, 10, 1, 8), datetime(2022, 10, 2, 8)
    lake.ingest(clock=lambda: first, profiles=profiles)
    profile.write_text(mapping + ", actor_code: who}\n")
    plain = lake.ingest(profiles=profiles)
    assert [result.status for result in plain.files] == ["seen"]
    assert any("--replay" in warning for warning in plain.warnings)
    replayed = lake.ingest(clock=lambda: second, profiles=profiles, replay=Path(FILE))
    assert [result.status for result in replayed.files] == ["new"]
    entries = read_ledger(lake.lake)
    assert entries[1].supersedes == (entries[0].file_id,)
    assert [entry.recorded_at for entry in active_entries(entries)] == [second]
    assert [entry.recorded_at for entry in active_entries(entries, first)] == [first]
    assert active_entries(entries, datetime(2022, 9, 30)) == []
    assert len(lake.raw("dossier_events")) == 2, "all versions stay in raw"
    third = lake.ingest(profiles=profiles, replay=lake.lake.landing / FILE)
    assert [entry.file_id for entry in active_entries(read_ledger(lake.lake))] == [
        third.files[0].entry.file_id
    ]


def test_a_broken_replay_leaves_the_earlier_rows(lake: TestLake, tmp_path: Path):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "mot_cua.yml").write_text(
        "feed: dossier_events\ncolumns: {dossier_code: dossier_code, event_at: event_at, status: status}\n"
    )
    lake.land(FILE, GOOD)
    lake.ingest(profiles=profiles)
    (profiles / "mot_cua.yml").write_text(
        "feed: dossier_events\ncolumns: {dossier_code: absent, event_at: event_at, status: status}\n"
    )
    report = lake.ingest(profiles=profiles, replay=Path(FILE))
    assert [broken.column for broken in report.broken] == ["dossier_code"]
    assert len(active_entries(read_ledger(lake.lake))) == 1


def test_an_equal_snapshot_of_another_day_is_a_new_one(lake: TestLake, tmp_path: Path):
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "mot_cua.yml").write_text(
        "feed: dossier_events\nmode: snapshot\ncovers: {agencies: [H28.1]}\n"
        "columns: {dossier_code: dossier_code, event_at: event_at, status: status}\n"
    )
    lake.land(FILE, GOOD)
    lake.ingest(profiles=profiles)
    lake.land("dossier_events/mot_cua/2022-05-01_e.csv", GOOD)
    report = lake.ingest(profiles=profiles)
    assert sorted(result.status for result in report.files) == ["new", "seen"]
    assert {(entry.mode, entry.covers) for entry in read_ledger(lake.lake)} == {
        ("snapshot", '{"agencies": ["H28.1"]}')
    }


def test_the_system_clock_never_records_backwards(lake: TestLake):
    lake.land(FILE, GOOD)
    lake.ingest(clock=lambda: datetime(2199, 1, 1))
    lake.land("dossier_events/mot_cua/2022-05-01_e.csv", GOOD.replace("A", "B"))
    report = ingest(lake.lake, lake.settings)
    assert report.recorded_at > datetime(2199, 1, 1)
    assert read_ledger(lake.lake)[-1].clock == "system"


def test_another_secret_than_the_lakes_is_refused(lake: TestLake):
    lake.land(FILE, GOOD)
    lake.ingest()
    lake.settings = load_settings(
        {
            "CCHC_ENV": "test",
            "CCHC_LAKE": str(lake.lake.root),
            "CCHC_PSEUDONYM_SECRET": "another secret of the tests",
        }
    )
    with pytest.raises(UsageError, match="secret"):
        lake.ingest()


def test_a_damaged_ledger_document_is_named(lake: TestLake):
    lake.land(FILE, GOOD)
    lake.ingest()
    [document] = lake.lake.ledger.glob("*.json")
    document.write_text("{")
    with pytest.raises(CchcError, match=document.name):
        lake.ingest()


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from orchestration.extracts import take, writing
    from tests.orchestration.ingest_lake import make_lake

    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    point = sys.argv[2]
    if point == "while writing":
        copy = writing.Writer.copy
        def copy_then_die(self, *args):
            copy(self, *args)
            die()
        writing.Writer.copy = copy_then_die
    elif point == "before renaming":
        writing.Writer.finish = die
    elif point == "before the ledger":
        take.commit = die
    elif point == "inside the ledger":
        Path.replace = lambda self, target: die() if self.name.endswith(".json.tmp") else os.replace(self, target)
    make_lake(Path(sys.argv[1])).ingest()
"""


@pytest.mark.parametrize(
    "point", ["while writing", "before renaming", "before the ledger", "inside the ledger"]
)
def test_an_ingest_killed_half_way_leaves_nothing_registered(lake: TestLake, point: str):
    lake.land(FILE, GOOD)
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(lake.lake.root), point],
        cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert read_ledger(lake.lake) == []
    left = files_of(lake)
    assert left, "the kill came before anything was written"
    report = lake.ingest()
    assert report.orphans_removed == len(left)
    assert [result.status for result in report.files] == ["new"]
    fresh = make_lake(lake.lake.root.parent / "fresh")
    fresh.land(FILE, GOOD)
    fresh.ingest()
    assert files_of(lake) == files_of(fresh)
    assert lake.raw("dossier_events", "dossier_code") == [("A",)]


def test_everything_but_raw_and_the_secret_can_be_lost(lake: TestLake):
    assert SECRET
    lake.land(FILE, GOOD)
    lake.ingest()
    for folder in (lake.lake.restricted, lake.lake.quarantine, lake.lake.landing):
        shutil.rmtree(folder)
    assert len(active_entries(read_ledger(lake.lake))) == 1
    assert lake.ingest().files == []
    assert PROFILES.is_dir()
