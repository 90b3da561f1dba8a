"""YAML lists whose mistakes are reported with file, line and key.

Belongs here: reading a list of entries and the typed access to their values. Does not belong here: what the
entries mean (`registry.py`, `limits.py`, `waivers.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from orchestration.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Entry:
    """One mapping of a YAML list.

    Attributes:
        path: the file.
        line: line of its first key, from 1.
        values: its content.
        lines: line of each key.
    """

    path: Path
    line: int
    values: dict[str, Any]
    lines: dict[str, int]

    def fail(self, key: str, problem: str, hint: str | None = None) -> NoReturn:
        """Raise an error that names file, line and key.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{self.path}:{self.lines.get(key, self.line)}: {key}: {problem}", hint)

    def only(self, keys: Iterable[str]) -> None:
        """Refuse keys that nobody reads: a misspelt optional key must not pass in silence."""
        known = sorted(keys)
        for key in self.values:
            if key not in known:
                self.fail(key, "unknown key.", f"Known keys: {', '.join(known)}.")

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; required unless a default is given."""
        value = self.values.get(key, default)
        if value is None:
            self.fail(key, "is missing.")
        if not isinstance(value, str) or not value.strip():
            self.fail(key, f"expected text, found {value!r}.")
        return " ".join(value.split())

    def one_of(self, key: str, known: Iterable[str]) -> str:
        """A text out of a closed list."""
        value = self.text(key)
        if value not in (options := list(known)):
            self.fail(key, f"{value!r} is unknown.", f"Known values: {', '.join(options)}.")
        return value

    def day(self, key: str, default: date | None = None, *, required: bool = True) -> date | None:
        """A date, `YYYY-MM-DD`."""
        value = self.values.get(key, default)
        if value is None:
            if required:
                self.fail(key, "is missing.")
            return None
        if type(value) is not date:
            self.fail(key, f"expected a date like 2022-12-31, found {value!r}.")
        return value

    def number(self, key: str) -> float:
        """A number that is not negative."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self.fail(key, f"expected a number from 0 up, found {value!r}.")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, f"expected a list of texts, found {value!r}.")
        return tuple(value)


def read_document(path: Path) -> tuple[dict[str, Any], dict[str, list[Entry]]]:
    """Read a YAML mapping; its lists of mappings come as located entries, everything else as plain values.

    Raises:
        UsageError: the file is missing, is no YAML, repeats a key, or a list holds something else.
    """
    try:
        loader = _Loader(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise UsageError(f"{path}: expected a mapping at the top.")
        plain: dict[str, Any] = {}
        lists: dict[str, list[Entry]] = {}
        for key_node, value_node in root.value:
            if isinstance(value_node, yaml.SequenceNode):
                lists[key_node.value] = [_entry(path, loader, node) for node in value_node.value]
            else:
                plain[key_node.value] = loader.construct_object(value_node, deep=True)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{place}: {getattr(error, 'problem', None) or error}.") from error
    return plain, lists


def _entry(path: Path, loader: Any, node: yaml.Node) -> Entry:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{path}:{line}: expected an entry with keys, found {node.value!r}.")
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in values:
            raise UsageError(f"{path}:{key_node.start_mark.line + 1}: {key}: stands twice in one entry.")
        values[key] = loader.construct_object(value_node, deep=True)
        lines[key] = key_node.start_mark.line + 1
    return Entry(path, line, values, lines)
