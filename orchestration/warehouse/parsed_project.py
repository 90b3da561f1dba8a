"""The parsed dbt project, made once per change of its files and shared by every lake and every run.

Parsing costs seconds and depends on the files alone: what differs from run to run stands in `raw.run_context`.
`make` parses ahead; here the result is loaded, or made again where a file changed since.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from orchestration.errors import CchcError
from orchestration.settings import REPOSITORY

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = REPOSITORY / "dbt_project"
TARGET = PROJECT / "target"
MANIFEST = TARGET / "manifest.json"
_PARSED = TARGET / "partial_parse.msgpack"
_STAMP = TARGET / "parsed_from.txt"
_SOURCES = ("models", "macros", "seeds", "tests")


class DbtProjectError(CchcError):
    """The dbt project does not parse."""


def project_state() -> str:
    """Hash of every file that parsing reads, the dependency pins among them."""
    digest = hashlib.sha256((REPOSITORY / "requirements.lock").read_bytes())
    files = [path for folder in _SOURCES for path in sorted((PROJECT / folder).rglob("*")) if path.is_file()]
    for path in [PROJECT / "dbt_project.yml", PROJECT / "profiles.yml", *files]:
        digest.update(str(path.relative_to(PROJECT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_fresh() -> bool:
    return (
        _STAMP.exists()
        and MANIFEST.exists()
        and _PARSED.exists()
        and _STAMP.read_text("utf-8") == project_state()
    )


def parse(*, strict: bool = False) -> None:
    """Parse the project into its target folder.

    Args:
        strict: a warning is an error.

    Raises:
        DbtProjectError: dbt could not parse it.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    words = ["--warn-error"] if strict else []
    words += [
        "--quiet",
        "parse",
        "--no-partial-parse",
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
    ]
    words += ["--target-path", str(TARGET), "--log-path", str(TARGET / "logs")]
    state = project_state()
    outcome = dbtRunner().invoke(words)
    if not outcome.success:
        raise DbtProjectError(f"The dbt project does not parse: {outcome.exception}", "Run: make lint")
    _STAMP.write_text(state, "utf-8")


def ensure_parsed() -> None:
    """Parse the project where it changed since it was parsed last; one process at a time."""
    if _is_fresh():
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    with FileLock(str(TARGET / ".parsing")):
        if not _is_fresh():
            parse()


@cache
def parsed_manifest() -> dict[str, Any]:
    """dbt's manifest of the project as a document."""
    ensure_parsed()
    document: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8"))
    return document


def parsed_graph() -> Manifest:
    """dbt's manifest as the object its runner takes; a new one each time, since a run writes into it."""
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    ensure_parsed()
    graph: Manifest = Manifest.from_msgpack(_PARSED.read_bytes())
    return graph


if __name__ == "__main__":
    parse(strict=True)
