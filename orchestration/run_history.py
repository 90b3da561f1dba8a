"""The run history of a lake: Dagster's SQLite event log, with its connections kept open.

Belongs here: the event log storage that `dagster.yaml` of a lake names. Does not belong here: what is recorded, which
Dagster decides, or a history in PostgreSQL, which has a pool of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as db
from dagster import StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy.pool import StaticPool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster._serdes import ConfigurableClassData

BUSY_TIMEOUT_SECONDS = 60


class OpenSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's own storage, file for file, but one engine per file instead of one per event.

    A run of this product records two events for each of its 200 assets. Dagster makes an engine for each access and
    compiles its statements anew: five processor-seconds of a run.
    """

    def __init__(self, home: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the log at the place that Dagster itself uses below its home."""
        self._engines: dict[str, db.Engine] = {}
        super().__init__(str(Path(home) / "history" / "runs"), inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """What `dagster.yaml` says: the home, by the variable that names it, so that a lake can be moved."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> OpenSqliteEventLogStorage:
        """As Dagster makes it from `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    def _engine(self, shard: str) -> db.Engine:
        if shard not in self._engines:
            engine = db.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            self._initdb(engine)
            with engine.connect() as connection:
                # The log is rewritten by no one: after a power cut the last events may be missing, never torn.
                connection.exec_driver_sql("pragma synchronous = normal")
            self._engines[shard] = engine
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Let go of every file."""
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()
