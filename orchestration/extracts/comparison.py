"""Keys by which two records are seen to name the same person, without saying who that is.

Belongs here: the form in which identities are compared, what stands for "unknown", the SQL of the key. Does not
belong here: which columns get one (`feeds.yml`), keys that lead back to a code (`pseudonyms.py`).

Such a key is an HMAC under the lake's secret like every pseudonym, over the column's name and the value: equal
numbers in two columns, or a code that happens to be an identity number, have different keys. No map is kept that
leads back from it. What stands for an unknown identity gets no key: two unknown people are not one. That is what
`placeholder_identities.csv` lists, verified or not (a signal asks, it decides no figure), and whatever has no digit.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.extracts import sql_text as sql
from orchestration.extracts.pseudonyms import Secret, hmac_sql

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestration.extracts.contract import Column

PLACEHOLDERS_FILE = Path(__file__).with_name("placeholder_identities.csv")
_BETWEEN = " .-()/"
"""Signs that people write between digits."""


@cache
def placeholders() -> tuple[str, ...]:
    """Identities that name nobody, in the form in which identities are compared."""
    with PLACEHOLDERS_FILE.open(encoding="utf-8", newline="") as handle:
        return tuple(row["identity"] for row in csv.DictReader(handle))


def _comparable(expression: str, form: str) -> str:
    """SQL of an identity without the signs between its digits; a telephone number as it is dialled at home."""
    bare = f"upper(translate({expression}, {sql.literal(_BETWEEN)}, ''))"
    if form != "phone":  # nearly all are plain digits already, and looking is cheaper than rewriting
        return f"case when regexp_full_match({expression}, '[0-9]+') then {expression} else {bare} end"
    return f"regexp_replace({bare}, '^(?:[+]|00)?84([0-9]{{9,10}})$', '0\\1')"


def comparison_sql(column: Column, present: Collection[str], secret: Secret) -> list[str]:
    """SQL of the columns that raw holds of a personal column instead of its value, each `… as name`.

    Args:
        column: a column that the file delivers.
        present: all columns that the file delivers.
        secret: of the lake.
    """
    compared = column.compared
    if compared is None:
        return []
    value = _comparable(sql.name(column.name), compared.form)
    unknown = f"not regexp_matches({value}, '[0-9]')"  # "-", "N/A", "KHONG": written, and nobody's
    if compared.placeholder:
        unknown = f"({unknown} or {value} in ({sql.literals(placeholders())}))"
    asked = [f"not {unknown}"]
    for name, values in compared.only_where.items():
        asked.append(f"{sql.name(name)} in ({sql.literals(values)})" if name in present else "false")
    key = hmac_sql(value, secret, f"{column.name}:")
    found = [f"case when {' and '.join(asked)} then {key} end as {sql.name(compared.key)}"]
    if compared.placeholder:
        found.append(f"{unknown} as {sql.name(compared.placeholder)}")
    return found
