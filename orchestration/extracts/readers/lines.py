"""Text files as numbered lines: decompressed, decoded, split, streamed in chunks.

Belongs here: bytes to the temp table `lines (line bigint, text varchar)`. Does not belong here: what a line
means. Nothing is written to disk, so that no personal text lies about.
"""

from __future__ import annotations

import codecs
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

CHUNK = 1 << 22
LONGEST_LINE = 1 << 28
RARE = (*(sign.encode() for sign in sql.WHITE if sign not in " \n"), b"\\")
"""White space that is seldom met, and the sign that may hide it in JSON."""
SCHEMA = pa.schema([("line", pa.int64()), ("text", pa.string())])
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


def compression_of(path: Path) -> str | None:
    """`gzip`, `zstd` or None, by the ending of the name."""
    return COMPRESSIONS.get(path.suffix.lower())


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with pa.input_stream(str(path), compression=compression_of(path)) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise BrokenFileError(
            "a file that cannot be read to its end",
            f"a whole {compression_of(path) or 'text'} file",
            "Deliver it again; it was cut off or damaged on the way.",
        ) from error


def _undecodable(encoding: str, line: int) -> BrokenFileError:
    return BrokenFileError(
        f"bytes that are no {encoding} text, near line {line}",
        f"text in {encoding}",
        "Export it as UTF-8, or name its encoding in the profile (format: encoding).",
    )


def _encoding(first: bytes, given: str | None) -> str:
    if given:
        return codecs.lookup(given).name
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8"


def _utf8_chunks(path: Path, encoding: str | None) -> Iterator[bytes]:
    """The file's bytes as UTF-8 without byte-order mark; UTF-8 itself is checked later, by Arrow."""
    chunks = _chunks(path)
    first = b""
    while len(first) < len(codecs.BOM_UTF8) and (more := next(chunks, b"")):
        first += more
    name = _encoding(first, encoding)
    if name == "utf-8":
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(name)()
    try:
        yield decoder.decode(first).removeprefix("\ufeff").encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise _undecodable(name, 1) from error


def _line_feeds(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n").removesuffix(b"\r") if b"\r" in block else block


def _batch(block: bytes, before: int) -> pa.RecordBatch:
    """Whole lines, without the line end of the last one."""
    try:
        text = pa.array([block], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid as error:
        raise _undecodable("utf-8", before + 1 + _line_of_bad_byte(block)) from error
    lines = pc.split_pattern(text, "\n").flatten()
    return pa.record_batch([pa.arange(before + 1, before + 1 + len(lines)), lines], schema=SCHEMA)


def _line_of_bad_byte(block: bytes) -> int:
    try:
        block.decode()
    except UnicodeDecodeError as error:
        return block.count(b"\n", 0, error.start)
    return 0


@dataclass
class Seen:
    """What the stream has met so far.

    Attributes:
        lines: number of lines.
        plain: no white space but the space itself, and no sign that may hide it in JSON.
        ascii_only: no signs but those of ASCII.
    """

    lines: int = 0
    plain: bool = True
    ascii_only: bool = True

    def look(self, block: bytes) -> None:
        """Note what a block of whole lines holds."""
        # The first byte of each is rare, and one byte is found much faster than several.
        self.plain = self.plain and not any(sign[:1] in block and sign in block for sign in RARE)
        self.ascii_only = self.ascii_only and block.isascii()
        self.lines += block.count(b"\n") + 1


def blocks(path: Path, encoding: str | None, seen: Seen) -> Iterator[bytes]:
    """Whole lines as UTF-8, each block without the line end of its last one.

    Raises:
        BrokenFileError: damaged compression, wrong encoding, a line without end.
    """
    carry: list[bytes] = []
    carried = 0
    for chunk in _utf8_chunks(path, encoding):
        cut = chunk.rfind(b"\n")
        if cut < 0:
            carry.append(chunk)
            carried += len(chunk)
            if carried > LONGEST_LINE:
                raise BrokenFileError(
                    f"a line longer than {LONGEST_LINE >> 20} MiB, line {seen.lines + 1}",
                    "one record per line",
                    "Export it with one record per line.",
                )
            continue
        block = _line_feeds(b"".join([*carry, chunk[:cut]]))
        seen.look(block)
        yield block
        carry, carried = [chunk[cut + 1 :]], len(chunk) - cut - 1
    rest = _line_feeds(b"".join(carry))
    if rest:
        seen.look(rest)
        yield rest


def _batches(path: Path, encoding: str | None, seen: Seen) -> Iterator[pa.RecordBatch]:
    before = 0
    for block in blocks(path, encoding, seen):
        batch = _batch(block, before)
        before += batch.num_rows
        yield batch


def load_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, encoding: str | None = None
) -> tuple[int, bool]:
    """Make the temp table `lines` of a text file.

    Returns:
        Number of lines, and whether no white space but the space itself occurs in them.

    Raises:
        BrokenFileError: damaged compression, wrong encoding, a line without end.
    """
    seen = Seen()
    failure: list[BrokenFileError] = []

    def remembered() -> Iterator[pa.RecordBatch]:
        # The engine wraps an error of the stream in one of its own: keep ours.
        try:
            yield from _batches(path, encoding, seen)
        except BrokenFileError as error:
            failure.append(error)
            raise

    reader = pa.RecordBatchReader.from_batches(SCHEMA, remembered())
    connection.register("lines_stream", reader)
    try:
        connection.execute("create or replace temp table lines as select line, text from lines_stream")
    except Exception:
        if failure:
            raise failure[0] from None
        raise
    finally:
        with contextlib.suppress(Exception):
            connection.unregister("lines_stream")
    counted = connection.execute("select count(*) from lines").fetchone()
    return int(counted[0]) if counted else 0, seen.plain


def whole_text(path: Path, encoding: str | None = None) -> str:
    """The text of a file in one piece (JSON documents)."""
    try:
        return b"".join(_utf8_chunks(path, encoding)).decode()
    except UnicodeDecodeError as error:
        raise _undecodable("utf-8", 1) from error


def first_lines(connection: duckdb.DuckDBPyConnection, count: int) -> list[tuple[int, str]]:
    """The first lines of `lines` that are not blank, with their numbers."""
    near = f"line <= {4 * count} and "
    for where in (near, ""):
        found = connection.execute(
            f"select line, text from lines where {where} not {sql.blank('text')} order by line limit {count}"
        ).fetchall()
        if found:
            return [(int(line), str(text)) for line, text in found]
    return []
