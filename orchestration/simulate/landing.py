"""Where the simulation writes: files that appear whole or not at all, and the list that calls them simulated.

Belongs here: atomic writing of CSV, engine copies and workbooks below `landing/`, and `SIMULATED.json`. Does
not belong here: what stands in the files.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.lake import inside
from orchestration.simulate.xlsx import Sheet, write_workbook

if TYPE_CHECKING:
    import duckdb

SIMULATED_FILE = "SIMULATED.json"
GENERATOR = "cchc simulate"
SCHEMA_VERSION = 1
PARQUET = "format parquet, compression zstd, kv_metadata {simulated: 'true', generator: 'cchc simulate'}"
"""Options of every Parquet extract; the file itself says that it is simulated."""
GZIP_LEVEL = 3
GZIP_MEMBER_BYTES = 1 << 25

Row = Sequence[Any]


@dataclass
class Landing:
    """A folder of extracts that is being filled.

    Attributes:
        root: the landing folder.
        files: what was written in this run, relative path to sha256.
    """

    root: Path
    files: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def writing(self, relative: str) -> Iterator[Path]:
        """Give the `.part` file to write; on leaving it takes its name, unless an error was raised."""
        target = inside(self.root, relative)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        try:
            yield part
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        digest = _sha256(part)
        part.replace(target)
        self.files[relative] = digest

    def csv(self, relative: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Write a canonical CSV (UTF-8, comma, LF; null is empty) and return its number of records."""
        count = 0
        with self.writing(relative) as part, part.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(columns)
            for row in rows:
                writer.writerow([_text(value) for value in row])
                count += 1
        return count

    def copy(self, connection: duckdb.DuckDBPyConnection, query: str, relative: str, options: str) -> None:
        """Let the engine write the rows of a query; `options` as in its COPY statement."""
        with self.writing(relative) as part:
            connection.execute(f"copy ({query}) to '{_quoted(part)}' ({options})")

    def copy_gzip(
        self, connection: duckdb.DuckDBPyConnection, query: str, relative: str, options: str
    ) -> None:
        """Let the engine write the rows of a query as text, then compress it.

        Compression is that of pyarrow: its zlib comes with the pinned wheel, so the bytes are the same
        everywhere, and it takes a fifth of the time of the engine's own.
        """
        plain = inside(self.root, relative + ".plain.part")
        plain.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection.execute(f"copy ({query}) to '{_quoted(plain)}' ({options})")
            with self.writing(relative) as part:
                _compress(plain, part)
        finally:
            plain.unlink(missing_ok=True)

    def workbook(self, relative: str, sheet: Sheet) -> None:
        """Write one sheet as XLSX."""
        with self.writing(relative) as part:
            write_workbook(part, sheet)

    def raw_bytes(self, relative: str, content: bytes) -> None:
        """Write bytes as they are."""
        with self.writing(relative) as part:
            part.write_bytes(content)

    def record(self, parameters: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
        """Write `SIMULATED.json`: which files of this folder are simulated, from which parameters.

        Files listed by an earlier run stay listed while they still hold the listed bytes.
        """
        earlier = read_record(self.root)
        known = {} if earlier is None else dict(earlier["files"])
        kept = {name: digest for name, digest in known.items() if inside(self.root, name).is_file()}
        document = {
            "schema_version": SCHEMA_VERSION,
            "generator": GENERATOR,
            "notice": "Dữ liệu giả lập, không phải số liệu thật. | Simulated data, not real figures.",
            **parameters,
            "expected": dict(expected),
            "files": dict(sorted((kept | self.files).items())),
        }
        text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        target = self.root / SIMULATED_FILE
        part = target.with_name(target.name + ".part")
        part.write_text(text, "utf-8")
        part.replace(target)


def read_record(root: Path) -> dict[str, Any] | None:
    """The `SIMULATED.json` of a landing folder, or None where there is none."""
    path = root / SIMULATED_FILE
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _compress(plain: Path, target: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only where text is compressed

    codec = pa.Codec("gzip", compression_level=GZIP_LEVEL)
    with plain.open("rb") as source, target.open("wb") as handle:
        while chunk := source.read(GZIP_MEMBER_BYTES):
            handle.write(codec.compress(chunk, asbytes=True))
        if handle.tell() == 0:
            handle.write(codec.compress(b"", asbytes=True))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _text(value: object) -> object:
    """Booleans as the canonical feed writes them, everything else as it prints."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value
