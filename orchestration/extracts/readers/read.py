"""Choosing the reader of a file by its name, and of sheets by their content.

Belongs here: the endings of file names. Does not belong here: reading.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.mapping import json_paths, known_headings, wanted_headings
from orchestration.extracts.readers.columnar import read_parquet
from orchestration.extracts.readers.delimited import read_delimited
from orchestration.extracts.readers.excel import read_excel
from orchestration.extracts.readers.html_tables import looks_like_html, read_html
from orchestration.extracts.readers.json_lines import read_json
from orchestration.extracts.readers.lines import compression_of
from orchestration.extracts.readers.sheet import Asked

if TYPE_CHECKING:
    import duckdb

    from orchestration.extracts.contract import Feed
    from orchestration.extracts.profile import Profile
    from orchestration.extracts.readers.source import Source

ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".html": "excel",
    ".htm": "excel",
    ".parquet": "parquet",
    ".pq": "parquet",
}
COMPRESSIBLE = ("csv", "json")


def kind_of(path: Path, profile: Profile) -> str:
    """csv, json, excel or parquet.

    Raises:
        BrokenFileError: an ending nobody knows, or a compression the kind does not have.
    """
    compressed = compression_of(path) is not None
    ending = (Path(path.stem) if compressed else path).suffix.lower()
    kind = profile.file.kind or ENDINGS.get(ending)
    if kind is None or (compressed and kind not in COMPRESSIBLE):
        raise BrokenFileError(
            f"a file ending in {''.join(path.suffixes[-2:]) or 'nothing'}",
            f"one of {', '.join(ENDINGS)}; text kinds also with .gz or .zst",
            "Rename the file by its kind, or name the kind in the profile (format: kind).",
        )
    return kind


def read(connection: duckdb.DuckDBPyConnection, path: Path, profile: Profile, feed: Feed) -> Source:
    """Read a file into the relation `source` of the connection.

    Raises:
        BrokenFileError: the file as a whole breaks its contract.
    """
    kind = kind_of(path, profile)
    wanted = wanted_headings(profile, feed)
    if kind == "csv":
        return read_delimited(connection, path, profile.file, wanted)
    if kind == "excel":
        asked = Asked(profile.file, wanted, known_headings(profile, feed))
        if looks_like_html(path):
            return read_html(connection, path, asked)
        return read_excel(connection, path, asked, profile.number.decimal)
    if kind == "parquet":
        return read_parquet(connection, path)
    required = [names[0] for names in wanted if len(names) == 1]
    return read_json(connection, path, profile.file, json_paths(profile, feed), required)
