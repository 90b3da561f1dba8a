"""Progress of long work: one place to say it, listeners that show it (terminal, Dagster's log)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str], None]
_listeners: list[Listener] = []


def report(message: str) -> None:
    """Tell every listener one line."""
    for listener in _listeners:
        listener(message)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Show every line reported inside the block to a listener."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
