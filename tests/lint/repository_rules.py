"""Rules over the tracked files: length, size, words that never enter the repository.

Each rule is a pure function from paths and their text to a list of violations. Does not belong here: what
ruff, mypy and sqlfluff already hold; rules over dbt's manifest (`manifest_rules.py`).
"""

from __future__ import annotations

import ast
import re
from os.path import normpath
from pathlib import PurePosixPath

Files = dict[str, str]

MAX_LINES = 350
MAX_FUNCTION_LINES = 70
MAX_BYTES = 1_000_000
CODE = {".py", ".sql"}
SCRIPTS = {".py", ".sql", ".sh", ".toml"}

REGISTRY_HOST = re.compile(
    r"https?://[\w.-]*(?:p[y]pi|python[h]osted|n[p]mjs|registry\.y[a]rnpkg|d[e]bian|u[b]untu)\.[\w.-]+",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|H[A]CK|NotImplemented[E]rror)\b")
LINK = re.compile(r"\]\(([^)\s]+)\)")
NESTED_GENERATOR = re.compile(r"\w\(\s*\{\{\s*(?:each_day|explode_\w+)\(")
ONE_MACHINE = re.compile(r"(?<![\w.<])/(?:work|root|home|Users)/[\w.-]+")


def _with_suffix(files: Files, suffixes: set[str]) -> list[tuple[str, str]]:
    return [(path, text) for path, text in sorted(files.items()) if PurePosixPath(path).suffix in suffixes]


def long_files(files: Files) -> list[str]:
    """A file of code is read in one go."""
    return [
        f"{path}: {text.count(chr(10))} lines; at most {MAX_LINES}"
        for path, text in _with_suffix(files, CODE)
        if text.count("\n") > MAX_LINES
    ]


def long_functions(files: Files) -> list[str]:
    """A function fits on a screen."""
    return [
        f"{path}:{node.lineno}: {node.name} has {length} lines; at most {MAX_FUNCTION_LINES}"
        for path, text in _with_suffix(files, {".py"})
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]


def registry_hosts(files: Files) -> list[str]:
    """No address of a package registry: where packages come from is the reader's own setting."""
    return [
        f"{path}: names a registry's host, {match[0]}"
        for path, text in sorted(files.items())
        if (match := REGISTRY_HOST.search(text))
    ]


def unfinished_work(files: Files) -> list[str]:
    """Code in the repository is finished: no marks of what is left to do."""
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for path, text in _with_suffix(files, SCRIPTS)
        for match in UNFINISHED.finditer(text)
    ]


def paths_of_one_machine(files: Files) -> list[str]:
    """No absolute path of somebody's machine."""
    return [
        f"{path}: names {match[0]}"
        for path, text in sorted(files.items())
        if (match := ONE_MACHINE.search(text))
    ]


def silent_tests(files: Files) -> list[str]:
    """A test that asserts nothing cannot fail."""
    says = re.compile(r"assert|raises|warns|verify|validate|check|expect|hold")
    return [
        f"{path}:{node.lineno}: {node.name} asserts nothing"
        for path, text in _with_suffix(files, {".py"})
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not any(
            isinstance(part, ast.Assert)
            or (isinstance(part, ast.Call) and says.search(ast.unparse(part.func)))
            for part in ast.walk(node)
        )
    ]


def broken_links(files: Files, paths: set[str]) -> list[str]:
    """A link between pages leads somewhere.

    Args:
        files: text by path.
        paths: every tracked path.
    """
    folders = {parent.as_posix() for path in paths for parent in PurePosixPath(path).parents}
    return [
        f"{path}: links to {target}, which is not there"
        for path, text in _with_suffix(files, {".md"})
        for target in LINK.findall(text)
        if not target.startswith(("http://", "https://", "#", "mailto:"))
        and normpath(PurePosixPath(path).parent / target.split("#")[0]) not in paths | folders
    ]


def large_files(sizes: dict[str, int]) -> list[str]:
    """No data in the repository.

    Args:
        sizes: bytes per tracked path.
    """
    return [
        f"{path}: {size:,} bytes; at most {MAX_BYTES:,}"
        for path, size in sorted(sizes.items())
        if size > MAX_BYTES
    ]


def nested_generators(files: Files) -> list[str]:
    """A macro that yields several rows is a column by itself: within another expression Spark refuses it."""
    return [
        f"{path}: {match[0]} wraps a generator of rows"
        for path, text in _with_suffix(files, {".sql"})
        for match in NESTED_GENERATOR.finditer(text)
    ]


def stray_folders(paths: list[str]) -> list[str]:
    """The top level is fixed: seven places, and beside them what every project has.

    Args:
        paths: tracked paths.
    """
    known = {"orchestration", "dbt_project", "expectations", "tests", "data_lake", "docs", "bi"}
    return sorted(
        {
            f"{top}/: is no top-level folder of this project"
            for path in paths
            if "/" in path and (top := path.split("/", 1)[0]) not in known and not top.startswith(".")
        }
    )


def tracked_lake(paths: list[str]) -> list[str]:
    """Nothing of the lake is in the repository but its page.

    Args:
        paths: tracked paths.
    """
    return [
        f"{path}: belongs to the lake, not to the repository"
        for path in sorted(paths)
        if path.startswith("data_lake/") and path != "data_lake/README.md"
    ]
