"""What must not be told outside the restricted zone, and who tells it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

PLACEHOLDER = "000000001"  # what sources send for an unknown identity
SAMPLE = 400


def identities(lake: Path) -> list[str]:
    """Names, papers and telephone numbers of applicants, from the restricted zone."""
    files = [str(path) for path in (lake / "restricted" / "personal" / "dossiers").rglob("*.parquet")]
    rows = duckdb.execute(
        "select distinct unnest([applicant_name, applicant_id, applicant_phone]) as told "
        f"from read_parquet(?, union_by_name = true) order by told limit {SAMPLE}",
        [files],
    ).fetchall()
    found = [row[0] for row in rows if row[0] and row[0] != PLACEHOLDER]
    assert len(found) > SAMPLE * 3 / 4
    return found


def dossier_codes(lake: Path) -> list[str]:
    """Codes of dossiers as the one-stop shop knows them."""
    files = [str(path) for path in (lake / "raw" / "dossiers").rglob("*.parquet")]
    rows = duckdb.execute(
        f"select distinct dossier_code from read_parquet(?) order by 1 limit {SAMPLE}", [files]
    ).fetchall()
    return [row[0] for row in rows]


def files_outside_the_restricted_zone(lake: Path) -> list[Path]:
    """Every file of a lake but what the sources delivered and what is restricted."""
    closed = {"landing", "restricted"}
    return [
        path for path in lake.rglob("*") if path.is_file() and path.relative_to(lake).parts[0] not in closed
    ]


def _text_of(path: Path) -> bytes:
    """What a file says: the values of a Parquet file, the bytes of any other."""
    if path.suffix != ".parquet":
        return path.read_bytes()
    rows = duckdb.execute("select cast(file_rows as varchar) from read_parquet(?) as file_rows", [str(path)])
    return "\n".join(row[0] for row in rows.fetchall()).encode()


def told_by(files: Iterable[Path], secrets: list[str]) -> list[tuple[str, str]]:
    """File and secret, wherever one stands in the other."""
    return [
        (path.name, secret)
        for path in files
        if path.is_file()
        for text in [_text_of(path)]
        for secret in secrets
        if secret.encode() in text
    ]
