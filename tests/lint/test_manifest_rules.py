"""Each rule over the manifest holds on a clean project and finds its own planted violation."""

from copy import deepcopy

import pytest
from manifest_rules import (
    hidden_reads,
    loose_contracts,
    misplaced_descriptions,
    misplaced_names,
    one_language,
    undescribed,
    unimplemented_rules,
    unknown_layers,
    unregistered_tests,
    untested_keys,
    unversioned_marts,
    upward_reads,
    wrong_access,
)

ENGINES = {"key.dim_agency": "dbt", "bounds.rate": "great_expectations"}
RULES_OVER_MANIFEST = [
    unknown_layers, upward_reads, misplaced_names, misplaced_descriptions, undescribed, wrong_access,
    loose_contracts, one_language, untested_keys, unversioned_marts, hidden_reads,
]  # fmt: skip


def model(path, reads=(), **more):
    name = path.rsplit("/", 1)[-1]
    node = {
        "resource_type": "model",
        "unique_id": f"model.cchc.{name}",
        "name": name,
        "original_file_path": f"models/{path}.sql",
        "patch_path": f"cchc://models/{path}.yml",
        "description": "Việc này. | This.",
        "access": "private",
        "group": "warehouse",
        "config": {"meta": {}, "persist_docs": {"relation": True, "columns": True}},
        "columns": {},
        "contract": {"enforced": False},
        "depends_on": {"nodes": list(reads)},
        "raw_code": "select * from {{ ref('x') }}",
    }
    return node | more


def clean_project():
    mart = model("marts/core/dim_agency", ["model.cchc.int_agencies__versioned"], access="public")
    mart["contract"] = {"enforced": True}
    mart["config"]["meta"] = {"version": 1, "primary_key": ["agency_code", "valid_from"]}
    mart["columns"] = {
        name: {"data_type": "varchar", "description": "Mã. | Code."} for name in ("agency_code", "valid_from")
    }
    indicator = model("marts/indicators/indicator_tasks", ["model.cchc.int_agencies__versioned"])
    nodes = [
        model("staging/organisation/stg_agencies", ["source.cchc.raw.agencies"]),
        model(
            "intermediate/agencies/int_agencies__versioned", ["model.cchc.stg_agencies", "seed.cchc.norms"]
        ),
        mart,
        indicator | {"access": "protected"},
        model("qc/qc_agencies_without_parent", ["model.cchc.dim_agency"]),
        model("marts/quality/data_quality", ["model.cchc.qc_agencies_without_parent"], access="protected"),
        {
            "resource_type": "test",
            "unique_id": "test.cchc.key",
            "name": "key",
            "attached_node": "model.cchc.dim_agency",
            "test_metadata": {"name": "grain", "kwargs": {"columns": ["agency_code", "valid_from"]}},
            "config": {"meta": {"rule_id": "key.dim_agency"}},
        },
        {"resource_type": "seed", "unique_id": "seed.cchc.norms", "name": "norms", "description": "Norms."},
    ]
    source = {"resource_type": "source", "name": "agencies", "description": "Cơ quan. | Agencies."}
    return {
        "nodes": {node["unique_id"]: node for node in nodes},
        "sources": {"source.cchc.raw.agencies": source},
    }


@pytest.fixture
def project():
    return deepcopy(clean_project())


@pytest.mark.parametrize("rule", RULES_OVER_MANIFEST, ids=lambda rule: rule.__name__)
def test_a_clean_project_breaks_no_rule(project, rule):
    assert rule(project) == []


def test_a_clean_project_has_its_tests_registered(project):
    assert unregistered_tests(project, ENGINES) == []
    assert unimplemented_rules(project, ENGINES) == []


@pytest.mark.parametrize(
    ("child", "parent", "layer"),
    [
        ("dim_agency", "source.cchc.raw.agencies", "source"),
        ("int_agencies__versioned", "source.cchc.raw.agencies", "source"),
        ("int_agencies__versioned", "model.cchc.dim_agency", "marts"),
        ("stg_agencies", "model.cchc.int_agencies__versioned", "intermediate"),
        ("indicator_tasks", "model.cchc.stg_agencies", "staging"),
        ("dim_agency", "model.cchc.qc_agencies_without_parent", "qc"),
        ("indicator_tasks", "model.cchc.qc_agencies_without_parent", "qc"),
        ("indicator_tasks", "model.cchc.data_quality", "marts/quality"),
        ("qc_agencies_without_parent", "model.cchc.data_quality", "marts/quality"),
    ],
)
def test_reading_up_the_flow_or_past_a_layer_is_found(project, child, parent, layer):
    project["nodes"][f"model.cchc.{child}"]["depends_on"]["nodes"].append(parent)

    [violation] = upward_reads(project)

    assert violation.startswith(f"{child}: ")
    assert f"({layer})" in violation


@pytest.mark.parametrize(
    ("path", "layers", "names"),
    [
        ("staging/tasks/tasks", 0, 1),
        ("intermediate/tasks/int_agencies__counted", 0, 1),
        ("intermediate/tasks/int_tasks_counted", 0, 1),
        ("marts/core/tasks", 0, 1),
        ("marts/indicators/fct_tasks", 0, 1),
        ("qc/late_tasks", 0, 1),
        ("reporting/rpt_tasks", 1, 1),
    ],
)
def test_a_name_that_does_not_say_its_folder_is_found(project, path, layers, names):
    planted = model(path)
    project["nodes"][planted["unique_id"]] = planted

    assert len(unknown_layers(project)) == layers
    assert len(misplaced_names(project)) == names


@pytest.mark.parametrize("patch", [None, "cchc://models/staging/organisation/_models.yml"])
def test_a_model_described_elsewhere_or_nowhere_is_found(project, patch):
    project["nodes"]["model.cchc.stg_agencies"]["patch_path"] = patch

    [violation] = misplaced_descriptions(project)

    assert "it belongs in models/staging/organisation/stg_agencies.yml" in violation


@pytest.mark.parametrize("unique_id", ["model.cchc.stg_agencies", "seed.cchc.norms"])
def test_a_node_without_description_is_found(project, unique_id):
    project["nodes"][unique_id]["description"] = " "

    assert undescribed(project) == [f"{unique_id.rsplit('.', 1)[-1]}: has no description"]


def test_a_source_without_description_is_found(project):
    project["sources"]["source.cchc.raw.agencies"]["description"] = ""

    assert undescribed(project) == ["agencies: has no description"]


def test_a_public_intermediate_a_private_mart_and_a_model_of_nobody_are_found(project):
    project["nodes"]["model.cchc.int_agencies__versioned"]["access"] = "public"
    project["nodes"]["model.cchc.indicator_tasks"]["access"] = "private"
    project["nodes"]["model.cchc.stg_agencies"]["group"] = None

    assert [violation.split(":")[0] for violation in wrong_access(project)] == [
        "indicator_tasks",
        "int_agencies__versioned",
        "stg_agencies",
    ]


def test_a_public_mart_without_contract_type_or_columns_is_found(project):
    mart = project["nodes"]["model.cchc.dim_agency"]
    mart["contract"] = {"enforced": False}
    mart["columns"]["valid_from"]["data_type"] = None
    bare = model("marts/core/dim_bare", access="public", contract={"enforced": True})
    project["nodes"][bare["unique_id"]] = bare

    assert loose_contracts(project) == [
        "dim_agency: its contract is not enforced",
        "dim_agency.valid_from: has no data_type",
        "dim_bare: describes no column",
    ]


@pytest.mark.parametrize("text", [None, "", "Agency.", "Cơ quan.", "| Agency.", "Cơ quan. |"])
def test_a_column_described_in_one_language_is_found(project, text):
    project["nodes"]["model.cchc.dim_agency"]["columns"]["agency_code"]["description"] = text

    [violation] = one_language(project)

    assert violation.startswith("dim_agency.agency_code: ")


def test_descriptions_that_stay_out_of_the_database_are_found(project):
    project["nodes"]["model.cchc.dim_agency"]["config"]["persist_docs"] = {"relation": True}

    assert one_language(project) == ["dim_agency: persist_docs is off, so BI readers see no description"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ([], "dim_agency: config.meta.primary_key is missing"),
        (["code"], "dim_agency: primary_key names code, which is no column of it"),
        (["agency_code"], "dim_agency: no grain test on agency_code"),
    ],
)
def test_a_primary_key_missing_unknown_or_untested_is_found(project, key, expected):
    project["nodes"]["model.cchc.dim_agency"]["config"]["meta"]["primary_key"] = key

    assert untested_keys(project) == [expected]


@pytest.mark.parametrize(
    ("rule_id", "expected"),
    [
        (None, "key: config.meta.rule_id is missing"),
        ("key.unknown", "key: key.unknown is not in expectations/rules.yml"),
        ("bounds.rate", "key: bounds.rate belongs to the engine great_expectations"),
    ],
)
def test_a_data_test_outside_the_registry_is_found(project, rule_id, expected):
    project["nodes"]["test.cchc.key"]["config"]["meta"]["rule_id"] = rule_id

    assert unregistered_tests(project, ENGINES) == [expected]


def test_a_rule_that_no_test_or_two_tests_implement_is_found(project):
    twin = deepcopy(project["nodes"]["test.cchc.key"])
    project["nodes"]["test.cchc.twin"] = twin

    assert unimplemented_rules(project, ENGINES) == [
        "key.dim_agency: 2 data tests implement it; it should be one"
    ]
    assert unimplemented_rules({"nodes": {}}, ENGINES) == [
        "key.dim_agency: 0 data tests implement it; it should be one"
    ]


@pytest.mark.parametrize(
    "sql", ["select 1 from raw.dossiers", "select 1\nJOIN  marts.fct_dossiers using (a)"]
)
def test_a_relation_read_by_name_is_found(project, sql):
    project["nodes"]["model.cchc.dim_agency"]["raw_code"] = sql

    assert len(hidden_reads(project)) == 1


def test_a_public_mart_without_a_version_is_found(project):
    del project["nodes"]["model.cchc.dim_agency"]["config"]["meta"]["version"]

    assert unversioned_marts(project) == ["dim_agency: config.meta.version is missing"]
