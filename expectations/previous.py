"""The last release of the same period, to which the candidate's figures are compared.

Belongs here: finding it and reading its documents. Does not belong here: the comparison (`suites/headline.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

    from expectations.evidence import Candidate

_LAST = """
    select release_id, known_at
    from read_parquet($path)
    where
        period_code = $period_code
        and release_id <> $release_id
        and known_at <= $known_at
        and not provisional
        and not historic
    order by known_at desc, released_at desc, release_id
    limit 1
"""
_FIGURES = """
    select indicator_code, variant, value, numerator, denominator, unit, operator, target, status
    from read_parquet($path)
    where period_code = $period_code and release_id = $release_id
    order by all
"""


@dataclass(frozen=True)
class Previous:
    """The last release of a period; empty where there is none.

    Attributes:
        release: at most one row: release_id, known_at, build_fingerprint and settings; the latter two are null
            where the release was pruned.
        figures: its headline figures.
        dossiers: its `fct_dossiers.parquet`, or None where it is gone.
    """

    release: list[dict[str, Any]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    dossiers: Path | None = None


def find_previous(published_figures: Path | None, candidate: Candidate) -> Previous:
    """Find the last release of the candidate's period that knew no more than the candidate.

    Provisional and historic releases take no part, and neither does the candidate's own id.

    Args:
        published_figures: `releases/published_figures.parquet`; None or a missing file: nothing was released.
        candidate: what is judged.
    """
    if published_figures is None or not published_figures.is_file():
        return Previous()
    known_at = str(candidate.manifest.get("known_at", ""))
    named = {"path": str(published_figures), "period_code": candidate.period_code}
    own_id = str(candidate.manifest.get("release_id", ""))
    with duckdb.connect() as connection:
        last = connection.execute(_LAST, named | {"release_id": own_id, "known_at": known_at}).fetchone()
        if last is None:
            return Previous()
        found = connection.execute(_FIGURES, named | {"release_id": last[0]})
        names = [column[0] for column in found.description or []]
        figures = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    folder = published_figures.parent / last[0]
    manifest = _manifest(folder)
    release = {
        "release_id": last[0],
        "known_at": last[1],
        "build_fingerprint": manifest.get("build_fingerprint"),
        "settings": json.dumps(manifest["settings"], sort_keys=True) if "settings" in manifest else None,
    }
    dossiers = folder / "marts" / "fct_dossiers.parquet"
    return Previous([release], figures, dossiers if dossiers.is_file() else None)


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release; empty where the release was pruned."""
    path = folder / "manifest.json"
    if not path.is_file():
        return {}
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document
