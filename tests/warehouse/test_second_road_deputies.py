"""Deputies by the rules of 2025, and the reduction of the payroll since both baselines, agree with plain reading."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import second_road_deputies
from harness import build_warehouse
from second_road import Agencies
from second_road_organisation import payroll_reductions

from orchestration.periods import Period, parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

SEED = 150
REFORM = date(2025, 7, 1)


@pytest.fixture(scope="module")
def province() -> second_road_deputies.Province:
    return second_road_deputies.province(SEED)


@pytest.fixture(scope="module")
def quotas(province: second_road_deputies.Province) -> list[dict[str, Any]]:
    """Around the reductions asked for; the years that matter, and an agency that no register knows in one of them."""
    random = Random(SEED)
    rows = [
        {"agency_code": unit["agency_code"], "year": year, "quota": random.choice(sizes)}
        for unit in province.agencies
        for year, sizes in ((2015, (20, 40)), (2021, (20, 40)), (2025, (18, 19, 36, 38)), (2026, (18, 36)))
        if random.random() < 0.9
    ]
    return [*rows, {"agency_code": "H28.999", "year": 2015, "quota": 7}]


@pytest.fixture(scope="module")
def warehouse(province, quotas, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    received = {"dossier_code": "D", "received_at": datetime(2025, 3, 3), "status": 2, "agency_code": "H28.1"}
    rows = {
        **province.rows(),
        "payroll_quotas": quotas,
        "dossiers": [received],
    }  # periods begin with dossiers
    select = ("+indicator_deputies", "+payroll")
    lake = tmp_path_factory.mktemp("lake")
    connection = build_warehouse(lake, rows, period="2025", known_at=datetime(2026, 1, 10), select=select)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def periods(warehouse: duckdb.DuckDBPyConnection) -> list[Period]:
    codes = warehouse.execute("select period_code from intermediate.int_periods__in_scope").fetchall()
    return [parse_period(code) for (code,) in codes]


def test_units_are_judged_by_the_rules_of_2025_as_plain_reading_judges_them(warehouse, periods, province):
    after = [period for period in periods if period.end >= REFORM]
    expected = {
        (period.code, code): verdict
        for period in after
        for code, verdict in second_road_deputies.compliance(period.end, province).items()
    }
    found = warehouse.execute(
        """
        select period_code, agency_code, coalesce(reason, status), over_by, excess_until
        from marts.deputy_norms_compliance
        where list_contains(?, period_code)
        """,
        [[period.code for period in after]],
    ).fetchall()

    assert {row[:2]: row[2:] for row in found} == expected
    statuses = {status for status, _, _ in expected.values()}
    assert statuses == {"within", "within_grace", "over", "rule_unverified", "staff_not_delivered"}


def test_before_its_day_no_unit_is_held_to_its_superior(warehouse, periods):
    before = [period.code for period in periods if period.end < REFORM]
    held = warehouse.execute(
        """
        select list_contains(?, period_code), count(superior_rule_id), count(*) filter (where org_kind = 'any')
        from marts.deputy_norms_compliance group by 1 order by 1
        """,
        [before],
    ).fetchall()

    assert [row[0] for row in held] == [False, True]
    assert min(held[0][1:]) > 0
    assert held[1][1:] == (0, 0)


def test_units_judged_and_units_not_judged_are_all_units_with_a_norm(warehouse):
    rows = warehouse.execute(
        """
        select
            period_code,
            max(denominator) filter (where indicator_code = 'deputy_norm_compliance_rate'),
            max(numerator) filter (where indicator_code = 'deputy_norm_not_judged'),
            (select count(*) from marts.deputy_norms_compliance as units where units.period_code = i.period_code)
        from marts.indicator_deputies as i where variant = 'default' group by 1
        """
    ).fetchall()

    assert len(rows) > 1
    assert [row for row in rows if row[1] + row[2] != row[3]] == []
    assert all(min(row[1:]) > 0 for row in rows)


def test_the_payroll_is_reduced_since_both_baselines_as_plain_reading_says(
    warehouse, periods, province, quotas
):
    agencies = Agencies(province.agencies)
    expected = {
        (period.code, code): facts
        for period in periods
        for code, facts in payroll_reductions(period, agencies, quotas).items()
    }
    found = warehouse.execute(
        """
        select period_code, agency_code, required_quota_reduced, reduction_status,
            earlier_required_quota_reduced, earlier_reduction_status
        from marts.payroll where quota is not null or quota_at_baseline is not null
            or quota_at_earlier_baseline is not null
        """
    ).fetchall()
    assert {
        row[:2]: [Fraction(fact) if not isinstance(fact, str | None) else fact for fact in row[2:]]
        for row in found
    } == expected
    statuses = {fact for facts in expected.values() for fact in facts}
    assert statuses >= {"met", "not_yet", "not_assessed"}
    assert {row[3:] for row in found if row[1] == "*"} <= {
        ("met", None, "not_assessed"),
        ("not_yet", None, "not_assessed"),
    }
