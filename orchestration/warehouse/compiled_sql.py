"""dbt's compiled SQL, executed without dbt: what the models say of other rows than those of the run.

Belongs here: compiling once per change of the project, the order of the nodes, executing some of them on a connection.
Does not belong here: which rows (`raw_views.py`, `orchestration/release/counterfactual.py`), the main job, which dbt
itself runs (`dbt_build.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from orchestration.warehouse.dbt_build import (
    DbtFailedError,
    arguments,
    dbt_environment,
    release_database,
    warm_up,
)
from orchestration.warehouse.parsed_project import PROJECT, TARGET, parsed_graph, project_state

if TYPE_CHECKING:
    import duckdb

Node = dict[str, Any]
COMPILED = TARGET / "compiled_sql"
PROJECT_NAME = "cchc"
CATALOGUE = "warehouse"
"""Name of the database in the compiled SQL: the stem of the file that a run builds in."""
_STAMP = "compiled_from.txt"


def _quoted(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def ensure_compiled() -> Path:
    """Compile the project where it changed since it was compiled last; return dbt's target folder.

    Raises:
        DbtFailedError: dbt could not compile it.
    """
    stamp = COMPILED / _STAMP
    if stamp.is_file() and stamp.read_text("utf-8") == project_state():
        return COMPILED
    TARGET.mkdir(parents=True, exist_ok=True)
    with FileLock(str(TARGET / ".compiling")):
        state = project_state()
        if not (stamp.is_file() and stamp.read_text("utf-8") == state):
            _compile()
            stamp.write_text(state, "utf-8")
    return COMPILED


def _compile() -> None:
    shutil.rmtree(COMPILED, ignore_errors=True)
    COMPILED.mkdir(parents=True)
    runner = warm_up()(manifest=parsed_graph())
    with dbt_environment(COMPILED / f"{CATALOGUE}.duckdb"):
        try:
            outcome = runner.invoke(
                arguments("compile", COMPILED, "--select", "resource_type:model", "--no-introspect")
            )
        finally:
            release_database()
    if not outcome.success:
        raise DbtFailedError(f"dbt could not compile the project: {outcome.exception}", "Run: make lint")


def in_order(manifest: Node) -> list[Node]:
    """Seeds and models so that each stands after what it reads; data tests last."""
    nodes = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in {"seed", "model"}
    }
    reads = {
        unique_id: [parent for parent in node["depends_on"].get("nodes", []) if parent in nodes]
        for unique_id, node in sorted(nodes.items())
    }
    tests = [node for _, node in sorted(manifest["nodes"].items()) if node["resource_type"] == "test"]
    return [nodes[unique_id] for unique_id in TopologicalSorter(reads).static_order()] + tests


def upstream_of(manifest: Node, models: Collection[str]) -> list[Node]:
    """Seeds and models that these models are made of, themselves included, in order."""
    nodes = manifest["nodes"]
    wanted: set[str] = set()
    waiting = [f"model.{PROJECT_NAME}.{name}" for name in models]
    while waiting:
        unique_id = waiting.pop()
        if unique_id in nodes and unique_id not in wanted:
            wanted.add(unique_id)
            waiting += nodes[unique_id]["depends_on"].get("nodes", [])
    return [node for node in in_order(manifest) if node["unique_id"] in wanted]


def reading(nodes: Iterable[Node], tables: Collection[str]) -> list[Node]:
    """Those of some ordered nodes that read one of these tables of schema `raw`, directly or through others."""
    moved = {f"source.{PROJECT_NAME}.raw.{table}" for table in tables}
    found = []
    for node in nodes:
        if moved.intersection(node["depends_on"].get("nodes", [])):
            moved.add(node["unique_id"])
            found.append(node)
    return found


def relation_of(node: Node) -> str:
    """The node's relation in the database, quoted."""
    return f'"{node["schema"]}"."{node.get("alias") or node["name"]}"'


def statement(node: Node, target: Path) -> str:
    """The SQL of one node as bare DuckDB executes it."""
    relation = relation_of(node)
    if node["resource_type"] == "seed":
        types = node["config"].get("column_types") or {}
        given = ", ".join(f"{_quoted(column)}: {_quoted(kind)}" for column, kind in types.items())
        options = f", types = {{{given}}}" if given else ""
        file = PROJECT / node["original_file_path"]
        return f"create table {relation} as select * from read_csv({_quoted(file)}, header = true{options})"
    sql = compiled(target, node).strip().rstrip(";")
    if node["resource_type"] == "test":
        return f"select count(*) from ({sql}\n)"
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f"create {kind} {relation} as {sql}"


def compiled(target: Path, node: Node) -> str:
    """What dbt compiled for a node."""
    folder = target / "compiled" / str(node["package_name"]) / str(node["original_file_path"])
    # A generic test lies below the YAML that declares it, a singular one is its own file.
    path = folder / str(node["path"]) if node["resource_type"] == "test" and folder.is_dir() else folder
    return path.read_text("utf-8")


def execute(connection: duckdb.DuckDBPyConnection, nodes: Iterable[Node], target: Path) -> None:
    """Make the relations of some ordered nodes, in the place of those that are there.

    The database must be called `CATALOGUE`.
    """
    for node in nodes:
        connection.execute(f'create schema if not exists "{node["schema"]}"')
        sql = statement(node, target).replace("create ", "create or replace ", 1)
        connection.execute(sql)
