"""The half-year after the reform of 01/07/2025 through the front door: released, and asked in three geographies."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
from front_door import Answer, cchc, figure

from orchestration.settings import REPOSITORY

DOSSIERS = 1200
PAGE = REPOSITORY / "docs" / "geography.md"
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two_tier") / "lake"
    said = cchc(root, "simulate", "--era", "two_tier", "--dossiers", str(DOSSIERS)).expect(0)
    assert "46" in said.out
    assert "cchc run --period 2025-H2" in said.out
    return root


@pytest.fixture(scope="module")
def released(lake: Path) -> Answer:
    return cchc(lake, "run", "--period", "2025-H2", "--json").expect(0)


@pytest.fixture(scope="module")
def marts(lake: Path, released: Answer) -> duckdb.DuckDBPyConnection:
    assert released.document["status"] == "released"
    connection = duckdb.connect(str(lake / "releases" / "current" / "cchc.duckdb"), read_only=True)
    connection.execute("set schema = 'marts'")
    return connection


def test_the_half_year_is_released_without_a_district_level(released: Answer) -> None:
    figures = released.document
    assert figure(figures, "dossiers_received")["value"] == DOSSIERS
    assert figure(figures, "dossiers_on_time_rate", "form_06a")["status"] == "met"
    for level, units in (("province", 1), ("commune", 46)):
        coverage = figure(figures, f"one_stop_coverage_{level}")
        assert (coverage["numerator"], coverage["denominator"]) == (units, units)
    district = figure(figures, "one_stop_coverage_district")
    assert [district[key] for key in ("numerator", "denominator", "value")] == [None, None, None]
    assert district["status"] == "not_applicable"


def test_every_agency_that_answers_for_publishing_is_active_at_the_end_of_the_period(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    answering = """
        select count(distinct agency_code), count(distinct agency_code) filter (where not is_active) from (
            select
                timely.agency_code,
                coalesce(bool_or(
                    agencies.valid_from <= periods.end_on and (agencies.dissolved_on is null
                    or agencies.dissolved_on > periods.end_on)
                ), false) as is_active
            from publication_timeliness as timely
            join dim_period as periods using (period_code)
            left join dim_agency as agencies using (agency_code)
            where periods.period_code = '2025-H2'
            group by timely.agency_code
        )
    """
    [(agencies, gone)] = marts.execute(answering).fetchall()
    assert agencies > 1
    assert gone == 0


def test_the_files_say_what_is_simulated_and_what_is_not(lake: Path) -> None:
    record = json.loads((lake / "landing" / "SIMULATED.json").read_text("utf-8"))
    assert (record["era"], record["period"]) == ("two_tier", "2025-H2")
    assert "46 of Phú Thọ's 148 communes" in record["scope"]


def test_districts_count_until_30_june_and_are_never_0_after_it(marts: duckdb.DuckDBPyConnection) -> None:
    received = dict(
        marts.execute(
            """
            select period_code, (value, status, reason) from indicator_values
            where indicator_code = 'dossiers_received' and agency_level = 'district' and agency_code = '*'
            """
        ).fetchall()
    )
    assert received["2025-07"][0] == received["2025-H2"][0] > 0
    for month in ("2025-08", "2025-09", "2025-12", "2025-Q4"):
        assert received[month] == (None, "not_applicable", "no_unit_of_level")
    zero = marts.execute(
        """
        select * from indicator_values join dim_period using (period_code)
        where agency_level = 'district' and start_on >= date '2025-07-01' and numerator = 0 and value = 0
            and indicator_values.unit = 'count'
        """
    ).fetchall()
    assert zero == []


def test_committees_that_ended_are_not_applicable_instead_of_0(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        """
        select distinct numerator, value, status, reason
        from indicator_values
        inner join dim_period using (period_code)
        inner join dim_agency using (agency_code)
        where indicator_code = 'dossiers_received' and is_current and dissolved_on <= start_on
        """
    ).fetchall()
    assert rows == [
        (None, None, "not_applicable", "agency_ended"),
        (None, None, "not_applicable", "no_unit_of_level"),
    ]


def test_what_was_received_before_the_reform_belongs_to_the_agencies_of_that_time(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = marts.execute(
        """
        select
            received_at < timestamp '2025-07-01' as is_before,
            min(received_at)::date,
            max(received_at)::date,
            count(*) filter (where agencies.dissolved_on <= received_at::date) as of_ended_agencies,
            count(*) filter (where agencies.established_on > received_at::date) as of_later_agencies,
            count(*) filter (where units.valid_from > received_at::date or units.valid_to <= received_at::date),
            count(distinct agency_level)
        from fct_dossiers
        inner join dim_agency as agencies on fct_dossiers.agency_code = agencies.agency_code and agencies.is_current
        left join dim_admin_unit as units on fct_dossiers.commune_sk = units.admin_unit_sk
        where received_at is not null
        group by all order by is_before desc
        """
    ).fetchall()
    before, after = rows
    assert before[2] == date(2025, 6, 30)
    assert after[1] == date(2025, 7, 1)
    assert before[3:] == (0, 0, 0, 3)
    assert after[3:] == (0, 0, 0, 2)


def test_open_dossiers_go_to_the_new_owner_and_nothing_is_lost_on_the_way(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    carried = next(query for query in QUERIES if "reopened * bridge" in query)
    broken, migrated = marts.execute(
        f"""
        with by_owner as ({carried.strip().removesuffix(";").rpartition("order by")[0]}),

        owners as (select distinct agency_code from by_owner),

        months as (select period_code, start_on, end_on from dim_period where kind = 'month' and period_code in
            (select period_code from by_owner)),

        pairs as (
            select
                owners.agency_code,
                coalesce(now.carried_over, 0) as carried_over,
                coalesce(now.reopened, 0) as reopened,
                coalesce(before.in_progress, 0) as left_before
            from owners
            cross join months
            inner join months as earlier on earlier.end_on + 1 = months.start_on
            left join by_owner as now
                on owners.agency_code = now.agency_code and months.period_code = now.period_code
            left join by_owner as before
                on owners.agency_code = before.agency_code and earlier.period_code = before.period_code
        )

        select
            count(*) filter (where carried_over <> left_before + reopened),
            count(*) filter (where carried_over > 0 and starts_with(agency_code, 'H44.2'))
        from pairs
        """
    ).fetchone()
    assert broken == 0
    assert migrated > 0


def test_every_geography_adds_up_to_the_province_and_only_the_units_differ(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    totals = marts.execute(
        """
        select distinct indicator_code, variant, sum(numerator), sum(denominator)
        from indicator_values_by_geography group by geography, indicator_code, variant
        """
    ).fetchall()
    assert len(totals) == len({(code, variant) for code, variant, *_ in totals})
    province = marts.execute(
        """
        select indicator_code, variant, numerator, denominator from indicator_values
        where period_code = '2025-H2' and agency_level = '*'
        """
    ).fetchall()
    assert set(totals) <= set(province)
    levels = dict(
        marts.execute(
            """
            select geography, list(distinct agency_level order by agency_level)
            from indicator_values_by_geography where indicator_code = 'dossiers_received' group by geography
            """
        ).fetchall()
    )
    assert levels["as_was"] == ["commune", "district", "province"]
    assert "as_of:2025-06-30" not in levels
    assert levels["as_is"] == levels["as_of:2025-07-01"] == ["commune", "province"]
    estimated = marts.execute(
        "select geography, bool_or(is_estimated) from indicator_values_by_geography group by 1 order by 1"
    ).fetchall()
    assert estimated == [
        ("as_is", True),
        ("as_of:2025-07-01", True),
        ("as_was", False),
    ]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_the_queries_of_the_page_run_and_answer(marts: duckdb.DuckDBPyConnection, query: str) -> None:
    assert marts.execute(query).fetchall()


def test_figures_of_old_committees_can_be_asked_for_the_communes_of_today(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    by_unit = next(query for query in QUERIES if "admin_unit_sk = bridge" in query and "period_code" in query)
    rows = [row for row in marts.execute(by_unit).fetchall() if row[0] == "2025-H2"]
    communes = marts.execute(
        """
        select sum(numerator) from indicator_values
        where period_code = '2025-H2' and indicator_code = 'dossiers_received' and agency_code = '*'
            and agency_level in ('district', 'commune')
        """
    ).fetchone()
    assert len(rows) == 46
    assert sum(row[3] for row in rows) == communes[0]


def test_a_chain_of_departments_is_followed(marts: duckdb.DuckDBPyConnection) -> None:
    chain = next(query for query in QUERIES if "'H28.17'" in query)
    assert [(row[0], row[2]) for row in marts.execute(chain).fetchall()] == [
        (date(1900, 1, 1), "H28.17"),
        (date(2025, 3, 1), "H28.33"),
        (date(2025, 7, 1), "H44.17"),
    ]


def test_faults_are_not_planted_after_the_reform(tmp_path: Path) -> None:
    said = cchc(tmp_path, "simulate", "--era", "two_tier", "--defect", "overdue_task").expect(2)
    assert "2022" in said.err


def test_merged_departments_may_keep_their_deputies_for_five_years(marts: duckdb.DuckDBPyConnection) -> None:
    departments = marts.execute(
        """
        select distinct rule_id, group_units, over_by > 0, excess_until, status
        from deputy_norms_compliance where org_kind = 'department' and period_code = '2025-H2'
        """
    ).fetchall()
    assert departments == [("150_department", 14, True, date(2030, 7, 1), "within_grace")]


def test_people_are_where_the_reform_has_put_them(marts: duckdb.DuckDBPyConnection) -> None:
    rows = marts.execute(
        """
        select count(*) from payroll
        where period_code = '2025-H2' and present > 0 and agency_code <> '*' and kind is null
        """
    ).fetchone()
    assert rows == (0,)
