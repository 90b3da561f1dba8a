"""The words in which suites say what they expect.

Belongs here: the kinds of check. Does not belong here: Great Expectations, which gives each kind its meaning
(`validate.py`), or the rules themselves (`suites/`).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """One expectation of one table; `rule_id` names its rule in the registry."""

    rule_id: str


@dataclass(frozen=True)
class HasRows(Check):
    """The table holds at least this many rows."""

    at_least: int = 1


@dataclass(frozen=True)
class HasColumns(Check):
    """The table has exactly the columns of its published contract."""

    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValuesInSet(Check):
    """A column holds nothing but these values; null passes."""

    column: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotNull(Check):
    """A column is never null."""

    column: str = ""


@dataclass(frozen=True)
class NoRows(Check):
    """A query finds nothing.

    Attributes:
        finds: SQL of the offending rows over the table judged and the other relations of the candidate. Its
            column `record` (a code or a pseudonymous key, never personal) names the row; `name_vi` and `name_en`
            say what it is; `found`, `expected` and others fill the message.
        evidence: SQL of the records behind the failure, run only then: `record`, `name_vi`, `name_en`.
        observes: SQL of one row, `found` and `expected` as the audit prints them, or a figure's columns.
    """

    finds: str = ""
    evidence: str | None = None
    observes: str | None = None


@dataclass(frozen=True)
class Suite:
    """What is expected of one public mart, the shape first."""

    table: str
    checks: tuple[Check, ...] = field(default_factory=tuple)
