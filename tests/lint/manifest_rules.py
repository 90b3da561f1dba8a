"""Rules over dbt's manifest: which layer reads which, what things are called, what a public mart carries.

Each rule is a pure function from the manifest to a list of violations, empty when it holds; a violation
names the node, what is wrong and what to do. Does not belong here: rules over files (`repository_rules.py`),
reading the manifest (`test_project.py`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]
Manifest = dict[str, Any]

LAYERS = ("staging", "intermediate", "marts", "qc")
READS = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"staging", "intermediate", "marts", "seed"},
    "qc": {"staging", "intermediate", "marts", "qc", "seed"},
}
"""A record flows down the layers and never back up; only staging reads sources."""

FOLDER_READS = {
    "marts/indicators": {"intermediate", "marts", "seed"},
    "marts/time": {"intermediate", "marts", "seed"},
    "marts/quality": {"staging", "intermediate", "marts", "qc", "seed"},
}
"""Folders at another place in the flow than their layer.

Marts of figures count what the core has made of the records; they never read the records themselves. What is told about
the quality of records is the end of the flow: it counts the cases of the signals too, and nobody reads it.
"""
LAST_FOLDERS = {"marts/quality"}
"""Folders that no model reads: the flow ends there."""

NAMES = {
    "staging": r"stg_[a-z0-9_]+",
    "qc": r"qc_[a-z0-9_]+",
    "marts/core": r"(dim|fct|bridge)_[a-z0-9_]+",
    "marts/indicators": (
        r"(indicator_[a-z0-9_]+|headline_figures|form_06a|publication_timeliness|satisfaction|service_index_766|par_index)"
    ),
    "marts/organisation": (
        r"(organisation_(flows|stocks)|functions_regulated|deputy_norms_compliance|payroll|unit_autonomy)"
    ),
    "marts/time": r"(handling_times|late_steps|open_ageing|due_forecast)",
    "marts/quality": r"data_quality",
}
ACCESS = {
    "staging": {"private"},
    "intermediate": {"private", "protected"},
    "marts": {"protected", "public"},
    "qc": {"private"},
}
"""Protected: tests of the project may read it too; public: readers outside the project may rely on it."""

BILINGUAL = re.compile(r"^\s*\S.*\s\|\s\S.*$", re.DOTALL)


def models(manifest: Manifest) -> Iterator[Node]:
    """The project's models, by unique id."""
    for unique_id in sorted(manifest["nodes"]):
        node = manifest["nodes"][unique_id]
        if node["resource_type"] == "model":
            yield node


def data_tests(manifest: Manifest) -> Iterator[Node]:
    """The project's data tests, by unique id."""
    for unique_id in sorted(manifest["nodes"]):
        node = manifest["nodes"][unique_id]
        if node["resource_type"] == "test":
            yield node


def folder_of(node: Node) -> str:
    """Folder of a model below `models/`: `staging/dossiers`, `marts/core`."""
    return PurePosixPath(node["original_file_path"]).parent.as_posix().removeprefix("models/")


def layer_of(node: Node) -> str:
    """First folder of a model, or its resource type for sources and seeds."""
    return folder_of(node).split("/")[0] if node["resource_type"] == "model" else str(node["resource_type"])


def meta_of(node: Node) -> Node:
    """What a node says about itself in `config.meta`."""
    meta: Node = (node.get("config") or {}).get("meta") or node.get("meta") or {}
    return meta


def is_public(node: Node) -> bool:
    """Whether readers outside the project may rely on the model."""
    return (node.get("access") or node["config"].get("access")) == "public"


def unknown_layers(manifest: Manifest) -> list[str]:
    """Every model lies in one of the layers."""
    return [
        f"{node['name']}: lies in models/{folder_of(node)}; the layers are {', '.join(LAYERS)}"
        for node in models(manifest)
        if layer_of(node) not in LAYERS
    ]


def upward_reads(manifest: Manifest) -> list[str]:
    """A layer reads only what lies above it in the flow; only staging reads sources; nothing reads the flow's end."""
    everything = manifest["nodes"] | manifest["sources"]
    found = []
    for node in models(manifest):
        folder = folder_of(node)
        allowed = FOLDER_READS.get(folder) or READS.get(layer_of(node), set())
        for parent_id in node["depends_on"]["nodes"]:
            parent = everything[parent_id]
            place = layer_of(parent)
            if parent["resource_type"] == "model" and folder_of(parent) in LAST_FOLDERS:
                place = folder_of(parent)
            if place not in allowed:
                found.append(
                    f"{node['name']}: a model of {folder} reads {parent['name']} ({place}); "
                    f"it may read {', '.join(sorted(allowed))}"
                )
    return found


def misplaced_names(manifest: Manifest) -> list[str]:
    """A model's name says its folder."""
    found = []
    for node in models(manifest):
        folder, name = folder_of(node), node["name"]
        layer, _, topic = folder.partition("/")
        pattern = NAMES.get(folder) or NAMES.get(layer)
        if layer == "intermediate":
            pattern = rf"int_{re.escape(topic)}__[a-z0-9_]+"
        if pattern is None or not re.fullmatch(pattern, name):
            found.append(f"{name}: in models/{folder} a name has the form {pattern or 'of a known folder'}")
    return found


def misplaced_descriptions(manifest: Manifest) -> list[str]:
    """One YAML per model: beside it, with its name."""
    found = []
    for node in models(manifest):
        expected = PurePosixPath(node["original_file_path"]).with_suffix(".yml").as_posix()
        actual = (node.get("patch_path") or "nothing").split("://")[-1]
        if actual != expected:
            found.append(f"{node['name']}: is described in {actual}; it belongs in {expected}")
    return found


def undescribed(manifest: Manifest) -> list[str]:
    """Every model, seed and source says what it holds."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed"}]
    return [
        f"{node['name']}: has no description"
        for node in [*nodes, *manifest["sources"].values()]
        if not (node.get("description") or "").strip()
    ]


def wrong_access(manifest: Manifest) -> list[str]:
    """Only marts are public, and a mart that is not is protected; every model has an owner."""
    found = []
    for node in models(manifest):
        access = node.get("access") or node["config"].get("access")
        allowed = ACCESS.get(layer_of(node), set())
        if access not in allowed:
            found.append(f"{node['name']}: access is {access}; here it is {' or '.join(sorted(allowed))}")
        if not (node.get("group") or node["config"].get("group")):
            found.append(f"{node['name']}: belongs to no group, so nobody owns it")
    return found


def loose_contracts(manifest: Manifest) -> list[str]:
    """A public mart is under contract and each of its columns has a type."""
    found = []
    for node in filter(is_public, models(manifest)):
        if not (node.get("contract") or node["config"].get("contract") or {}).get("enforced"):
            found.append(f"{node['name']}: its contract is not enforced")
        found += [
            f"{node['name']}.{name}: has no data_type"
            for name, column in node["columns"].items()
            if not column.get("data_type")
        ]
        if not node["columns"]:
            found.append(f"{node['name']}: describes no column")
    return found


def one_language(manifest: Manifest) -> list[str]:
    """A public mart and each of its columns is described as `Tiếng Việt. | English.`, and persisted."""
    found = []
    for node in filter(is_public, models(manifest)):
        texts = {node["name"]: node.get("description")}
        texts |= {
            f"{node['name']}.{name}": column.get("description") for name, column in node["columns"].items()
        }
        found += [
            f"{name}: needs a description as 'Tiếng Việt. | English.', has {text!r}"
            for name, text in texts.items()
            if not BILINGUAL.match(text or "")
        ]
        persisted = node["config"].get("persist_docs") or {}
        if not (persisted.get("relation") and persisted.get("columns")):
            found.append(f"{node['name']}: persist_docs is off, so BI readers see no description")
    return found


def _grain_columns(test: Node) -> list[str]:
    arguments = (test.get("test_metadata") or {}).get("kwargs") or {}
    return list(arguments.get("columns") or [])


def unversioned_marts(manifest: Manifest) -> list[str]:
    """A public mart states its version, which grows when a column is renamed, retyped or removed."""
    return [
        f"{node['name']}: config.meta.version is missing"
        for node in filter(is_public, models(manifest))
        if not isinstance(meta_of(node).get("version"), int)
    ]


def untested_keys(manifest: Manifest) -> list[str]:
    """A public mart names its primary key, of its own columns, and a `grain` test holds it."""
    tested = {
        (test["attached_node"], tuple(_grain_columns(test)))
        for test in data_tests(manifest)
        if (test.get("test_metadata") or {}).get("name") == "grain"
    }
    found = []
    for node in filter(is_public, models(manifest)):
        key = tuple(meta_of(node).get("primary_key") or ())
        if not key:
            found.append(f"{node['name']}: config.meta.primary_key is missing")
        elif unknown := [name for name in key if name not in node["columns"]]:
            found.append(f"{node['name']}: primary_key names {', '.join(unknown)}, which is no column of it")
        elif (node["unique_id"], key) not in tested:
            found.append(f"{node['name']}: no grain test on {', '.join(key)}")
    return found


def unregistered_tests(manifest: Manifest, engines: dict[str, str]) -> list[str]:
    """Every data test says which registered rule it implements, and that rule is dbt's to judge.

    Args:
        manifest: dbt's manifest.
        engines: the engine of each registered rule, by rule id.
    """
    found = []
    for test in data_tests(manifest):
        rule_id = meta_of(test).get("rule_id")
        if rule_id is None:
            found.append(f"{test['name']}: config.meta.rule_id is missing")
        elif rule_id not in engines:
            found.append(f"{test['name']}: {rule_id} is not in expectations/rules.yml")
        elif engines[rule_id] != "dbt":
            found.append(f"{test['name']}: {rule_id} belongs to the engine {engines[rule_id]}")
    return found


def unimplemented_rules(manifest: Manifest, engines: dict[str, str]) -> list[str]:
    """Every rule of the engine dbt is implemented by exactly one data test."""
    implemented = [meta_of(test).get("rule_id") for test in data_tests(manifest)]
    return [
        f"{rule_id}: {implemented.count(rule_id)} data tests implement it; it should be one"
        for rule_id, engine in sorted(engines.items())
        if engine == "dbt" and implemented.count(rule_id) != 1
    ]


def hidden_reads(manifest: Manifest) -> list[str]:
    """A model reads relations through `ref` and `source`, never by the name of a schema."""
    named = re.compile(r"\b(?:from|join)\s+(raw|reference|staging|intermediate|marts|qc)\.", re.IGNORECASE)
    return [
        f"{node['name']}: reads {match[0]}… by name; use ref() or source()"
        for node in models(manifest)
        if (match := named.search(node.get("raw_code") or ""))
    ]
