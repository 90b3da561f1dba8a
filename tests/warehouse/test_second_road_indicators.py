"""Every indicator that is built agrees, figure for figure, with a second way of counting the same records."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
import second_road
import second_road_dossiers
import second_road_indices
import second_road_organisation
import second_road_services
import second_road_successions
from harness import KNOWN_AT, build_warehouse
from province_rows import province
from second_road import Figures

from orchestration.periods import Period, parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

SEED, DOSSIERS, PERIOD = 336418, 500, "2022"
EXACT = ("respondents", "answers", "weights_sum", "satisfied_weight")


@pytest.fixture(scope="module")
def rows_and_histories():
    rows, histories = province(SEED, DOSSIERS)
    second_road_successions.hand_over(rows)
    return rows, histories


@pytest.fixture(scope="module")
def warehouse(rows_and_histories, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    rows, _ = rows_and_histories
    select = (
        "+indicator_values",
        "+headline_figures",
        "+data_quality",
        "+publication_timeliness",
        "+indicator_values_by_geography",
    )
    connection = build_warehouse(tmp_path_factory.mktemp("lake"), rows, period=PERIOD, select=select)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def periods(warehouse) -> list[Period]:
    codes = warehouse.execute(
        "select period_code from intermediate.int_periods__in_scope order by 1"
    ).fetchall()
    return [parse_period(code) for (code,) in codes]


@pytest.fixture(scope="module")
def expected(rows_and_histories, periods) -> Figures:
    rows, histories = rows_and_histories
    agencies = second_road.Agencies(rows["agencies"])
    figures = second_road_dossiers.dossier_figures(periods, histories, rows, agencies)
    surveys = second_road_services.estimates(rows["survey_responses"], set(agencies.versions))
    for period in periods:
        figures |= second_road.task_figures(period, rows["tasks"])
        figures |= second_road.steering_figures(period, rows["steering_events"], agencies)
        figures |= second_road.procedure_figures(period, rows["procedures"])
        figures |= second_road_services.procedure_extra_figures(period, rows["procedures"])
        figures |= second_road_services.document_figures(period, rows["legal_documents"])
        figures |= second_road_services.feedback_figures(period, rows["feedback"])
        figures |= second_road_services.survey_figures(period, surveys)
        figures |= second_road_services.rating_figures(period, rows["ratings"], histories)
        figures |= second_road_services.national_figures(
            period, histories, rows["dossiers"], rows["national_dossiers"]
        )
        figures |= second_road.organisation_figures(
            period, agencies, rows["function_regulations"], rows["organisation_events"]
        )
        figures |= second_road_organisation.staff_figures(
            period, agencies, rows["staff"], rows["payroll_quotas"]
        )
        figures |= second_road_organisation.autonomy_figures(period, rows["unit_finances"])
        figures |= second_road_indices.service_figures(period, figures)
        figures |= second_road_indices.par_figures(period, rows["index_scores"], agencies)
    return figures


@pytest.fixture(scope="module")
def found(warehouse) -> Figures:
    rows = warehouse.execute(
        """
        select period_code, indicator_code, variant, agency_level, agency_code, numerator, denominator
        from marts.indicator_values where status <> 'not_assessed'
        """
    ).fetchall()
    return {tuple(row[:5]): tuple(row[5:]) for row in rows}


def test_every_figure_agrees_with_the_second_road(expected: Figures, found: Figures):
    differences = {
        key: (figure, found.get(key)) for key, figure in expected.items() if found.get(key) != figure
    }

    assert not differences, "\n".join(
        f"{key}: expected, found {pair}" for key, pair in sorted(differences.items())[:30]
    )


def test_figures_the_second_road_has_no_record_for_are_zero(expected: Figures, found: Figures):
    extra = {key: figure for key, figure in found.items() if key not in expected and any(figure)}

    assert not extra, "\n".join(f"{key}: {figure}" for key, figure in sorted(extra.items())[:30])


def test_the_second_road_reaches_every_indicator_that_is_built(warehouse, expected: Figures):
    built = warehouse.execute(
        "select indicator_code, variant from marts.dim_indicator where source_model is not null"
    ).fetchall()
    reached = {(key[1], key[2]) for key in expected}
    assert reached | second_road_indices.NEVER_ASSESSED == set(built)
    silent = reached - {key[1:3] for key, figure in expected.items() if any(figure)}
    assert not silent, f"the made-up province says nothing about {sorted(silent)}"


def test_figures_of_agencies_in_other_geographies_agree_with_the_walk(
    warehouse, rows_and_histories, found: Figures
):
    figures = {key[1:]: figure for key, figure in found.items() if key[0] == PERIOD and key[4] != "*"}
    expected = second_road_successions.by_geography(figures, rows_and_histories[0], KNOWN_AT.date())
    moved = warehouse.execute(
        "select geography, indicator_code, variant, agency_level, agency_code, numerator, denominator "
        "from marts.indicator_values_by_geography"
    ).fetchall()

    assert {row[:5]: row[5:] for row in moved} == expected
    assert {(row[0], row[4]) for row in moved} >= second_road_successions.MOVED


def test_points_of_each_agency_follow_from_its_own_figures(warehouse, periods, expected: Figures):
    assert second_road_indices.differing_evidence(warehouse, periods, expected) == set()
    assert second_road_indices.differing_points(warehouse, periods, expected) == set()
    assert second_road_indices.unscored_components(warehouse) == second_road_indices.UNVERIFIED


def test_totals_ranks_and_changes_of_the_reform_index_agree(warehouse, rows_and_histories):
    assert second_road_indices.differing_totals(warehouse, rows_and_histories[0]) == set()


def test_each_member_of_a_grain_has_one_row_in_every_period(warehouse, periods):
    doubled, levels, missing = warehouse.execute(
        """
        with members as (
            select
                period_code, indicator_code, variant, count(*) as members,
                count(distinct (agency_level, agency_code)) as distinct_members,
                count(*) filter (where agency_code = '*' and agency_level <> 'unknown') as totals
            from marts.indicator_values group by all
        )
        select
            count(*) filter (where members <> distinct_members),
            count(*) filter (where totals <> if(grain = 'province', 1, 4)),
            (select count(*) from marts.dim_indicator) * ? - count(*)
        from members join marts.dim_indicator using (indicator_code, variant)
        """,
        [len(periods)],
    ).fetchone()

    assert (doubled, levels, missing) == (0, 0, 0)


def test_levels_add_up_to_the_province_and_agencies_to_their_level(warehouse):
    wrong = warehouse.execute(
        """
        with parts as (
            select period_code, indicator_code, variant, sum(numerator) as n, sum(denominator) as d
            from marts.indicator_values where agency_level <> '*' and agency_code = '*' group by all
        )
        select * from parts join marts.indicator_values as whole using (period_code, indicator_code, variant)
        where whole.agency_level = '*' and (n is distinct from numerator or d is distinct from denominator)
        """
    ).fetchall()

    assert wrong == []


def test_the_headline_figures_are_those_of_the_released_period(warehouse):
    rows = warehouse.execute(
        """
        select count(*), count(*) filter (where is_headline), min(period_code), max(period_code),
            count(*) filter (where baseline_on = date '2017-12-31')
        from marts.headline_figures
        """
    ).fetchone()

    assert rows == (35, 22, PERIOD, PERIOD, 11)


def test_the_satisfaction_of_surveys_agrees_with_the_second_road(warehouse, rows_and_histories):
    rows, _ = rows_and_histories
    agencies = {row["agency_code"] for row in rows["agencies"]}
    told = second_road_services.estimates(rows["survey_responses"], agencies)
    marts = {
        (row[:4]): second_road_services.Estimate(*row[4:])
        for row in warehouse.execute(
            """
            select
                year, survey_code, agency_code, factor, respondents, answers, weights_sum, satisfied_weight,
                effective_n, estimate, lower_bound, upper_bound
            from marts.satisfaction
            """
        ).fetchall()
    }

    assert marts.keys() == told.keys()
    for key, estimate in told.items():
        expected, row = vars(estimate), vars(marts[key])
        assert [row[name] for name in EXACT] == [expected[name] for name in EXACT], key
        for name in expected.keys() - set(EXACT):
            close = expected[name] and pytest.approx(expected[name], rel=1e-9, abs=1e-12)
            assert row[name] == close, (key, name)
    statuses = {estimate.estimate is None for estimate in told.values()}
    assert statuses == {True, False}


def test_publications_by_responsible_agency_agree_with_the_second_road(
    warehouse, rows_and_histories, periods
):
    rows, _ = rows_and_histories
    told = {}
    decisions = second_road_successions.Decisions(rows["agencies"], rows["organisation_events"])
    for period in periods:
        told |= second_road_services.publications(period, rows["procedures"], decisions)
    found = warehouse.execute("select * exclude (calendar) from marts.publication_timeliness").fetchall()

    assert {row[:2]: row[2:] for row in found} == told
    assert any(row[10] is not None and row[11] > row[10] for row in found)
    assert {row[1] for row in found} == {"H28.11", "H28.12", "unknown"}
    assert [(month, "H28.11") in told for month in ("2022-01", "2022-08")] == [True, False]


def test_what_happens_on_days_adds_up_from_the_months_to_the_year(warehouse):
    wrong = warehouse.execute(
        """
        with sums as (
            select
                indicator_code, variant,
                sum(numerator) filter (where kind = 'month') as n,
                sum(denominator) filter (where kind = 'month') as d,
                sum(numerator) filter (where kind = 'year') as of_n,
                sum(denominator) filter (where kind = 'year') as of_d
            from marts.indicator_values join marts.dim_period using (period_code)
            where agency_level = '*' and year = 2022 and kind in ('month', 'year')
            group by all
        )
        select indicator_code, variant, n, of_n, d, of_d
        from sums
        where
            indicator_code in (
                'legal_documents_on_schedule_rate', 'feedback_on_time_rate', 'ratings_satisfaction_rate',
                'dossiers_received', 'dossiers_certification_received', 'dossiers_online_filed_by',
                'online_dossiers_rate', 'national_sync_rate'
            )
            and (n is distinct from of_n or d is distinct from of_d or of_n is null)
            or indicator_code = 'unlawful_documents_handled_rate' and (d <> of_d or n > of_n)
        """
    ).fetchall()

    assert wrong == []


def test_units_of_every_manager_are_counted_day_by_day(warehouse, periods, rows_and_histories):
    agencies = second_road.Agencies(rows_and_histories[0]["agencies"])
    expected = {
        (period.code, *cell): units
        for period in periods
        for cell, units in second_road_organisation.stocks(period, agencies).items()
    }
    rows = warehouse.execute(
        """
        select period_code, kind, level, manager_code, at_baseline, at_start, at_end
        from marts.organisation_stocks where at_baseline + at_start + at_end > 0
        """
    ).fetchall()

    assert {row[:4]: list(row[4:]) for row in rows} == expected


def test_the_stock_of_any_day_is_the_sum_of_the_flows_up_to_it(warehouse, rows_and_histories):
    agencies = second_road.Agencies(rows_and_histories[0]["agencies"])
    days = warehouse.execute(
        "select distinct unnest([happened_on, happened_on - 1]) from marts.organisation_flows"
    ).fetchall()
    for (day,) in days:
        summed = warehouse.execute(
            """
            select kind, level, manager_code, sum(change) from marts.organisation_flows
            where happened_on <= ? group by all having sum(change) <> 0
            """,
            [day],
        ).fetchall()
        active = Counter(
            (unit["kind"], unit["level"], unit["parent_code"] or "unknown") for unit in agencies.active(day)
        )
        assert {row[:3]: row[3] for row in summed} == active, day


def test_every_unit_with_a_norm_has_the_status_that_plain_reading_gives(
    warehouse, periods, rows_and_histories
):
    rows, _ = rows_and_histories
    agencies = second_road.Agencies(rows["agencies"])
    expected = {
        (period.code, code): status
        for period in periods
        for code, status in second_road_organisation.compliance(period, agencies, rows["staff"]).items()
    }
    found = warehouse.execute(
        "select period_code, agency_code, coalesce(reason, status) from marts.deputy_norms_compliance"
    ).fetchall()
    assert {row[:2]: row[2] for row in found} == expected
    assert set(expected.values()) >= {"within", "over", "rule_unverified", "staff_not_delivered"}


def test_payroll_and_groups_of_autonomy_are_those_of_plain_reading(warehouse, periods, rows_and_histories):
    rows, _ = rows_and_histories
    expected = {
        (period.code, code): row
        for period in periods
        for code, row in second_road_organisation.payroll_rows(
            period, rows["staff"], rows["payroll_quotas"]
        ).items()
    }
    found = warehouse.execute(
        """
        select period_code, agency_code, quota, present, streamlined, retired, transferred, other_exits,
            quota_at_baseline, quota_at_earlier_baseline
        from marts.payroll
        """
    ).fetchall()
    assert {row[:2]: row[2:] for row in found} == expected
    groups = warehouse.execute(
        "select agency_code, year, computed_group from marts.unit_autonomy where scheme = '60/2021'"
    ).fetchall()
    assert {row[:2]: row[2] for row in groups} == {
        (row["agency_code"], row["year"]): second_road_organisation.group_of(row)
        for row in rows["unit_finances"]
        if row["year"] >= 2021
    }
