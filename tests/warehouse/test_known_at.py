"""A release can be made again to the byte, whatever arrived after it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from days_of_province import (
    FIRST_DAY,
    SECOND_DAY,
    THIRD_DAY,
    first_deliveries,
    province_of_days,
    second_deliveries,
    third_deliveries,
)
from lake_of_days import LakeOfDays

from orchestration.extracts.contract import feeds
from orchestration.release.candidate import read_candidate
from orchestration.release.diff import diff
from orchestration.warehouse.raw_views import prepare_build_database

if TYPE_CHECKING:
    from orchestration.planning import Plan
    from orchestration.release.candidate import Candidate

SEED, DOSSIERS = 7, 40
OF_SEEDS = {"bridge_unit_succession", "dim_admin_unit", "dim_date", "dim_indicator", "dim_period"}
"""Marts of dated seeds alone: no delivery moves them."""


@dataclass(frozen=True)
class Built:
    """A candidate as it was when it was built; a later one of the same id takes its place on the disk."""

    release_id: str
    known_at: datetime
    manifest: dict[str, Any]
    files: dict[str, str]


def _built(plan: Plan, candidate: Candidate) -> Built:
    files = sorted((candidate.folder / "marts").glob("*.parquet"))
    hashes = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return Built(candidate.release_id, plan.facts.known_at, candidate.manifest, hashes)


def _released(lake: LakeOfDays) -> Built:
    release = lake.release()
    return _built(lake.plan(), read_candidate(lake.lake, release.release_id))


@dataclass(frozen=True)
class Story:
    """What was built on the first day, after all later days, and then again as known on the first day."""

    lake: LakeOfDays
    first: Built
    later: Built
    again: Built


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    lake = LakeOfDays(tmp_path_factory.mktemp("known_at"))
    rows = province_of_days(SEED, DOSSIERS)
    first_deliveries(lake, rows)
    first = _released(lake)
    second_deliveries(lake, rows)
    third_deliveries(lake)
    later = _released(lake)
    return Story(lake, first, later, _built(*lake.build(FIRST_DAY + timedelta(days=3))))


def _rows_by_relation(lake: LakeOfDays, known_at: datetime | None) -> dict[str, int]:
    plan = lake.plan(known_at)
    database = prepare_build_database(lake.lake, lake.settings, plan.scope, plan.entries)
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            name: len(connection.execute(f"select 1 from raw.{name}").fetchall())
            for name in (*feeds(), "national_dossiers", "quarantine", "deliveries")
        }


def test_the_first_release_comes_again_with_its_id_and_its_manifest(story: Story) -> None:
    assert story.again.release_id == story.first.release_id
    assert story.again.known_at == FIRST_DAY
    assert story.again.manifest == story.first.manifest


def test_every_mart_comes_again_byte_for_byte(story: Story) -> None:
    assert story.again.files.keys() == {table["name"] for table in story.first.manifest["tables"]}
    assert {name for name, digest in story.again.files.items() if digest != story.first.files[name]} == set()


def test_what_arrived_later_was_of_every_feed_and_moved_every_mart_that_reads_one(story: Story) -> None:
    then, now = _rows_by_relation(story.lake, FIRST_DAY), _rows_by_relation(story.lake, None)

    assert {name for name, rows in now.items() if rows == then[name]} == set()
    assert story.later.release_id != story.first.release_id
    assert {
        name for name, digest in story.later.files.items() if digest == story.first.files[name]
    } <= OF_SEEDS


@pytest.mark.parametrize("day", [FIRST_DAY, SECOND_DAY])
def test_inputs_as_known_then_are_those_recorded_by_then_and_not_yet_replaced(
    story: Story, day: datetime
) -> None:
    inputs = story.lake.plan(day).facts.inputs
    recorded = {item.recorded_at for item in inputs}

    assert max(recorded) <= day.isoformat(timespec="microseconds")
    assert any(item.file.endswith("_first.jsonl") for item in inputs)
    assert {
        item.recorded_at for item in story.lake.plan(THIRD_DAY).facts.inputs if "_first" in item.file
    } == {THIRD_DAY.isoformat(timespec="microseconds")}


def test_every_row_of_every_period_that_moved_is_the_sum_of_its_causes(story: Story) -> None:
    found = diff(story.lake.lake, story.first.release_id, story.later.release_id, story.lake.settings)

    assert found.rebuilt
    assert found.adds_up
    assert found.causes == ("late", "corrected", "withdrawn")
    assert {item.feed for item in found.records} >= set(feeds())
    assert sum(period.rows_moved for period in found.other_periods) > 500
    for figure in found.figures:
        for name in ("numerator", "denominator"):
            before, after = ((side or {}).get(name) or 0 for side in (figure.before, figure.after))
            assert sum(getattr(cause, name) for cause in figure.causes) == pytest.approx(
                after - before, abs=1e-7
            )
        for cause in figure.causes:
            if cause.dossiers is not None:
                told = [sum(agency[place] for agency in cause.agencies.values()) for place in (1, 2)]
                assert told == [cause.numerator, cause.denominator], (figure.indicator_code, figure.variant)
