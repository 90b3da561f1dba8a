"""Small builders of SQL text that several modules share.

Belongs here: quoting and the cleaning of a text. Does not belong here: what a column means.
"""

from __future__ import annotations

WHITE = " \t\r\n\v\f\u00a0\u200b\ufeff"
"""What is trimmed: spaces, tabs, line ends, no-break and zero-width spaces, a stray byte-order mark."""


_NOT_SURELY_NFC = r"[^\x{00}-\x{24f}\x{1ea0}-\x{1ef9}]"


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: tuple[str, ...] | list[str]) -> str:
    """Quoted texts, with commas between."""
    return ", ".join(literal(text) for text in texts)


def begins_white(expression: str) -> str:
    """Whether a text begins with white space."""
    codes = ", ".join(str(ord(sign)) for sign in WHITE if ord(sign) > 32)
    return f"(ascii({expression}) <= 32 or ascii({expression}) in ({codes}))"


def trimmed(expression: str, *, plain: bool = False) -> str:
    """Without white space at its ends; most texts need no trimming, and looking is cheaper than doing it.

    Args:
        expression: SQL of a text.
        plain: no white space but the space itself occurs.
    """
    if plain:
        edged = f"starts_with({expression}, ' ') or ends_with({expression}, ' ')"
        return f"case when {edged} then trim({expression}) else {expression} end"
    ends = " or ".join(f"ends_with({expression}, {literal(sign)})" for sign in WHITE)
    white = f"{begins_white(expression)} or {ends}"
    return f"case when {white} then trim({expression}, {literal(WHITE)}) else {expression} end"


def normal(column: str, *, ascii_only: bool = False, words: bool = True) -> str:
    """A trimmed text in NFC, empty is null; Latin letters as Vietnamese needs them are in NFC already.

    Args:
        column: SQL of a trimmed text.
        ascii_only: it has no other signs, so it is in NFC.
        words: it may hold Vietnamese; a number or a time does not.
    """
    if ascii_only:
        return f"nullif({column}, '')"
    whole = f"when regexp_matches({column}, {literal(_NOT_SURELY_NFC)}) then nfc_normalize({column}) else {column}"
    other = whole if words else f"else nfc_normalize({column})"
    return f"nullif(case when strlen({column}) = length({column}) then {column} {other} end, '')"


def clean(expression: str) -> str:
    """Trimmed, in NFC, empty is null."""
    return f"nullif(nfc_normalize({trimmed(expression)}), '')"


def blank(expression: str, also: str = "") -> str:
    """Whether a line holds nothing but white space, or the sign `also`."""
    begins = begins_white(expression) + (f" or starts_with({expression}, {literal(also)})" if also else "")
    # `and` would trim every line; `case` trims only those that may be blank.
    return f"(case when {begins} then trim({expression}, {literal(WHITE + also)}) = '' else false end)"
