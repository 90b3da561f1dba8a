"""The console command without a lake: help, wrong usage, documents of errors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from orchestration.cli import main, main_group
from orchestration.settings import REPOSITORY


def ended(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    captured = capsys.readouterr()
    return int(stopped.value.code or 0), captured.out, captured.err


@pytest.fixture(autouse=True)
def empty_lake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CCHC_LAKE", str(tmp_path))
    monkeypatch.setenv("CCHC_ENV", "test")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("simulate",),
        ("ingest",),
        ("run",),
        ("release",),
        ("release", "diff"),
        ("source",),
        ("source", "check"),
        ("trace",),
    ],
)
def test_help_names_the_command_and_shows_examples(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, _ = ended(capsys, *words, "--help")
    assert code == 0
    assert " ".join(("cchc", *words)) in out
    assert "xample" in out or "Exit codes" in out or len(words) == 2


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom orchestration.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'dagster', 'dbt', 'great_expectations', 'pandas', 'pyarrow'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--period", "2022-13"), "Forms: 2022-01"),
        (("run", "--period", "2022-9M@plain", "--calendar", "state"), "plain calendar"),
        (("run", "--calendar", "lunar", "--period", "2022"), "Known calendars"),
        (("run", "--known-at", "yesterday"), "2022-10-09T17:00"),
        (("run", "--period", "2022-9M", "--frobnicate"), "frobnicate"),
        (("release", "show"), "release"),
        (("release", "rollback", "2022-9M_000000000000"), "There is no release"),
        (("release", "rollback", "../../etc"), "outside"),
        (("release", "unpin"), "Nothing is pinned"),
        (("ingest", "--feed", "dossier"), "dossiers"),
        (("ingest", "--replay", "/etc/passwd"), "landing"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, _, err = ended(capsys, *words)
    assert code == 2
    assert said in err


def test_unknown_environment_lists_the_known_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCHC_ENV", "staging")
    code, _, err = ended(capsys, "release", "list")
    assert code == 2
    assert "local, test, production" in err


def test_error_is_one_json_document_where_one_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ended(capsys, "run", "--period", "2022-13", "--json")
    document = json.loads(out)
    assert code == 2
    assert document["exit_code"] == 2
    assert document["schema_version"] == 1
    assert "2022-13" in document["error"]["message"]


def test_a_mistyped_option_is_one_json_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(capsys, "run", "--frobnicate", "--json")
    document = json.loads(out)
    assert code == document["exit_code"] == 2
    assert "frobnicate" in document["error"]["message"]
    assert "Usage" in err


def test_a_broken_extract_is_in_the_one_document_of_the_ingest(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "landing" / "tasks"
    folder.mkdir(parents=True)
    (folder / "2022-10-01_tasks.csv").write_text("task_code,issuer\nT-1,government\n", "utf-8")
    code, out, err = ended(capsys, "ingest", "--json")
    document = json.loads(out)
    assert code == document["exit_code"] == 4
    assert document["command"] == "ingest"
    assert document["files"] == []
    assert "assigned_on" in document["error"]["message"]
    assert "assigned_on" in err


def _commands(group: click.Group, words: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{words}{name} ")
        else:
            yield f"{words}{name}"


def test_every_command_speaks_json_and_has_a_schema() -> None:
    schema = json.loads((REPOSITORY / "docs" / "schemas" / "commands.json").read_text("utf-8"))
    kinds = [kind for kind in schema["$defs"].values() if "command" in kind["properties"]]
    described = {kind["properties"]["command"]["const"] for kind in kinds}
    assert described == {*_commands(main_group), "simulate --list-defects", "error"}
    assert all("schema_version" in kind["required"] for kind in kinds)
    assert len(schema["oneOf"]) == len(kinds)


def test_a_held_lake_ends_with_5(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script = (
        "import sys, pathlib\nfrom orchestration.lake import Lake\nfrom orchestration.locking import writing\n"
        f"with writing(Lake(pathlib.Path({str(tmp_path)!r}))):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        code, _, err = ended(capsys, "release", "prune", "--keep", "1")
        assert code == 5
        assert "Another run" in err
        assert ended(capsys, "simulate", "--dossiers", "200")[0] == 5
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        assert ended(capsys, "simulate", "--dossiers", "200", "--out", str(elsewhere))[0] == 0
    finally:
        holder.communicate("")
    assert ended(capsys, "release", "prune", "--keep", "1")[0] == 0
