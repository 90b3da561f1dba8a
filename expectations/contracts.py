"""The published contract of each public mart, read from its dbt model's YAML.

Belongs here: column names and types that readers were promised. Does not belong here: whether a candidate keeps
them (`suites/shape.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from orchestration.errors import CchcError
from orchestration.settings import REPOSITORY

MARTS_FOLDER = REPOSITORY / "dbt_project" / "models" / "marts"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Contract:
    """Columns of one public mart, name to declared type, in order, and the columns of its key."""

    table: str
    columns: dict[str, str]
    primary_key: tuple[str, ...]


@cache
def contract_of(table: str, folder: Path = MARTS_FOLDER) -> Contract:
    """Return the contract of a mart.

    Raises:
        CchcError: no YAML under `models/marts/` describes the mart.
    """
    paths = sorted(folder.rglob(f"{table}.yml"))
    if not paths:
        raise CchcError(f"No contract of {table} under {folder}.", f"Add models/marts/…/{table}.yml.")
    document = yaml.load(paths[0].read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, the C one where it is there
    model = next(model for model in document["models"] if model["name"] == table)
    meta = model.get("config", {}).get("meta", {})
    columns = {column["name"]: str(column.get("data_type", "")) for column in model.get("columns", [])}
    return Contract(table, columns, tuple(meta.get("primary_key", ())))
