"""The lake: the only owner of folder names.

Belongs here: where things lie, and that a path from outside stays inside its folder. Does not belong here:
what is in the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import UsageError


@dataclass(frozen=True)
class Lake:
    """Absolute paths of one lake."""

    root: Path

    @property
    def landing(self) -> Path:
        """Files dropped by source systems; never changed by us."""
        return self.root / "landing"

    @property
    def raw(self) -> Path:
        """Accepted rows, immutable: `raw/<feed>/extract_date=YYYY-MM-DD/*.parquet`."""
        return self.root / "raw"

    @property
    def ledger(self) -> Path:
        """One JSON document per file read; its appearance commits the file."""
        return self.raw / "_ledger"

    @property
    def restricted(self) -> Path:
        """Personal columns, quarantined raw text, pseudonym map and secret: owner-only."""
        return self.root / "restricted"

    @property
    def pulled(self) -> Path:
        """What connectors pulled, until it is taken: `restricted/pulled/<feed>/<source>/…`."""
        return self.restricted / "pulled"

    @property
    def quarantine(self) -> Path:
        """Rejected rows without their text: `quarantine/<feed>/extract_date=YYYY-MM-DD/*.parquet`."""
        return self.root / "quarantine"

    @property
    def build(self) -> Path:
        """Working databases; nobody but the run opens them."""
        return self.root / "build"

    @property
    def build_database(self) -> Path:
        """The database in which dbt builds the marts of the current run."""
        return self.build / "warehouse.duckdb"

    @property
    def candidate(self) -> Path:
        """What the audit judges: `candidate/<release_id>/…`."""
        return self.root / "candidate"

    @property
    def releases(self) -> Path:
        """Validated releases and the pointers to them."""
        return self.root / "releases"

    @property
    def dagster_home(self) -> Path:
        """Run history of Dagster for this lake."""
        return self.root / "dagster"

    @property
    def lock_file(self) -> Path:
        """Held by the one writer of the lake."""
        return self.root / ".lock"

    def candidate_of(self, release_id: str) -> Path:
        """Folder of one candidate."""
        return inside(self.candidate, release_id)

    def release_of(self, release_id: str) -> Path:
        """Folder of one release."""
        return inside(self.releases, release_id)


def inside(folder: Path, name: str | Path) -> Path:
    """Return `folder / name`, refusing a name that leads outside the folder.

    Raises:
        UsageError: the name is absolute, climbs out with `..`, or leads out through a link.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{str(name)!r} leads outside {folder}.", "Give a name below this folder.")
    return path
