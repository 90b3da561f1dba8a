"""The fingerprint of a build: one hash over every file of the repository that can change a figure.

Belongs here: which files count. Does not belong here: inputs and settings of a run (`identity.py`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
_TREES = (
    "dbt_project/models",
    "dbt_project/macros",
    "dbt_project/seeds",
    "dbt_project/tests",
    "expectations",
    "orchestration/extracts",
    "orchestration/warehouse",
)
_FILES = ("orchestration/periods.py", "requirements.lock")
_SUFFIXES = (".sql", ".yml", ".yaml", ".csv", ".py", ".json")
_DATED_DECISIONS = frozenset(f"expectations/{name}.yml" for name in ("waivers", "limits", "restatements"))
"""Files that say how a figure is judged, not what it is: a waiver leaves the candidate the same."""


def _tree(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inner = path.relative_to(folder).parts
        if path.suffix in _SUFFIXES and not any(part.startswith((".", "__pycache__")) for part in inner):
            yield path


def fingerprinted_files(root: Path = REPOSITORY) -> list[Path]:
    """Return the files of a checkout that can change a figure, sorted by their path below it."""
    found = {path for tree in _TREES for path in _tree(root / tree)}
    found |= {path for path in (root / "dbt_project").glob("*.yml") if not path.name.startswith(".")}
    found |= {root / name for name in _FILES if (root / name).is_file()}
    chosen = (path for path in found if path.relative_to(root).as_posix() not in _DATED_DECISIONS)
    return sorted(chosen, key=lambda path: path.relative_to(root).as_posix())


def build_fingerprint(root: Path = REPOSITORY) -> str:
    """Return the SHA-256 over path and bytes of all those files, in hex.

    The dbt project, the expectations without waivers, limits and restatements, extractors with profiles and
    contract, the calendar, the pinned dependencies: a change in documentation changes nothing.
    """
    digest = hashlib.sha256()
    for path in fingerprinted_files(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
