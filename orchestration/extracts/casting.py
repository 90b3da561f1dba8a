"""From text to the types of the contract: the SQL that casts a cell and says what is wrong with it.

Belongs here: expressions over one cleaned text column. Does not belong here: which source column feeds it
(`mapping.py`), the statement as a whole (`records.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.extracts import sql_text as sql
from orchestration.extracts.formats import ISO, TimeFormat, time_formats

if TYPE_CHECKING:
    from orchestration.extracts.contract import Column
    from orchestration.extracts.profile import NumberFormat

EARLIEST, LATEST = "1900-01-01", "2200-01-01"
"""Moments outside are no moments: systems write 0001-01-01 or 9999-12-31 for nothing."""

BAD_ENCODING = "bad_encoding"
_BROKEN_TEXT = (
    "\ufffd|[\u0080-\u009f]|Ã[\u00a1-\u00bf]|Ä[\u0090\u0091\u2018]|Æ[\u00a0-\u00b0]|á[\u00ba\u00bb][^ ]"
)
"""Signs of a text decoded wrongly: the replacement character, and Vietnamese UTF-8 read as Windows-1252."""


@dataclass(frozen=True)
class Cast:
    """How one contract column is cast.

    Attributes:
        value: SQL of the typed value, null where the text cannot be cast or is outside the list.
        has_time: SQL that says whether a timestamp told its time, or None for other types.
        problems: conditions in order, each with its reason; they hold for a text that is not null.
    """

    value: str
    has_time: str | None
    problems: tuple[tuple[str, str], ...]

    def decoded(self) -> Cast:
        """The cast of a text that is surely decoded well."""
        kept = tuple(problem for problem in self.problems if problem[1] != BAD_ENCODING)
        return Cast(self.value, self.has_time, kept)


def cast(column: Column, text: str, formats: tuple[str, ...], number: NumberFormat, zone: str) -> Cast:
    """The cast of a column.

    Args:
        column: column of the contract.
        text: SQL name of the cleaned text.
        formats: written forms of times and dates (profile notation).
        number: signs of numbers.
        zone: IANA name of the zone of naive local time.
    """
    if column.type in ("ts", "d"):
        return _moment(column, text, formats, zone)
    if column.type in ("i", "n", "w"):
        return _number(column, text, number)
    if column.type == "b":
        lower = f"lower({text})"
        value = f"case when {lower} in ('1', 'true') then true when {lower} in ('0', 'false') then false end"
        return Cast(value, None, ((f"{{value}} is null and {text} is not null", "bad_type"),))
    return _text(column, text)


def _listed(column: Column) -> str:
    return sql.literals([str(value) for value in column.values or ()])


def _text(column: Column, text: str) -> Cast:
    encoding = (
        f"strlen({text}) <> length({text}) and regexp_matches({text}, {sql.literal(_BROKEN_TEXT)})",
        BAD_ENCODING,
    )
    if column.values is None:
        return Cast(text, None, (encoding,))
    value = f"case when {text} in ({_listed(column)}) then {text} end"
    outside = (f"{{value}} is null and {text} is not null", "bad_enum")
    return Cast(value, None, (encoding, outside) if column.required else (encoding,))


def _number(column: Column, text: str, number: NumberFormat) -> Cast:
    plain = text
    shape = r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?"
    if number.thousands or number.decimal != ".":
        whole = r"\d+" + (rf"|\d{{1,3}}(\{number.thousands}\d{{3}})+" if number.thousands else "")
        shape = rf"[+-]?({whole})(\{number.decimal}\d+)?"
        if number.thousands:
            plain = f"replace({plain}, {sql.literal(number.thousands)}, '')"
        plain = f"replace({plain}, {sql.literal(number.decimal)}, '.')"
    numeric = f"regexp_full_match({text}, {sql.literal(shape)})"
    if column.type == "i":
        # A whole number may come as 5.0; what stands before the sign is the number.
        whole_text = f"split_part({plain}, '.', 1)"
        numeric += f" and rtrim(split_part({plain}, '.', 2), '0') = ''"
        value = f"case when {numeric} then try_cast({whole_text} as bigint) end"
    else:
        value = f"case when {numeric} then try_cast({plain} as {column.sql_type}) end"
    problems = [
        (f"{{value}} is null and {text} is not null and {numeric}", "bad_value"),
        (f"{{value}} is null and {text} is not null", "bad_type"),
    ]
    if column.values is not None:
        listed = ", ".join(str(item) for item in column.values)
        if column.required:
            problems.append((f"{{value}} not in ({listed})", "bad_enum"))
        else:
            value = f"case when ({value}) in ({listed}) then {value} end"
    return Cast(value, None, tuple(problems))


def moment(text: str, formats: tuple[str, ...], zone: str) -> str:
    """SQL of the naive local timestamp of a text, null where no form fits."""
    parsed = [_parsed(text, form, zone) for form in time_formats(formats)]
    return parsed[0] if len(parsed) == 1 else f"coalesce({', '.join(parsed)})"


def _parsed(text: str, form: TimeFormat, zone: str) -> str:
    if form.pattern != ISO:
        parsed = f"try_strptime({text}, {sql.literal(form.pattern)})"
        return f"case when length({text}) = {form.length} then {parsed} end" if form.length else parsed
    # The database also reads `infinity`, `epoch`, `(BC)` and zone names: a moment here ends in a digit or Z.
    offset = f"(contains({text}[11:], '+') or contains({text}[11:], '-') or ends_with({text}, 'Z'))"
    with_seconds = rf"regexp_replace({text}, '^(.{{10}}.\d\d:\d\d)(Z|[+-].*)$', '\1:00\2')"
    local = f"timezone({sql.literal(zone)}, try_cast({with_seconds} as timestamptz))"
    return (
        f"case when {text} like '____-__-_____:__:__' then try_cast({text} as timestamp) "
        f"when {offset} and (ends_with({text}, 'Z') or {text}[-1:] between '0' and '9') then {local} "
        f"when {text}[-1:] between '0' and '9' then try_cast({text} as timestamp) end"
    )


def _moment(column: Column, text: str, formats: tuple[str, ...], zone: str) -> Cast:
    value = moment(text, formats, zone)
    if column.type == "d":
        value = f"({value})::date"
    outside = f"not ({{value}} >= date '{EARLIEST}' and {{value}} < date '{LATEST}')"
    problems = ((f"{{value}} is null and {text} is not null", "bad_type"), (outside, "bad_value"))
    has_time = f"length({text}) > 10" if column.type == "ts" else None
    return Cast(value, has_time, problems)
