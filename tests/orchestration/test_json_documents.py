"""With `--json` every command prints exactly one document on stdout, and it keeps to its published schema.

Here: the commands that need no build, on a small lake made by hand. `run`, `ingest` and the trace of a figure are held
to the same schemas wherever a test asks for their document (`front_door.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from front_door import command_documents
from ingest_lake import EVENTS
from jsonschema import ValidationError
from release_lake import NOON, facts, make_lake, released

from orchestration.cli import main
from orchestration.extracts.ingest import ingest
from orchestration.lake import Lake
from orchestration.settings import load_settings
from orchestration.simulate.defects import list_defects

Ask = Callable[..., dict[str, Any]]
KEY = "k1"
FINGERPRINT = "a" * 64
SAMPLE = "dossier_events/mot_cua/2022-05-01_e.csv"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Two releases, a source that delivered, and the code of one dossier."""
    monkeypatch.setenv("CCHC_ENV", "test")
    monkeypatch.setenv("CCHC_LAKE", str(tmp_path))
    lake = make_lake(tmp_path)
    sample = lake.landing / SAMPLE
    sample.parent.mkdir(parents=True)
    sample.write_text(EVENTS + "A,2022-03-01 08:00:00,2,1,CB1,x\nB,never,2,1,CB1,x\n", "utf-8")
    ingest(lake, load_settings())
    pseudonyms = lake.restricted / "pseudonyms" / "dossier" / "f1.parquet"
    pseudonyms.parent.mkdir(parents=True)
    duckdb.sql(f"copy (select '{KEY}' as key, 'H28-1' as code) to '{pseudonyms}'")
    released(lake, facts(fingerprint=FINGERPRINT))
    released(lake, facts(files=("a.csv", "b.csv"), fingerprint=FINGERPRINT), clock=NOON + timedelta(hours=1))
    return lake


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def ask(*words: str, exit_code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json"])
        printed = capsys.readouterr()
        assert int(ended.value.code or 0) == exit_code, printed.err
        document: dict[str, Any] = json.loads(printed.out)
        command_documents().validate(document)
        return document

    return ask


def test_releases_and_what_moves_them(lake: Lake, ask: Ask) -> None:
    listed = ask("release", "list")
    assert [len(item["release_id"]) for item in listed["releases"]] == [20, 20]
    newest, oldest = (item["release_id"] for item in listed["releases"])
    assert ask("release", "show")["release_id"] == newest
    assert ask("release", "verify", oldest)["unchanged"] is True
    assert ask("release", "diff", oldest, newest)["before"] == oldest
    assert ask("release", "rollback", oldest)["pointers"]["current"] == oldest
    assert ask("release", "unpin")["pointers"]["current"] == newest
    assert oldest in ask("release", "prune", "--keep", "1")["removed"]
    next(lake.release_of(newest).glob("marts/fct_dossiers.parquet")).unlink()
    tampered = ask("release", "verify", exit_code=3)
    assert (tampered["command"], tampered["exit_code"]) == ("error", 3)
    assert "fct_dossiers" in tampered["error"]["message"]


def test_sources(lake: Lake, ask: Ask, tmp_path: Path) -> None:
    [source] = ask("source", "list")["sources"]
    assert (source["source_name"], source["accepted"], source["quarantined"]) == ("mot_cua", 1, 1)
    checked = ask("source", "check", "dossier_events", str(lake.landing / SAMPLE))
    assert checked["feeds"]["dossier_events"] == {"accepted": 1, "quarantined": 1}
    broken = tmp_path / "broken.csv"
    broken.write_text("dossier_code\nA\n", "utf-8")
    refused = ask("source", "check", "dossier_events", str(broken), exit_code=4)
    assert (refused["command"], refused["broken"]["column"]) == ("source check", "event_at")


@pytest.mark.usefixtures("lake")
def test_what_stands_behind_a_key(ask: Ask) -> None:
    assert ask("trace", KEY)["dossier_code"] == "H28-1"
    assert ask("trace", "no_such_figure", exit_code=2)["command"] == "error"


def test_defects_and_what_was_simulated(ask: Ask, lake: Lake, tmp_path: Path) -> None:
    del lake
    assert len(ask("simulate", "--list-defects")["defects"]) == len(list_defects())
    out = tmp_path / "landing_of_another"
    assert ask("simulate", "--dossiers", "200", "--out", str(out))["out"] == str(out)


def test_a_document_with_an_unknown_key_or_without_its_version_breaks_the_schema(
    lake: Lake, ask: Ask
) -> None:
    del lake
    listed = ask("release", "list")
    for wrong in (listed | {"colour": "red"}, {key: listed[key] for key in ("command", "releases")}):
        with pytest.raises(ValidationError):
            command_documents().validate(wrong)
