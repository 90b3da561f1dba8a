"""What a connector is asked for and what it hands back.

Belongs here: the objects between the running of pulls and a connector. Does not belong here: any kind of connector,
the ledger, files' final names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

JsonObject = Mapping[str, Any]
"""What goes into the ledger as it is: text, whole numbers, booleans, None, lists and objects of them."""


class SourceUnavailableError(Exception):
    """A source could not be reached, refused us, or broke off, after all retries of its connector.

    The words never hold a password, an address with one, a token, or a value of a record.
    """

    def __init__(self, found: str, hint: str) -> None:
        super().__init__(found)
        self.found = found
        self.hint = hint


@dataclass(frozen=True)
class PullRequest:
    """One pull that a connector is to make.

    Attributes:
        source, feed: whose pull it is.
        mode: `delta` or `snapshot`, of the profile; a snapshot is always the whole.
        key: source names of the columns (dotted paths in JSON) that identify a record; empty: the whole row.
        cursor: what the newest committed pull handed back; None for the first one and a full one.
        seen: Parquet with the text columns `key` and `digest` of the overlap window, as the newest committed pull
            wrote it; None with the cursor, or where it is gone: then everything counts as new.
        part: the file to write the records to; the pulling brings it to disk and gives it its final name.
        seen_part: the file to write the new overlap window to, or to leave unwritten.
        scratch: an owner-only folder that outlives a crash, for what a connector needs to resume; it is emptied
            when a pull is committed. A connector decides itself whether what lies there still fits the request.
        secret: gives the value of an environment variable that the YAML names; raises `SourceUnavailableError`.
        zone: local time of the lake.
        now: our own clock; the source's is asked where it has one.
        progress: says one line to people.
        limit: at most so many records, for a trial; nothing else may be assumed of the cursor then.
    """

    source: str
    feed: str
    mode: str
    key: tuple[str, ...]
    cursor: JsonObject | None
    seen: Path | None
    part: Path
    seen_part: Path
    scratch: Path
    secret: Callable[[str], str]
    zone: ZoneInfo
    now: Callable[[], datetime]
    progress: Callable[[str], None]
    limit: int | None = None


CLOCKS_APART = timedelta(days=1)
"""How far a source's clock may be from ours and still say of which day its records are."""


@dataclass(frozen=True)
class Pulled:
    """What a pull gave.

    Attributes:
        snapshot_at: naive local moment that the records are of; its day is the extract's.
        cursor: where the next pull starts; of a snapshot what its content can be recognised by, or None.
        rows: records written to `part`.
        nothing_new: the source holds what the newest committed pull delivered; `part` is of no use.
        repeated: records of the overlap that were left out because they stand as they did.
        counted: records that the source itself says it holds, or None where it cannot count.
        columns: name to type as the source describes itself; empty where it does not: then no drift is judged.
        facts: what else the ledger keeps (page counts, what a count covers): small, and without personal data.
        notes: warnings for people.
    """

    snapshot_at: datetime
    cursor: JsonObject | None
    rows: int
    nothing_new: bool = False
    repeated: int = 0
    counted: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    facts: JsonObject = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Connector(Protocol):
    """Pulls from one source; made by `checked(values, keys, head)` of its module from the YAML."""

    @property
    def ending(self) -> str:
        """Ending of the delivery file: `parquet` or `jsonl`."""

    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that it reads through `PullRequest.secret`."""

    def pull(self, request: PullRequest) -> Pulled:
        """Write what is new.

        Raises:
            SourceUnavailableError: the source cannot be had; nothing of the pull is used.
            BrokenFileError: what it gave breaks its contract as a whole.
        """
