"""Rules against clocks and chance: what a build computes depends on what was delivered and known, on nothing else.

Each rule is a pure function to a list of violations, empty when it holds. Does not belong here: other rules over dbt's
manifest (`manifest_rules.py`) or over files (`repository_rules.py`).
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Manifest = dict[str, Any]

_SQL_CLOCK = re.compile(
    r"""
    \b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b
    | \{[{%][^}]*\b(run_started_at|invocation_id)\b
    | \b(now|today|getdate|sysdate|age|get_current_time|get_current_timestamp|transaction_timestamp
        |clock_timestamp|statement_timestamp|unix_timestamp|random|rand|setseed|uuid|uuidv4|uuidv7
        |gen_random_uuid|nextval)\s*\(
    | '(now|today|tomorrow|yesterday|epoch)'
    | \bmodules\.(datetime|random)\b
    | \b(tablesample|using\s+sample)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_COMMENTS = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)
_PYTHON_CLOCKS = {
    "now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter", "random", "uuid4", "uuid1", "getpid",
}  # fmt: skip
_CLOCK_OWNERS = {"datetime", "date", "time", "random", "uuid", "os"}


def sql_clocks(texts: Mapping[str, str]) -> list[str]:
    """No SQL reads a clock or draws at random; comments may speak of them."""
    found = []
    for name, text in sorted(texts.items()):
        if match := _SQL_CLOCK.search(_COMMENTS.sub(" ", text)):
            found.append(f"{name}: {match[0].strip()} depends on when it runs; take known-at or a dated seed")
    return found


def sql_of(manifest: Manifest) -> dict[str, str]:
    """Every SQL text of the project by name: models, data tests, macros."""
    nodes = {
        node["unique_id"]: node.get("raw_code") or ""
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "test"}
    }
    macros = {
        name: macro["macro_sql"]
        for name, macro in manifest["macros"].items()
        if name.startswith("macro.cchc.")
    }
    return nodes | macros


def python_clocks(name: str, source: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """No module that decides what a build computes reads a clock or draws at random.

    Args:
        name: of the module, for the message.
        source: its text.
        allowed: functions that may, because what they read reaches no figure.
    """
    return [
        f"{name}: {owner}.{call} in line {line} depends on when it runs"
        for function, owner, call, line in _calls(ast.parse(source))
        if function not in allowed
    ]


def _calls(tree: ast.AST, function: str = "") -> Iterator[tuple[str, str, str, int]]:
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).rsplit(".", 1)[-1]
            if node.func.attr in _PYTHON_CLOCKS and owner in _CLOCK_OWNERS:
                yield inside, owner, node.func.attr, node.lineno
        yield from _calls(node, inside)
