"""The bridges of succession agree with a walk from decision to decision, for any history of decisions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from harness import build_warehouse
from second_road_successions import Decisions

from orchestration.geography import REFORM, SEEDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

CLUSTERS, SIZE = 60, 6
DAYS = [date(2019, 1, 1), date(2022, 3, 1), date(2022, 3, 2), date(2025, 7, 1)]
TYPES = ("merge", "consolidate", "split", "dissolve", "separate", "rename", "transfer", "convert")


def _history(random: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Clusters of agencies; on one day a decision names later ones of the cluster only, so that no ring forms on it."""
    agencies: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for cluster in range(CLUSTERS):
        codes = [f"H28.{cluster}.{number}" for number in range(SIZE)]
        for code in codes:
            ended = random.choice((None, None, *DAYS))
            agencies.append(
                {"agency_code": code, "valid_from": date(2010, 1, 1), "name": code, "kind": "public_service_unit",
                 "level": "province", "established_on": date(2010, 1, 1), "dissolved_on": ended}
            )  # fmt: skip
        for _ in range(random.randint(1, 9)):
            day = random.choice(DAYS)
            order = codes if DAYS.index(day) % 2 else codes[::-1]
            place = random.randrange(SIZE)
            later = [*order[place + 1 :], None, order[place], "H28.lost"]
            kind = random.choice(TYPES)
            for successor in random.sample(later, random.randint(1, min(3, len(later)))):
                events.append(
                    {"event_code": f"E{len(events)}", "event_type": kind, "effective_on": day,
                     "agency_code": order[place], "successor_code": successor}
                )  # fmt: skip
    return agencies, events


@pytest.fixture(scope="module")
def history() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return _history(Random(1676))


@pytest.fixture(scope="module")
def warehouse(history, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    agencies, events = history
    rows = {"agencies": agencies, "organisation_events": events}
    select = ("+bridge_agency_succession", "+bridge_unit_succession", "+dim_agency", "+dim_admin_unit")
    connection = build_warehouse(tmp_path_factory.mktemp("lake"), rows, period="2025-H2", select=select)
    yield connection
    connection.close()


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("day", DAYS)
def test_who_stands_for_an_agency_is_who_the_decisions_lead_to(warehouse, history, day: date, shift: int):
    on = day + timedelta(days=shift)
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    rows = warehouse.execute(
        """
        select agency_code, successor_code, sum(weight) from marts.bridge_agency_succession
        where valid_from <= $day and (valid_to is null or valid_to > $day) group by all
        """,
        {"day": on},
    ).fetchall()
    for agency, successor, weight in rows:
        found[agency][successor] = weight
    decisions = Decisions(*history)

    assert {agency: decisions.on(agency, on) for agency in decisions.known} == found


def test_histories_hold_splits_chains_and_lost_successors(warehouse):
    steps, split, lost = warehouse.execute(
        """
        select max(steps), count(*) filter (where weight < 1), count(*) filter (where successor_code = 'unknown')
        from marts.bridge_agency_succession where agency_code <> 'unknown'
        """
    ).fetchone()
    assert steps >= 3
    assert split > 50
    assert lost > 10


def test_units_stand_for_themselves_on_30_june_and_for_their_successors_on_1_july(warehouse):
    question = """
        select admin_unit_sk, successor_sk, cast(weight as double) from marts.bridge_unit_succession
        where valid_from <= $day and (valid_to is null or valid_to > $day)
    """
    before = warehouse.execute(question, {"day": date(2025, 6, 30)}).fetchall()
    after = warehouse.execute(question, {"day": date(2025, 7, 1)}).fetchall()
    seed = warehouse.execute(
        f"""
        select old_code || '@' || old_valid_from, new_code || '@' || new_valid_from, weight::double
        from read_csv('{SEEDS}/unit_successions.csv', all_varchar = true)
        union all
        select code || '@' || valid_from, code || '@' || valid_from, 1
        from read_csv('{SEEDS}/admin_units.csv', all_varchar = true) where valid_from = '{REFORM}'
        """
    ).fetchall()

    assert all(unit == successor and weight == 1 for unit, successor, weight in before)
    assert len(before) == 210
    assert sorted(after) == sorted([*seed, ("unknown@1900-01-01", "unknown@1900-01-01", 1.0)])


def test_a_code_used_again_names_two_units(warehouse):
    rows = warehouse.execute(
        """
        select admin_unit_sk, name_vi, parent_sk, valid_to from marts.dim_admin_unit
        where admin_unit_code = '04795' order by valid_from
        """
    ).fetchall()
    assert rows == [
        ("04795@2020-01-01", "Phường Thịnh Lang", "148@2020-01-01", date(2025, 7, 1)),
        ("04795@2025-07-01", "Phường Hòa Bình", "25@2025-07-01", None),
    ]


def test_surrogate_keys_say_the_code_and_the_first_day(warehouse):
    wrong = warehouse.execute(
        """
        select agency_sk from marts.dim_agency where agency_sk <> agency_code || '@' || valid_from
        union all
        select admin_unit_sk from marts.dim_admin_unit where admin_unit_sk <> admin_unit_code || '@' || valid_from
        """
    ).fetchall()
    assert wrong == []
