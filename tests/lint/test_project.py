"""This project keeps its own rules: the manifest that dbt parses now, and the files that git tracks."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import manifest_rules
import pytest
import repository_rules

from expectations.registry import load_registry
from orchestration.settings import REPOSITORY
from orchestration.warehouse.parsed_project import parsed_manifest

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST_RULES = [
    manifest_rules.unknown_layers,
    manifest_rules.upward_reads,
    manifest_rules.misplaced_names,
    manifest_rules.misplaced_descriptions,
    manifest_rules.undescribed,
    manifest_rules.wrong_access,
    manifest_rules.loose_contracts,
    manifest_rules.one_language,
    manifest_rules.unversioned_marts,
    manifest_rules.untested_keys,
    manifest_rules.hidden_reads,
]
TEXT_RULES = [
    repository_rules.long_files,
    repository_rules.long_functions,
    repository_rules.registry_hosts,
    repository_rules.unfinished_work,
    repository_rules.paths_of_one_machine,
    repository_rules.silent_tests,
    repository_rules.nested_generators,
]
PATH_RULES = [repository_rules.stray_folders, repository_rules.tracked_lake]


def listed(violations: list[str]) -> str:
    """Violations as a failed test prints them, one a line."""
    return "\n" + "\n".join(violations)


@pytest.fixture(scope="module")
def manifest():
    """dbt's manifest of the project as it stands."""
    return parsed_manifest()


@pytest.fixture(scope="module")
def engines():
    """The engine of each registered rule."""
    return {rule_id: rule.engine for rule_id, rule in load_registry().items()}


@pytest.fixture(scope="module")
def paths():
    """Paths of tracked files; outside a git checkout, of all files that are no product of a run."""
    git = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if git.returncode == 0:
        names = [name for name in git.stdout.split("\0") if name]
    else:
        skipped = {".venv", "build", "target", "logs", "__pycache__", "data_lake"}
        every = [path.relative_to(REPOSITORY) for path in REPOSITORY.rglob("*") if path.is_file()]
        names = [path.as_posix() for path in every if not skipped & set(path.parts)]
    return [name for name in names if (REPOSITORY / name).is_file()]


@pytest.fixture(scope="module")
def texts(paths):
    """Text of the tracked files that are text."""

    def read(path: Path) -> str | None:
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            return None

    return {name: text for name in paths if (text := read(REPOSITORY / name)) is not None}


@pytest.mark.parametrize("rule", MANIFEST_RULES, ids=lambda rule: rule.__name__)
def test_the_dbt_project_keeps_the_rule(manifest, rule):
    violations = rule(manifest)

    assert not violations, listed(violations)


@pytest.mark.parametrize(
    "rule",
    [manifest_rules.unregistered_tests, manifest_rules.unimplemented_rules],
    ids=lambda rule: rule.__name__,
)
def test_data_tests_and_registered_rules_match(manifest, engines, rule):
    violations = rule(manifest, engines)

    assert not violations, listed(violations)


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.__name__)
def test_the_files_keep_the_rule(texts, rule):
    violations = rule(texts)

    assert not violations, listed(violations)


@pytest.mark.parametrize("rule", PATH_RULES, ids=lambda rule: rule.__name__)
def test_the_paths_keep_the_rule(paths, rule):
    violations = rule(paths)

    assert not violations, listed(violations)


def test_every_link_between_pages_leads_somewhere(texts, paths):
    violations = repository_rules.broken_links(texts, set(paths))

    assert not violations, listed(violations)


def test_no_file_is_large(paths):
    violations = repository_rules.large_files({name: (REPOSITORY / name).stat().st_size for name in paths})

    assert not violations, listed(violations)
