"""JSON documents of a release: one canonical text, digests, atomic writing.

Belongs here: how a document is written, read, hashed and moved into place. Does not belong here: what
stands in one (`candidate.py`, `certificate.py`, `publish.py`).
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from orchestration.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
AUDIT = "audit.json"
RELEASE = "release.json"
_CHUNK = 1 << 20
_RESTORE = "Restore the file from a backup; without one, remove its folder and start `cchc run`."


def moment_text(moment: datetime) -> str:
    """Return a moment as documents write it: ISO 8601 with six decimals, so that text order is time order."""
    return moment.isoformat(timespec="microseconds")


def number(value: Decimal | float | None) -> int | float | None:
    """Return a number as JSON writes it: a whole one without decimals, any other as the shortest double."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def compact(document: Any) -> bytes:
    """Return the canonical form for hashing: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def rendered(document: Mapping[str, Any]) -> bytes:
    """Return the canonical form for files: sorted keys, two spaces, UTF-8, final newline."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until a folder's entries are on the disk, where the system can say so."""
    if os.name == "posix":
        sync_file(path)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content, never a part of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{path.name}")
    temporary.write_bytes(content)
    sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def read_document(path: Path) -> dict[str, Any]:
    """Read a JSON document.

    Raises:
        UsageError: the file is not there.
        RefusedError: it is no JSON object, so it was damaged after it was written.
    """
    return parse_document(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Read a file that must be there.

    Raises:
        UsageError: it is not.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path} does not exist.", "See `cchc release list` for what there is.") from error


def parse_document(path: Path, content: bytes) -> dict[str, Any]:
    """Parse the bytes of a JSON document; `path` is for the message.

    Raises:
        RefusedError: the bytes are no JSON object.
    """
    try:
        document = json.loads(content)
    except ValueError as error:
        raise RefusedError(f"{path} is damaged: {error}.", _RESTORE) from error
    if not isinstance(document, dict):
        raise RefusedError(f"{path} is damaged: no JSON object.", _RESTORE)
    return document
