"""Values of a marked YAML document, each of the kind that its reader asks for.

Belongs here: reading a key as text, number, list or mapping, with an error that names file, line and key. Does not
belong here: what the keys mean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.extracts.yaml_marks import Keys, Marked

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?) (second|minute|hour|day)s?")


class YamlValues:
    """Reads one document; every method takes the path of keys it reads."""

    def __init__(self, document: Marked) -> None:
        self.document = document

    def value(self, keys: Keys) -> Any:
        """What stands at a key, or None."""
        here: Any = self.document.data
        for key in keys:
            below = here[int(key)] if isinstance(here, list) else None
            here = here.get(key) if isinstance(here, dict) else below
        return here

    def mapping(self, keys: Keys, known: tuple[str, ...] | None = None) -> dict[str, Any]:
        """The keys below a key; unknown ones are refused where `known` lists them."""
        value = self.value(keys)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.document.error(keys, "expected keys with values below it.")
        for key in value:
            if known is not None and key not in known:
                raise self.document.error(
                    (*keys, key), "this key is unknown.", f"Known here: {', '.join(known)}."
                )
        return value

    def text(self, keys: Keys) -> str | None:
        """One value, or None."""
        value = self.value(keys)
        if value is not None and not isinstance(value, str):
            raise self.document.error(keys, "expected one value.")
        return value

    def one_of(self, keys: Keys, known: tuple[str, ...], default: str | None = None) -> str | None:
        """One of the known values, or the default."""
        value = self.text(keys)
        if value is None:
            return default
        if value not in known:
            raise self.document.error(keys, f"{value!r} is unknown.", f"Known: {', '.join(known)}.")
        return value

    def texts(self, keys: Keys) -> tuple[str, ...]:
        """A value or a list of values."""
        value = self.value(keys)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            raise self.document.error(keys, "expected a value or a list of values.")
        return tuple(items)

    def number(self, keys: Keys, default: int) -> int:
        """A whole number, or the default."""
        value = self.text(keys)
        if value is None:
            return default
        if not value.isdecimal():
            raise self.document.error(keys, f"{value!r} is no whole number.")
        return int(value)

    def seconds(self, keys: Keys, default: float) -> float:
        """A length of time such as `90 seconds`, `15 minutes`, `2 hours`, `3 days`, or the default."""
        value = self.text(keys)
        if value is None:
            return default
        found = _LENGTH.fullmatch(value)
        if found is None:
            raise self.document.error(
                keys, f"{value!r} is no length of time.", "Write: 90 seconds, 15 minutes, 2 hours or 3 days."
            )
        return float(found[1]) * _UNITS[found[2]]

    def flag(self, keys: Keys) -> bool:
        """True or false; absent means false."""
        return self.one_of(keys, ("true", "false"), "false") == "true"

    def texts_by_key(self, keys: Keys) -> dict[str, str]:
        """A mapping of keys to single values."""
        value = self.mapping(keys)
        for key, item in value.items():
            if not isinstance(item, str):
                raise self.document.error((*keys, key), "expected one value.")
        return dict(value)

    def required(self, keys: Keys, hint: str) -> str:
        """One value that must stand there."""
        value = self.text(keys)
        if not value:
            raise self.document.error(keys, f"the key `{keys[-1]}` is missing.", hint)
        return value
