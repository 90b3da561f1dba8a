"""YAML with the place of every key, so that an error can name file, line and key.

Belongs here: reading a YAML mapping and remembering where its keys stand. Does not belong here: what the
keys mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from orchestration.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

Keys = tuple[str, ...]
Mark = tuple[str, int]


class ProfileError(UsageError):
    """A profile is wrong; the message names its file, line and key."""


@dataclass(frozen=True)
class Marked:
    """A YAML document and the file and line of each of its keys.

    Attributes:
        data: the document: mappings, lists, text, numbers, booleans, None.
        marks: path of keys (list positions as text) to file name and line.
    """

    data: dict[str, Any]
    marks: dict[Keys, Mark] = field(default_factory=dict)

    def error(self, keys: Keys, message: str, hint: str | None = None) -> ProfileError:
        """An error that says where the key, or the nearest key above it, stands."""
        at = keys
        while at and at not in self.marks:
            at = at[:-1]
        file, line = self.marks.get(at, ("profile", 1))
        where = ".".join(keys) or "the profile"
        return ProfileError(f"{file}, line {line}, {where}: {message}", hint)


def load_marked(path: Path) -> Marked:
    """Read a YAML file whose top is a mapping.

    Raises:
        ProfileError: no YAML, no mapping, or a key that stands twice.
    """
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path.name} is no UTF-8 text.", "Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ProfileError(f"{path.name}, line {line}: this is no YAML: {problem}.") from error
    marks: dict[Keys, Mark] = {(): (path.name, 1)}
    if not isinstance(node, yaml.MappingNode):
        raise ProfileError(f"{path.name}, line 1: a profile is a mapping of keys to values.")
    data = _plain(node, (), path.name, marks)
    return Marked(data, marks)


def _plain(node: Any, keys: Keys, file: str, marks: dict[Keys, Mark]) -> Any:
    """The plain value of a node; remembers where its keys stand."""
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                raise ProfileError(f"{file}, line {line}, {'.'.join((*keys, key))}: this key stands twice.")
            marks[(*keys, key)] = (file, line)
            result[key] = _plain(value_node, (*keys, key), file, marks)
        return result
    if isinstance(node, yaml.SequenceNode):
        items = []
        for position, item in enumerate(node.value):
            marks[(*keys, str(position))] = (file, item.start_mark.line + 1)
            items.append(_plain(item, (*keys, str(position)), file, marks))
        return items
    return _scalar(node)


def _scalar(node: Any) -> str | None:
    """Scalars stay as written: `004` is text, not a number; only an unquoted null is null."""
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def merge(base: Marked, top: Marked) -> Marked:
    """The base with the keys of `top` laid over it, mappings merged key by key."""
    return Marked(_merged(base.data, top.data), base.marks | top.marks)


def _merged(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in top.items():
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict) and not _is_column(value):
            result[key] = _merged(below, value)
        else:
            result[key] = value
    return result


def _is_column(value: dict[str, Any]) -> bool:
    """A column's own mapping replaces the one below as a whole: half of two mappings is neither."""
    return any(key in value for key in ("from", "constant", "source_suffix", "choose", "count", "any", "sum"))
