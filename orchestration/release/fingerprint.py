"""The fingerprint of a build: one hash over every file of the repository that can change a figure.

Belongs here: which files count. Does not belong here: inputs and settings of a run (`identity.py`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

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
_SHORT = 12
_SUFFIXES = (".sql", ".yml", ".yaml", ".csv", ".py", ".json")
_DATED_DECISIONS = frozenset(f"expectations/{name}.yml" for name in ("waivers", "limits", "restatements"))
"""Files that say how a figure is judged, not what it is: a waiver leaves the candidate the same."""

_SOURCES = "orchestration/extracts/sources/"
"""What is pulled from where is no way of computing: what came of it stands among the inputs."""


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
    left_out = {path for path in found if path.relative_to(root).as_posix().startswith(_SOURCES)}
    chosen = (path for path in found - left_out if path.relative_to(root).as_posix() not in _DATED_DECISIONS)
    return sorted(chosen, key=lambda path: path.relative_to(root).as_posix())


def component_fingerprints(root: Path = REPOSITORY) -> dict[str, str]:
    """Return a short hash by component, so that two releases say which of them differ.

    `seed:<name>` for each dated table, `expectations`, `profiles` (with the contract): rules that people state.
    `models`, `extracts`, `warehouse`, `dependencies`: code. Every fingerprinted file is in exactly one.
    """
    digests: dict[str, Any] = {}
    for path in fingerprinted_files(root):
        name = path.relative_to(root).as_posix()
        digest = digests.setdefault(component_of(name), hashlib.sha256())
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return {name: digest.hexdigest()[:_SHORT] for name, digest in sorted(digests.items())}


def component_of(name: str) -> str:
    """The component of a fingerprinted file, by its path below the repository."""
    if name.startswith("dbt_project/seeds/") and name.endswith(".csv"):
        return f"seed:{PurePosixPath(name).stem}"
    if name.startswith("orchestration/extracts/profiles/") or name == "orchestration/extracts/feeds.yml":
        return "profiles"
    folders = {
        "dbt_project/": "models",
        "expectations/": "expectations",
        "orchestration/extracts/": "extracts",
        "orchestration/": "warehouse",
    }
    return next(
        (component for folder, component in folders.items() if name.startswith(folder)), "dependencies"
    )


def is_rule(component: str) -> bool:
    """Whether a component holds what people state (targets, norms, calendars, profiles), and not code."""
    return component.startswith("seed:") or component in {"expectations", "profiles"}


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
