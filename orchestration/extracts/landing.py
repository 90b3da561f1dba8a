"""The landing zone: which files lie there, of which feed and source.

Belongs here: walking `landing/`, names of files, what is left alone. Does not belong here: reading content.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from orchestration.extracts.contract import feeds

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.lake import Lake

SIMULATED = "SIMULATED.json"
_DATE = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True)
class Landed:
    """One file of the landing zone.

    Attributes:
        feed: name of its feed folder.
        source: name of its source folder, or None.
        path: absolute path.
        file: path relative to `landing/`.
        leads_outside: a link that leads out of the landing zone.
    """

    feed: str
    source: str | None
    path: Path
    file: str
    leads_outside: bool = False


@dataclass(frozen=True)
class Scan:
    """What lies in the landing zone."""

    files: tuple[Landed, ...]
    warnings: tuple[str, ...]


def _left_alone(path: Path) -> bool:
    return path.name.startswith(".") or path.name.endswith(".part") or path.name.lower().startswith("readme")


def scan(lake: Lake) -> Scan:
    """Walk the landing zone; links are followed only inside it."""
    landing = lake.landing
    files, warnings = [], []
    for path in sorted(landing.rglob("*")) if landing.is_dir() else []:
        parts = path.relative_to(landing).parts
        if any(part.startswith(".") for part in parts) or _left_alone(path) or parts == (SIMULATED,):
            continue
        outside = not path.resolve().is_relative_to(landing.resolve())
        if path.is_dir() and not outside:
            continue
        file = "/".join(parts)
        if parts[0] not in feeds():
            warnings.append(f"{file}: no feed is named {parts[0]}; known: {', '.join(feeds())}")
        elif len(parts) not in (2, 3):
            warnings.append(f"{file}: files lie in landing/<feed>/ or landing/<feed>/<source>/")
        else:
            files.append(Landed(parts[0], parts[1] if len(parts) == 3 else None, path, file, outside))
    return Scan(tuple(files), tuple(warnings))


def extract_date_of(name: str) -> date | None:
    """The first date `YYYY-MM-DD` of a file name."""
    for found in _DATE.findall(name):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def simulated_hashes(lake: Lake) -> frozenset[str]:
    """Hashes of the files that `cchc simulate` says it made."""
    path = lake.landing / SIMULATED
    if not path.is_file():
        return frozenset()
    try:
        return frozenset(json.loads(path.read_text("utf-8"))["files"].values())
    except (ValueError, KeyError, AttributeError, TypeError):
        return frozenset()
