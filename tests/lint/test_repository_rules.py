"""Each rule over the tracked files finds its own planted violation and lets clean files pass."""

import pytest
from repository_rules import (
    broken_links,
    large_files,
    long_files,
    long_functions,
    nested_generators,
    paths_of_one_machine,
    registry_hosts,
    silent_tests,
    stray_folders,
    tracked_lake,
    unfinished_work,
)

CLEAN = {
    "orchestration/lake.py": "def root():\n    return 1\n",
    "tests/unit/test_lake.py": "def test_root():\n    assert 1\n",
    "dbt_project/models/staging/stg_tasks.sql": "select 1\n",
    "docs/operations.md": "Set CCHC_LAKE=/srv/cchc. Nothing is left TO DO.\n",
}
TEXT_RULES = [
    long_files, long_functions, registry_hosts, unfinished_work, paths_of_one_machine, silent_tests, nested_generators,
]  # fmt: skip


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.__name__)
def test_clean_files_break_no_rule(rule):
    assert rule(CLEAN) == []


def test_a_file_of_351_lines_is_too_long_and_one_of_350_is_not():
    assert long_files({"a.sql": "select 1\n" * 351}) == ["a.sql: 351 lines; at most 350"]
    assert long_files({"a.sql": "select 1\n" * 350, "long.csv": "1\n" * 900}) == []


def test_a_function_of_71_lines_is_too_long_and_one_of_70_is_not():
    assert long_functions({"a.py": "def f():\n" + "    x = 1\n" * 70}) == [
        "a.py:1: f has 71 lines; at most 70"
    ]
    assert long_functions({"a.py": "def f():\n" + "    x = 1\n" * 69}) == []


@pytest.mark.parametrize(
    "host", ["py" + "pi.org/simple", "files.python" + "hosted.org", "registry.n" + "pmjs.org"]
)
def test_an_address_of_a_package_registry_is_found(host):
    assert registry_hosts({"requirements.lock": f"--index-url https://{host}\n"}) == [
        f"requirements.lock: names a registry's host, https://{host.split('/')[0]}"
    ]


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"])
def test_unfinished_work_is_found_with_its_line(word):
    assert unfinished_work({"a.py": f"x = 1\n# {word}: later\n"}) == [f"a.py:2: {word}"]


def test_a_path_of_one_machine_is_found():
    assert paths_of_one_machine({"docs/a.md": "cd " + "/home" + "/an/cchc"}) == [
        "docs/a.md: names /home" + "/an"
    ]


def test_a_test_that_asserts_nothing_is_found():
    assert silent_tests({"tests/a.py": "def test_x():\n    print(1)\n"}) == [
        "tests/a.py:1: test_x asserts nothing"
    ]


def test_a_generator_within_another_expression_is_found_and_one_by_itself_is_not():
    assert nested_generators({"a.sql": "select cast({{ each_day('a', 'b') }} as date) as day\n"}) == [
        "a.sql: t({{ each_day( wraps a generator of rows"
    ]
    assert nested_generators({"a.sql": "select\n    {{ each_day('a', 'b') }} as day\n"}) == []


def test_a_link_that_leads_nowhere_is_found():
    pages = {
        "docs/a.md": "[b](b.md#x) [up](../README.md) [c](c.md) [web](https://example.org) [d](decisions/)"
    }
    paths = {"docs/a.md", "docs/b.md", "README.md", "docs/decisions/0001.md"}

    assert broken_links(pages, paths) == ["docs/a.md: links to c.md, which is not there"]


def test_a_file_over_one_megabyte_is_found():
    assert large_files({"a.bin": 1_000_001, "b.bin": 1_000_000}) == [
        "a.bin: 1,000,001 bytes; at most 1,000,000"
    ]


def test_a_stray_folder_and_a_tracked_extract_are_found():
    paths = [
        "README.md",
        ".ci/run",
        "orchestration/cli.py",
        "scripts/a.sh",
        "data_lake/README.md",
        "data_lake/raw/x",
    ]

    assert stray_folders(paths) == ["scripts/: is no top-level folder of this project"]
    assert tracked_lake(paths) == ["data_lake/raw/x: belongs to the lake, not to the repository"]
