"""Nothing that decides what a build computes asks what time it is."""

from __future__ import annotations

import pytest
from clock_rules import python_clocks, sql_clocks, sql_of

from orchestration.release.fingerprint import fingerprinted_files
from orchestration.settings import REPOSITORY
from orchestration.warehouse.parsed_project import parsed_manifest

MAKES_RELEASES = [
    "planning.py", "release/candidate.py", "release/contents.py", "release/documents.py", "release/fingerprint.py",
    "release/identity.py", "release/marts.py",
]  # fmt: skip
"""Beside the fingerprinted files: what names and writes a candidate."""
ALLOWED = {
    "orchestration/extracts/connectors/pulling.py": {
        "pull_sources",
        "request",
    },  # retention; our clock beside the source's: a pull's moment stands in the ledger
    "orchestration/extracts/connectors/trial.py": {"check_pulled"},  # a trial: nothing is written
    "orchestration/extracts/ingest.py": {"_moment"},  # the recorded moment itself
    "orchestration/extracts/pseudonyms.py": {
        "_log",
        "_own",
    },  # who asked when; the name of an unfinished file
    "orchestration/extracts/sources.py": {"_judged"},  # a trial: nothing is written
}


@pytest.mark.parametrize(
    "sql",
    [
        "select current_date",
        "select Now() as n",
        "select today ()",
        "select cast('today' as date)",
        "select age(received_at) from d",
        "select {{ dbt.current_timestamp() }}",
        "select '{{ run_started_at }}'",
        "select '{{ modules.datetime.datetime.now() }}'",
        "select random()",
        "select * from d tablesample 10 percent",
        "select 1 -- known_at\n where d < current_timestamp",
    ],
)
def test_sql_that_reads_a_clock_is_found(sql: str) -> None:
    assert len(sql_clocks({"model.x": sql})) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select known_at -- not now()\nfrom c",
        "{# current_date is not read #} select 1",
        "select current_dates, page(1)",
    ],
)
def test_words_that_only_look_like_a_clock_are_none(sql: str) -> None:
    assert sql_clocks({"model.x": sql}) == []


def test_no_model_macro_or_data_test_of_the_project_reads_a_clock() -> None:
    texts = sql_of(parsed_manifest())

    assert len(texts) > 300
    assert sql_clocks(texts) == []


def test_no_seed_holds_a_word_that_the_engine_reads_as_today() -> None:
    seeds = sorted((REPOSITORY / "dbt_project" / "seeds").glob("*.csv"))
    cells = {path.name: path.read_text("utf-8").lower().replace("\n", ",").split(",") for path in seeds}

    assert cells
    assert {
        name for name, words in cells.items() if {"now", "today", "tomorrow", "yesterday"} & set(words)
    } == set()


def test_python_that_reads_a_clock_is_found() -> None:
    source = "from datetime import datetime\ndef f():\n    return datetime.now()\ndef g():\n    return datetime.now()\n"

    assert python_clocks("m.py", source, frozenset({"g"})) == [
        "m.py: datetime.now in line 3 depends on when it runs"
    ]


def test_no_python_that_decides_what_a_build_computes_reads_a_clock() -> None:
    paths = [path for path in fingerprinted_files() if path.suffix == ".py"]
    paths = [path for path in paths if "expectations" not in path.relative_to(REPOSITORY).parts]
    paths += [REPOSITORY / "orchestration" / name for name in MAKES_RELEASES]
    names = {path.relative_to(REPOSITORY).as_posix(): path for path in paths}
    found = [
        violation
        for name, path in names.items()
        for violation in python_clocks(name, path.read_text("utf-8"), frozenset(ALLOWED.get(name, ())))
    ]

    assert found == []
