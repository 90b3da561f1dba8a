"""The name of a release: what changes it, what does not."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from orchestration.extracts.ledger import LedgerEntry, Output
from orchestration.lake import Lake
from orchestration.periods import parse_period
from orchestration.release.fingerprint import build_fingerprint, fingerprinted_files
from orchestration.release.identity import ReleaseFacts, id_of_manifest, inputs_of, release_id

if TYPE_CHECKING:
    from pathlib import Path


def _entry(file: str = "dossiers/2022-10-01_a.csv", **changes: object) -> LedgerEntry:
    entry = LedgerEntry(
        file_id=file, feed="dossiers", source_name="canonical", profile="canonical", profile_hash="p",
        parser_version="1", file=file, sha256="0" * 64, bytes=10, extract_date=date(2022, 10, 1),
        recorded_at=datetime(2022, 10, 2, 8), clock="system", timezone="Asia/Ho_Chi_Minh", mode="delta", covers=None,
        simulated=False, supersedes=(), secret_id="s", outputs=(Output("dossiers", 4, 3, 2, 1, 1),),
    )  # fmt: skip
    return replace(entry, **changes)


def _id(entries: list[LedgerEntry], **changes: object) -> str:
    given = {
        "period": parse_period("2022-9M"),
        "known_at": datetime(2022, 10, 2, 8),
        "fingerprint": "f",
        "engine": "duckdb",
        "settings": {"province": "H28", "timezone": "Asia/Ho_Chi_Minh"},
        "secret_id": "s",
    }
    return release_id(inputs=entries, **given | changes)


def test_the_id_is_the_period_and_twelve_hex_digits() -> None:
    identity = _id([_entry()])
    code, _, digest = identity.partition("_")
    assert code == "2022-9M"
    assert len(digest) == 12
    assert int(digest, 16) >= 0


def test_a_period_of_the_plain_calendar_names_a_folder(tmp_path: Path) -> None:
    identity = _id([_entry()], period=parse_period("2022-9M@plain"))
    assert identity.startswith("2022-9M@plain_")
    Lake(tmp_path).release_of(identity).mkdir(parents=True)
    assert [path.name for path in (tmp_path / "releases").iterdir()] == [identity]


def test_the_order_of_the_inputs_does_not_matter() -> None:
    entries = [_entry("b.csv"), _entry("a.csv")]
    assert _id(entries) == _id(entries[::-1])


@pytest.mark.parametrize(
    "changes",
    [
        {"period": parse_period("2022-9M@plain")},
        {"known_at": datetime(2022, 10, 2, 8, 0, 0, 1)},
        {"provisional": True},
        {"fingerprint": "g"},
        {"engine": "spark"},
        {"settings": {"province": "H29", "timezone": "Asia/Ho_Chi_Minh"}},
        {"secret_id": "t"},
    ],
)
def test_every_fact_of_the_run_changes_the_id(changes: dict[str, object]) -> None:
    assert _id([_entry()], **changes) != _id([_entry()])


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [_entry(), _entry("b.csv")],
        [_entry(sha256="1" * 64)],
        [_entry(recorded_at=datetime(2022, 10, 2, 9))],
        [_entry(outputs=(Output("dossiers", 4, 3, 1, 2, 1),))],
        [_entry(simulated=True)],
        [_entry(national_copy=True)],
    ],
)
def test_every_fact_of_the_inputs_changes_the_id(entries: list[LedgerEntry]) -> None:
    assert _id(entries) != _id([_entry()])


def test_one_file_that_gives_two_feeds_is_two_inputs() -> None:
    outputs = (Output("dossiers", 3, 2, 2, 0, 1), Output("dossier_supplements", 1, 1, 1, 0, 0))
    inputs = inputs_of([_entry(outputs=outputs)])
    assert [item.feed for item in inputs] == ["dossier_supplements", "dossiers"]
    assert all(item.rows == item.accepted + item.quarantined for item in inputs)


def test_an_input_says_that_it_is_the_national_copy_and_no_other_says_anything_of_it() -> None:
    assert [item.to_json().get("national_copy") for item in inputs_of([_entry(national_copy=True)])] == [True]
    assert ["national_copy" in item.to_json() for item in inputs_of([_entry()])] == [False]


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, None),
        ({"mode": "snapshot"}, "snapshot"),
        ({"mode": "snapshot", "supersedes": ("a",), "pull": {"full": True}}, "snapshot"),
        ({"supersedes": ("a",)}, "reread"),
        ({"pull": {"full": True, "number": 1}}, "full_pull"),
        ({"pull": {"full": False, "number": 1, "cursor_before": None}}, None),
        ({"pull": {"full": False, "number": 2, "cursor_before": None}}, "full_pull"),
        ({"pull": {"full": False, "number": 2, "cursor_before": "2022-10-01"}}, None),
    ],
)
def test_the_manifest_says_which_inputs_are_whole_and_the_id_does_not_depend_on_it(
    changes: dict[str, object], whole: str | None
) -> None:
    given = ReleaseFacts(
        parse_period("2022"), datetime(2023, 1, 1), False, inputs_of([_entry(**changes)]), "f", "duckdb", {}, "s"
    )  # fmt: skip
    manifest = given.to_manifest()
    assert [item["whole"] for item in manifest["whole_inputs"]] == ([whole] if whole else [])
    assert id_of_manifest(manifest | {"whole_inputs": []}) == id_of_manifest(manifest) == given.release_id
    assert _id([_entry(**changes)]) == _id([_entry()])


def test_the_id_can_be_computed_again_from_the_manifest() -> None:
    given = ReleaseFacts(
        parse_period("2022"),
        datetime(2023, 1, 1),
        False,
        inputs_of([_entry()]),
        "f",
        "duckdb",
        {"province": "H28"},
        "s",
    )
    manifest = given.to_manifest()
    assert id_of_manifest(manifest) == given.release_id
    assert id_of_manifest(manifest | {"known_at": "2024-01-01T00:00:00.000000"}) != given.release_id


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (
        "dbt_project/dbt_project.yml", "dbt_project/models/marts/core/dim_date.sql", "dbt_project/seeds/periods.csv",
        "dbt_project/macros/time.sql", "dbt_project/tests/generic/grain.sql", "expectations/rules.yml",
        "expectations/waivers.yml", "expectations/limits.yml", "expectations/restatements.yml",
        "orchestration/extracts/feeds.yml", "orchestration/extracts/profiles/dvcqg.yml",
        "orchestration/warehouse/raw_views.py", "orchestration/periods.py", "orchestration/cli.py", "requirements.lock",
        "README.md", "dbt_project/target/manifest.json", "dbt_project/logs/dbt.log", "dbt_project/.user.yml",
        "expectations/__pycache__/verdict.py",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "dbt_project/dbt_project.yml",
        "dbt_project/models/marts/core/dim_date.sql",
        "dbt_project/seeds/periods.csv",
        "dbt_project/macros/time.sql",
        "dbt_project/tests/generic/grain.sql",
        "expectations/rules.yml",
        "orchestration/extracts/feeds.yml",
        "orchestration/extracts/profiles/dvcqg.yml",
        "orchestration/warehouse/raw_views.py",
        "orchestration/periods.py",
        "requirements.lock",
    ],
)
def test_what_can_change_a_figure_changes_the_fingerprint(checkout: Path, name: str) -> None:
    before = build_fingerprint(checkout)
    (checkout / name).write_text("other", "utf-8")
    assert build_fingerprint(checkout) != before


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "orchestration/cli.py",
        "expectations/waivers.yml",
        "expectations/limits.yml",
        "expectations/restatements.yml",
        "dbt_project/target/manifest.json",
        "dbt_project/logs/dbt.log",
        "dbt_project/.user.yml",
        "expectations/__pycache__/verdict.py",
    ],
)
def test_what_changes_no_figure_leaves_the_fingerprint(checkout: Path, name: str) -> None:
    before = build_fingerprint(checkout)
    (checkout / name).write_text("other", "utf-8")
    assert build_fingerprint(checkout) == before


def test_moving_a_text_between_files_changes_the_fingerprint(checkout: Path) -> None:
    first, second = checkout / "dbt_project/macros/time.sql", checkout / "dbt_project/seeds/periods.csv"
    before = build_fingerprint(checkout)
    content = first.read_text("utf-8")
    first.write_text(second.read_text("utf-8"), "utf-8")
    second.write_text(content, "utf-8")
    assert build_fingerprint(checkout) != before


def test_the_fingerprint_of_this_checkout_costs_next_to_nothing() -> None:
    build_fingerprint()
    started = time.perf_counter()
    build_fingerprint()
    assert time.perf_counter() - started < 0.25
    names = {path.name for path in fingerprinted_files()}
    assert {"periods.py", "requirements.lock", "feeds.yml", "dbt_project.yml"} <= names
