"""Pseudonyms: HMAC-SHA256 of a code under a secret of the lake, computed set-wise in SQL.

Belongs here: the secret, the SQL, the way back from a pseudonym to its code. Does not belong here: which
columns get one (`feeds.yml`).
Source of the construction: RFC 2104.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from orchestration.errors import UsageError
from orchestration.extracts import sql_text as sql
from orchestration.extracts.restricted import private_folder, private_text

if TYPE_CHECKING:
    from orchestration.lake import Lake
    from orchestration.settings import Settings

VERSION = 1
"""Version of the secret; it grows when a lake changes its secret."""
_BLOCK = 64
_SHORTEST = 16


@dataclass(frozen=True)
class Secret:
    """The secret of a lake's pseudonyms.

    Attributes:
        value: the bytes.
        version: stands beside each code in the pseudonym map.
    """

    value: bytes
    version: int = VERSION

    @property
    def secret_id(self) -> str:
        """Names the secret without telling it: first 12 hex digits of its hash."""
        return hashlib.sha256(self.value).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"Secret({self.secret_id})"


def load_secret(lake: Lake, settings: Settings) -> Secret:
    """The secret from the settings; a local or test lake keeps one of its own in `restricted/secret`.

    Raises:
        UsageError: the secret is too short, or production has none.
    """
    given = settings.pseudonym_secret
    if given is None and settings.env == "production":
        raise UsageError("CCHC_PSEUDONYM_SECRET is not set.", "Set it to the secret of this lake.")
    text = given if given is not None else _own(lake)
    if len(text.encode()) < _SHORTEST:
        raise UsageError(
            f"The secret of the pseudonyms is shorter than {_SHORTEST} bytes.",
            "Make a long one: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return Secret(text.encode())


def _own(lake: Lake) -> str:
    path = lake.restricted / "secret"
    private_folder(lake.restricted)
    if not path.exists():
        unfinished = path.with_name(f".secret.{os.getpid()}")
        private_text(unfinished, secrets.token_hex(32) + "\n")
        try:
            os.link(unfinished, path)  # fails where another process was first: then its secret counts
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    return path.read_text("utf-8").strip()


def hmac_sql(expression: str, secret: Secret, prefix: str = "") -> str:
    """SQL of the HMAC-SHA256 of a text, 64 hex digits; null stays null.

    Args:
        expression: SQL of the text.
        secret: of the lake.
        prefix: stands before every text.
    """
    key = secret.value if len(secret.value) <= _BLOCK else hashlib.sha256(secret.value).digest()
    key = key.ljust(_BLOCK, b"\0")
    inner = (bytes(byte ^ 0x36 for byte in key) + prefix.encode()).hex()
    outer = bytes(byte ^ 0x5C for byte in key).hex()
    return f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode({expression}))))"


def entity_of(pseudonym: str) -> str:
    """Folder of the map of a pseudonymous key: `dossier_key` -> `dossier`."""
    return pseudonym.removesuffix("_key")


def lookup(lake: Lake, key: str) -> str:
    """The code behind a pseudonymous key; each look-up is written to `restricted/trace.log`.

    Args:
        lake: the lake.
        key: 64 hex digits.

    Raises:
        UsageError: no such key.
    """
    with duckdb.connect() as connection:
        found = None
        for folder in sorted((lake.restricted / "pseudonyms").glob("*")):
            if any(folder.glob("*.parquet")):
                found = connection.execute(
                    f"select code from read_parquet({sql.literal(str(folder / '*.parquet'))}) where key = ? limit 1",
                    [key],
                ).fetchone()
            if found:
                break
    _log(lake, key, found is not None)
    if not found:
        raise UsageError(
            f"No record has the key {key!r}.", "Keys have 64 hex digits: see fct_dossiers.dossier_key."
        )
    return str(found[0])


def _who() -> str:
    """The person asking, as the system knows them; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _log(lake: Lake, key: str, found: bool) -> None:
    path = lake.restricted / "trace.log"
    private_folder(lake.restricted)
    line = (
        f"{datetime.now().astimezone().isoformat()}\t{_who()}\t{key!r}\t{'found' if found else 'not found'}\n"
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
        stream.write(line)
