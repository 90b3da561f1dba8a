"""The tutorial "Add a source without writing Python", followed to the letter in a copy of the checkout."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import REPOSITORY
from tests.orchestration.test_ingest_real_log import LOG

PAGE = REPOSITORY / "docs" / "add-a-source.md"
COPIED = ("orchestration", "dbt_project", "expectations", "pyproject.toml", "requirements.lock")
PROFILE = "orchestration/extracts/profiles/permits.yml"


def blocks(language: str) -> list[str]:
    """Fenced blocks of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def make_checkout(folder: Path) -> Path:
    """A copy of the checkout with a command `cchc` of its own, and the log beside it."""
    checkout = folder / "checkout"
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, checkout / name, ignore=shutil.ignore_patterns("__pycache__", "logs"))
        else:
            shutil.copy(source, checkout / name)
    bin_folder = checkout / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    for name, words in {"cchc": ["-m", "orchestration.cli"], "python": []}.items():
        command = shlex.join([sys.executable, *words])
        (bin_folder / name).write_text(f'#!/bin/sh\nPYTHONPATH="{checkout}" exec {command} "$@"\n', "utf-8")
        (bin_folder / name).chmod(0o755)
    shutil.copy(str(LOG), folder / "wabo_receipt_log.csv")
    return checkout


@pytest.mark.skipif(LOG is None, reason="the real log wabo_receipt_log.csv does not lie beside the checkout")
def test_the_commands_of_the_tutorial_print_what_it_says(tmp_path):
    checkout = make_checkout(tmp_path)
    [profile] = blocks("yaml")
    (checkout / PROFILE).write_text(profile, "utf-8")
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("CCHC_", "DAGSTER_"))
    }

    done = subprocess.run(
        ["bash", "-c", "".join(blocks("sh"))],
        cwd=checkout, env=environ, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip

    printed = done.stdout
    expected = [
        "finding: event_after_case_end 180",
        "Nothing was written to the lake.",
        "dossiers/permits/2012-02-01_receipt_log.csv",
        "\n3\n",
        "75,3 % (876/1.164)",
        "REFUSED / TỪ CHỐI CÔNG BỐ: 2011@plain_",
        "On-time rate (form 06a): 75.26% (876/1,164), commitment > 99.7%, short by 24.44 percentage points",
        "Procedures published: not assessed because no source delivers the feed procedures",
        "Readers still see: no release yet",
        "Waived / Miễn trừ: dossiers_on_time_target (2011@plain)",
        ": released (current)",
        "\n0\n",
        "│     1434 │     1329 │               389 │              322 │",
    ]
    position = 0
    for text in expected:
        assert text in printed[position:], (
            f"{text!r} is missing after\n{printed[:position]}\n---\n{done.stderr[-3000:]}"
        )
        position = printed.index(text, position)
    [refused] = re.findall(r"CÔNG BỐ: (\S+)", printed)
    [released] = re.findall(r"^(\S+): released", printed, re.MULTILINE)
    assert released == refused
