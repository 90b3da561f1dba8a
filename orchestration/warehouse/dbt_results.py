"""What dbt's tests found, in the words of the audit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

SAMPLE = 5
_KEY_COLUMNS = ("dossier_key", "agency_code", "procedure_code", "task_code", "period_code", "indicator_code")


@dataclass(frozen=True)
class DbtResult:
    """The result of one dbt data test.

    Attributes:
        rule_id: the registered rule that the test implements.
        test: dbt's unique id of the test.
        table: the model it guards.
        status: `pass`, `fail`, `error` (could not run) or `skipped`.
        failures: number of offending rows.
        sample_keys: a few of them, by pseudonymous key or code.
        message: what dbt said where the test could not run.
    """

    rule_id: str
    test: str
    table: str
    status: str
    failures: int = 0
    sample_keys: list[str] = field(default_factory=list)
    message: str = ""


def _guarded_table(node: dict[str, Any]) -> str:
    attached = node.get("attached_node")
    if attached:
        return str(attached).rsplit(".", 1)[-1]
    parents = [name for name in node["depends_on"]["nodes"] if name.startswith("model.")]
    return parents[0].rsplit(".", 1)[-1] if parents else "-"


def _samples(database: Path, sql: str) -> list[str]:
    """Keys of the first offending rows, ordered, so that the same failure prints the same keys."""
    with duckdb.connect(str(database)) as connection:
        relation = connection.sql(sql)
        names = [name for name in _KEY_COLUMNS if name in relation.columns] or relation.columns[:1]
        columns = ", ".join(f'cast("{name}" as varchar)' for name in names)
        rows = connection.execute(
            f"select distinct {columns} from ({sql}) order by all limit {SAMPLE}"
        ).fetchall()
    return ["·".join(value or "" for value in row) for row in rows]


def read_test_results(manifest: dict[str, Any], target: Path, database: Path) -> list[DbtResult]:
    """Results of the last `dbt test` in a target folder.

    Args:
        manifest: dbt's manifest of the project.
        target: dbt's target folder with `run_results.json`.
        database: the build database, asked for the keys of offending rows.
    """
    results = json.loads((target / "run_results.json").read_text("utf-8"))["results"]
    return list(_results(manifest["nodes"], results, database))


def _results(nodes: dict[str, Any], results: list[dict[str, Any]], database: Path) -> Iterator[DbtResult]:
    for result in results:
        node = nodes.get(result["unique_id"], {})
        if node.get("resource_type") != "test":
            continue
        failed = result["status"] in {"fail", "warn"}
        meta = node.get("config", {}).get("meta") or node.get("meta") or {}
        yield DbtResult(
            rule_id=meta.get("rule_id", node["name"]),
            test=result["unique_id"],
            table=_guarded_table(node),
            status="fail" if failed else result["status"],
            failures=int(result.get("failures") or 0),
            sample_keys=_samples(database, result["compiled_code"]) if failed else [],
            message=str(result.get("message") or "") if result["status"] == "error" else "",
        )


def save_results(results: Sequence[DbtResult], path: Path) -> None:
    """Write the results beside the candidate they are about."""
    path.write_text(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=2), "utf-8")


def load_results(path: Path) -> list[DbtResult]:
    """Read what `save_results` wrote; nothing where the rows were never tested."""
    return (
        [DbtResult(**document) for document in json.loads(path.read_text("utf-8"))] if path.exists() else []
    )
