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


def _begins_white(expression: str) -> str:
    codes = ", ".join(str(ord(sign)) for sign in WHITE if ord(sign) > 32)
    return f"(ascii({expression}) <= 32 or ascii({expression}) in ({codes}))"


def clean(expression: str, *, plain: bool = False) -> str:
    """Trimmed, in NFC, empty is null; most texts need no trimming, and looking is cheaper than doing it.

    Args:
        expression: SQL of a text.
        plain: no white space but the space itself occurs.
    """
    if plain:
        edged = f"starts_with({expression}, ' ') or ends_with({expression}, ' ')"
        return f"nullif(nfc_normalize(case when {edged} then trim({expression}) else {expression} end), '')"
    ends = " or ".join(f"ends_with({expression}, {literal(sign)})" for sign in WHITE)
    trimmed = f"trim({expression}, {literal(WHITE)})"
    white = f"{_begins_white(expression)} or {ends}"
    return f"nullif(nfc_normalize(case when {white} then {trimmed} else {expression} end), '')"


def blank(expression: str, also: str = "") -> str:
    """Whether a line holds nothing but white space, or the sign `also`."""
    begins = _begins_white(expression) + (f" or starts_with({expression}, {literal(also)})" if also else "")
    # `and` would trim every line; `case` trims only those that may be blank.
    return f"(case when {begins} then trim({expression}, {literal(WHITE + also)}) = '' else false end)"
