"""Small builders of SQL text that several modules share.

Belongs here: quoting and the cleaning of a text. Does not belong here: what a column means.
"""

from __future__ import annotations

WHITE = " \t\r\n\v\f\u00a0\u200b\ufeff"
"""What is trimmed: spaces, tabs, line ends, no-break and zero-width spaces, a stray byte-order mark."""


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: tuple[str, ...] | list[str]) -> str:
    """Quoted texts, with commas between."""
    return ", ".join(literal(text) for text in texts)


def clean(expression: str) -> str:
    """Trimmed, in NFC, empty is null."""
    return f"nullif(nfc_normalize(trim({expression}, {literal(WHITE)})), '')"
