"""Signals of gaming through the front door: planted together, released all the same, and exactly those are found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from front_door import Answer, cchc

from orchestration.extracts.ingest import ingest
from orchestration.extracts.ledger import active_entries, read_ledger
from orchestration.lake import Lake
from orchestration.periods import parse_period
from orchestration.settings import load_settings
from orchestration.simulate.defects import Planted
from orchestration.simulate.run import simulate
from orchestration.simulate.signals import SIGNALS
from orchestration.warehouse.context import BuildScope
from orchestration.warehouse.dbt_build import build_models
from orchestration.warehouse.raw_views import prepare_build_database

DOSSIERS = 3000


def query(database: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


def cases(database: Path) -> dict[str, set[str]]:
    """Pseudonymous keys in the list of every signal, by quality class."""
    return {
        signal.rule_id: {key for (key,) in query(database, f"select dossier_key from qc.qc_{signal.rule_id}")}
        for signal in SIGNALS.values()
    }


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("signals") / "lake"
    simulate(root / "landing", dossiers=DOSSIERS)
    return root


@pytest.fixture(scope="module")
def by_itself(lake: Path) -> dict[str, set[str]]:
    """Cases of the province-year before anything is planted: the signals' own models, built in this process."""
    settings = load_settings({"CCHC_ENV": "test", "CCHC_LAKE": str(lake)})
    place = Lake(settings.lake)
    ingest(place, settings)
    entries = active_entries(read_ledger(place))
    known_at = max(entry.recorded_at for entry in entries)
    prepare_build_database(place, settings, BuildScope(parse_period("2022-9M"), known_at), entries)
    build_models(place, select=("+path:models/qc",))
    return cases(place.build_database)


@pytest.fixture(scope="module")
def planted(lake: Path, by_itself: dict[str, set[str]]) -> dict[str, Planted]:
    """What was planted, by quality class."""
    del by_itself
    return {item.rule_id: item for item in simulate(lake / "landing", defects=list(SIGNALS)).defects}


@pytest.fixture(scope="module")
def run(lake: Path, planted: dict[str, Planted]) -> Answer:
    assert len(planted) == len(SIGNALS)
    return cchc(lake, "run", "--period", "2022-9M", "--json")


@pytest.fixture(scope="module")
def found(lake: Path, run: Answer) -> dict[str, set[str]]:
    run.expect(0)
    return cases(Lake(lake).build_database)


def keys(lake: Path, codes: Iterable[str]) -> set[str]:
    """Pseudonymous keys of dossiers, as raw holds both."""
    rows = query(
        Lake(lake).build_database,
        "select distinct dossier_key from raw.dossiers where list_contains(?, dossier_code)", list(codes),
    )  # fmt: skip
    return {key for (key,) in rows}


def test_signals_refuse_nothing(run: Answer) -> None:
    assert run.expect(0).document["status"] == "released"


@pytest.mark.parametrize("name", SIGNALS)
def test_exactly_the_planted_records_are_found(
    lake: Path,
    planted: dict[str, Planted],
    by_itself: dict[str, set[str]],
    found: dict[str, set[str]],
    name: str,
) -> None:
    quality_class = SIGNALS[name].rule_id
    carriers = planted[quality_class]
    assert len(carriers.records) == carriers.count
    assert found[quality_class] - by_itself[quality_class] == keys(lake, carriers.records)
    assert by_itself[quality_class] <= found[quality_class]


def test_the_province_year_by_itself_does_not_drown_in_signals(by_itself: dict[str, set[str]]) -> None:
    """Uncollected results, refusals in the course of handling and recalled results are in the year by design."""
    loud = {name: len(keys) for name, keys in by_itself.items() if len(keys) > DOSSIERS / 50}
    assert loud == {}
    assert by_itself["closed_without_result"]
    assert by_itself["forbidden_transition"]


def test_the_release_counts_every_case_by_feed_source_and_agency(
    lake: Path, found: dict[str, set[str]]
) -> None:
    del found
    told = query(
        Lake(lake).build_database,
        "select feed, source_name, agency_code, quality_class, sum(records)::bigint "
        "from read_parquet(?) where list_contains(?, quality_class) and records > 0 group by all",
        str(lake / "releases/current/marts/data_quality.parquet"),
        [signal.rule_id for signal in SIGNALS.values()],
    )
    counted = {(row[1], row[2], row[3]): row[4] for row in told}
    listed: dict[tuple[str, str, str], int] = {}
    for signal in SIGNALS.values():
        for source, agency, records in query(
            Lake(lake).build_database,
            f"select source_name, agency_code, count(*) from qc.qc_{signal.rule_id} group by all",
        ):
            listed[source, agency, signal.rule_id] = records
    assert counted == listed
    assert {row[0] for row in told} == {"dossiers", "dossier_events", "dossier_supplements"}


def test_no_key_of_an_applicant_or_a_telephone_leaves_raw(lake: Path, found: dict[str, set[str]]) -> None:
    del found
    with duckdb.connect(str(Lake(lake).build_database), read_only=True) as connection:
        connection.execute(
            "create temp table secret as select distinct unnest([applicant_id_key, applicant_phone_key]) as key "
            "from raw.dossiers"
        )
        [(secrets,)] = connection.execute("select count(key) from secret").fetchall()
        assert secrets > DOSSIERS
        for mart in sorted((lake / "releases/current/marts").glob("*.parquet")):
            columns = connection.execute("describe select * from read_parquet(?)", [str(mart)]).fetchall()
            texts = [f'"{name}"' for name, kind, *_ in columns if kind == "VARCHAR"]
            told = connection.execute(
                f"select count(*) from (select unnest([{', '.join(texts)}]) as told from read_parquet(?)) "
                "where told in (select key from secret)",
                [str(mart)],
            ).fetchall()
            assert told == [(0,)], mart.name
