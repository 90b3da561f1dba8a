"""One writer per lake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from orchestration.errors import LakeLockedError
from orchestration.lake import Lake


@contextmanager
def writing(lake: Lake) -> Iterator[None]:
    """Hold the lake's lock; within one process it can be taken again.

    The operating system frees the lock of a process that dies, so a killed run blocks nobody.

    Raises:
        LakeLockedError: another process holds it.
    """
    lake.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(lake.lock_file), timeout=0, is_singleton=True, thread_local=False)
    try:
        with lock:
            yield
    except Timeout as error:
        raise LakeLockedError(
            f"Another run is writing the lake {lake.root}.", "Wait until it has ended, then start again."
        ) from error
