"""Helpers of the tests that go through the front door: `cchc` as a process, on lakes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from orchestration.settings import REPOSITORY

SCHEMAS = REPOSITORY / "docs" / "schemas"


@cache
def command_documents() -> Draft202012Validator:
    """What every command may print with `--json`."""
    known = {
        name: json.loads((SCHEMAS / name).read_text("utf-8"))
        for name in ("commands.json", "manifest.json", "release.json")
    }
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in known.items()
    )
    return Draft202012Validator(known["commands.json"], registry=registry)


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    exit_code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on stdout, which keeps to its published schema."""
        document: dict[str, Any] = json.loads(self.out)
        command_documents().validate(document)
        return document

    def expect(self, exit_code: int) -> Answer:
        """The answer, where it ended as expected; otherwise what was printed."""
        assert self.exit_code == exit_code, f"exit {self.exit_code}\n{self.out[-6000:]}\n{self.err[-6000:]}"
        return self


def cchc(lake: Path, *words: str, **variables: str) -> Answer:
    """Run the command on a lake, in a process of its own."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CCHC_", "DAGSTER_"))
    }
    environment |= {"CCHC_ENV": "test", "CCHC_LAKE": str(lake)} | variables
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *words],
        capture_output=True, text=True, env=environment, timeout=300, check=False,
    )  # fmt: skip
    return Answer(done.returncode, done.stdout, done.stderr)


def figure(document: dict[str, Any], code: str, variant: str = "default") -> dict[str, Any]:
    """One figure of a `run` or `release show` document."""
    return next(
        item for item in document["figures"] if item["indicator_code"] == code and item["variant"] == variant
    )
