"""One fault for every rule of Great Expectations, so small that no other rule notices.

Belongs here: SQL over the marts of `small_province.sql`. Does not belong here: assertions.
"""

from __future__ import annotations

import index_faults

from expectations.suites.headline import HEADLINE_INDICATORS
from expectations.suites.plausibility import DOSSIER_LIMITS

_RESTATE = """
    update headline_figures as figures
    set
        value = province.value, numerator = province.numerator, denominator = province.denominator,
        status = province.status
    from indicator_values as province
    where
        province.period_code = figures.period_code and province.indicator_code = figures.indicator_code
        and province.variant = figures.variant and province.agency_level = '*';
"""


def figure(
    code: str,
    numerator: str,
    denominator: str = "null",
    *,
    variant: str = "default",
    where: str = "agency_level = '*'",
    status: str = "no_target",
    restated: bool = True,
) -> str:
    """SQL that sets rows of one figure; counts are SQL over the old ones, the value follows from them."""
    value = f"cast({numerator} as double)" + ("" if denominator == "null" else f" / ({denominator})")
    return f"""
        update indicator_values
        set value = {value}, numerator = {numerator}, denominator = {denominator}, status = '{status}', reason = null
        where indicator_code = '{code}' and variant = '{variant}' and {where};
    """ + (_RESTATE if restated else "")


def not_assessed(code: str, feed: str) -> str:
    """SQL that leaves a figure without its feed."""
    return f"""
        update indicator_values
        set
            value = null, numerator = null, denominator = null,
            status = 'not_assessed', reason = 'feed_not_delivered:{feed}'
        where indicator_code = '{code}';
        {_RESTATE}
    """


_ORIGINAL = "indicator_code = 'task_on_time_rate' and variant = 'original'"
_AUGUST = "period_code = '2022-08'"
_AUGUST_PROVINCE = f"{_AUGUST} and agency_level = '*'"
DEPARTMENT = "(agency_level = '*' or agency_level = 'province' and agency_code in ('*', 'H28.1'))"
_TOP_LEVEL = "agency_level in ('*', 'province')"

COMMITMENTS = {
    "procedures_published_all": figure(
        "procedures_published_rate", "numerator - 1", "denominator", where=_TOP_LEVEL, status="missed"
    )
    + """
        update fct_procedure_publications set published_on = null where procedure_code = '1.001003';
        update publication_timeliness set published = published - 1, not_published = 1, overdue = 1;
    """,
    "procedures_announced_all": figure(
        "procedures_announced_rate", "numerator - 1", "denominator", where=_TOP_LEVEL, status="missed"
    )
    + """
        update fct_procedure_publications set announced_on = null where procedure_code = '1.001003';
        update publication_timeliness set announced = announced - 1;
    """,
    "dossiers_on_time_target": figure(
        "dossiers_on_time_rate",
        "numerator - 1",
        "denominator",
        variant="form_06a",
        where=f"period_code = '2022-9M' and {DEPARTMENT}",
        status="missed",
    )
    + figure(
        "dossiers_certification_on_time_rate",
        "numerator - 1",
        "denominator",
        variant="without",
        where=f"period_code = '2022-9M' and {DEPARTMENT}",
        restated=False,
    )
    + """
        update form_06a set resolved_early = resolved_early - 1, resolved_late = 1
        where period_code = '2022-9M' and agency_code = 'H28.1';
        insert into late_steps by name
        select '2022-9M' as period_code, 'H28.1' as agency_code, 'Thẩm định' as step, 1 as longest_in;
    """,
    "no_task_overdue": figure("tasks_in_progress_on_time", "1")
    + figure("tasks_in_progress_overdue", "1", status="missed")
    + "update fct_tasks set deadline = date '2022-08-01' where task_code = 'NV-4';",
    "one_stop_coverage_province_full": figure("one_stop_coverage_province", "0", "1", status="missed"),
    "one_stop_coverage_district_full": figure("one_stop_coverage_district", "0", "1", status="missed")
    + "update dim_agency set has_one_stop = false where kind = 'district_committee';",
    "one_stop_coverage_commune_full": figure("one_stop_coverage_commune", "0", "1", status="missed")
    + "update dim_agency set has_one_stop = false where kind = 'commune_committee';",
    "dialogues_held_enough": figure("dialogues_held", "0", status="missed"),
}

POLICIES = {
    "task_on_time_target": figure("task_on_time_rate", "2", "3", variant="extended", status="missed"),
    "par_index_published_target": figure("par_index_published", "2", "3", status="missed"),
    "task_level_published_target": figure("task_level_published", "2", "3", status="missed"),
    "surveys_conducted_target": figure("surveys_conducted", "0", status="missed"),
    "procedures_published_on_time_target": figure(
        "procedures_published_on_time_rate", "numerator - 1", "denominator", where=_TOP_LEVEL, status="missed"
    ),
    "functions_regulated_target": figure(
        "functions_regulated_rate", "numerator - 1", "denominator", where=_TOP_LEVEL, status="missed"
    )
    + "update functions_regulated set is_regulated = false where agency_code = 'H28.2'",
    "unlawful_documents_handled_target": figure(
        "unlawful_documents_handled_rate", "numerator - 1", "denominator", status="missed"
    ),
    "satisfaction_target": figure("satisfaction_rate", "1", "2", status="missed"),
    "payroll_used_target": figure("payroll_used_rate", "3", "2", status="missed"),
} | index_faults.POLICIES

_FEEDS = {
    "task": "tasks",
    "dossiers": "dossiers",
    "procedures": "procedures",
    "functions": "function_regulations",
}
REQUIRED = {
    f"headline_assessed_{code}": not_assessed(
        code, next((feed for start, feed in _FEEDS.items() if code.startswith(start)), "agencies")
    )
    for code in HEADLINE_INDICATORS
}

FIGURES = {
    "headline_figures_complete": f"delete from headline_figures where {_ORIGINAL}",
    "headline_figures_of_the_period": f"update headline_figures set period_code = '2022-08' where {_ORIGINAL}",
    "headline_agrees_with_indicator_values": """
        update headline_figures set value = 6, numerator = 6 where indicator_code = 'tasks_assigned'
    """,
    "indicator_status_known": f"""
        update indicator_values set status = 'good' where indicator_code = 'tasks_extended' and {_AUGUST}
    """,
    "indicator_reason_given": f"""
        update indicator_values
        set value = null, numerator = null, denominator = null, status = 'not_assessed', reason = null
        where indicator_code = 'tasks_extended' and {_AUGUST}
    """,
    "indicator_status_follows_target": figure(
        "tasks_extended", "1", where=_AUGUST_PROVINCE, status="met", restated=False
    ),
    "ratio_is_numerator_over_denominator": f"""
        update indicator_values set value = 0.61 where indicator_code = 'task_completion_rate' and {_AUGUST_PROVINCE}
    """,
    "numerator_within_denominator": figure(
        "task_completion_rate", "6", "5", where=_AUGUST_PROVINCE, restated=False
    ),
    "share_within_bounds": f"""
        update indicator_values set value = 1.2, numerator = null, denominator = null
        where indicator_code = 'task_completion_rate' and {_AUGUST_PROVINCE}
    """,
    "counts_are_whole": figure("tasks_extended", "1.5", where=_AUGUST_PROVINCE, restated=False),
    "levels_sum_to_province": figure(
        "procedures_published_on_time_rate",
        "numerator + 1",
        "denominator + 1",
        where=f"{_AUGUST} and agency_level = 'district'",
        status="met",
        restated=False,
    ),
    "agencies_sum_to_level": figure(
        "online_dossiers_rate",
        "denominator - numerator",
        "denominator",
        variant="self_filed",
        where=f"{_AUGUST} and agency_code = 'H28.20'",
        restated=False,
    ),
    "province_mean_between_parts": f"""
        update indicator_values
        set value = case agency_level when '*' then 0.9 else 0.5 end, numerator = null, denominator = null,
            status = 'missed', reason = null
        where indicator_code = 'functions_regulated_rate' and {_AUGUST}
    """,
    "task_classes_sum_to_assigned": figure(
        "tasks_completed_late", "1", where=_AUGUST_PROVINCE, restated=False
    ),
    "suspension_ages_sum_to_suspended": figure(
        "dossiers_suspended", "1", variant="d0_15", where=f"{_AUGUST} and {DEPARTMENT}", restated=False
    ),
    "certification_splits_add_up": figure(
        "dossiers_certification_on_time_rate",
        "numerator - 1",
        "denominator",
        variant="without",
        where=f"{_AUGUST} and {DEPARTMENT}",
        restated=False,
    ),
    "online_filers_add_up": figure(
        "dossiers_online_filed_by", "0", variant="self", where="true", restated=False
    ),
    "event_months_add_up": figure(
        "feedback_on_time_rate",
        "numerator - 1",
        "denominator",
        where="period_code = '2022-9M'",
        restated=False,
    ),
    "organisation_stock_flow": figure(
        "public_service_units_reduced", "9", variant="created", where=_AUGUST_PROVINCE, restated=False
    ),
    "figures_agree_with_form_06a": figure(
        "dossiers_overdue", "1", where=f"{_AUGUST} and {DEPARTMENT}", restated=False
    ),
    "geography_totals_preserved": """
        update indicator_values_by_geography set numerator = numerator + 1
        where geography = 'as_is' and indicator_code = 'dossiers_received' and agency_code = 'H28.1'
    """,
    "geography_agencies_in_force": """
        update indicator_values_by_geography set geography_on = date '2009-12-31'
        where geography = 'as_is' and agency_code = 'H28.1'
    """,
    "form_06a_blocks_known": "update form_06a set block = 'ward' where block = 'commune'",
    "handling_times_agree_with_form": f"""
        update handling_times set dossiers = dossiers + 1
        where {_AUGUST} and code in ('*', 'H28.1', 'S01', '1.001000', 'Thẩm định')
    """,
    "handling_times_add_up": """
        update handling_times set dossiers = dossiers + 1 where dimension = 'sector' and period_code = '2022-08'
    """,
    "late_steps_agree_with_form": """
        insert into late_steps by name
        select '2022-08' as period_code, 'H28.1' as agency_code, 'Thẩm định' as step, 1 as longest_in
    """,
    "open_ageing_agrees_with_form": f"update open_ageing set dossiers = dossiers + 1 where {_AUGUST}",
    "due_forecast_within_form": f"update due_forecast set suspended_falls_due = 1 where {_AUGUST}",
    "due_horizons_contain_each_other": f"""
        update due_forecast set falls_due = 0 where horizon_working_days = 10 and {_AUGUST};
        update due_forecast set falls_due = 1 where horizon_working_days = 5 and {_AUGUST};
    """,
    "deliveries_cover_expected": """
        update data_quality set records = 1 where quality_class = 'agency_not_delivered'
    """,
    "quarantine_is_published": "update data_quality set records = 2 where origin = 'quarantined'",
} | index_faults.FIGURES

LIMITS = (
    {
        rule_id: f"""
        update fct_dossiers set {flag} = true
        where dossier_key in (select dossier_key from fct_dossiers order by dossier_key limit 3)
    """
        for rule_id, (flag, _) in DOSSIER_LIMITS.items()
    }
    | {
        "limit_unknown_agency_of_tasks": "update fct_tasks set lead_agency_code = 'unknown' where task_code = 'NV-4'",
        "limit_unknown_agency_of_staff": "update fct_staff_assignments set agency_code = 'unknown'",
        "limit_unknown_agency_of_changes": "update fct_organisation_changes set agency_code = 'unknown'",
    }
    | index_faults.LIMITS
)

_STAFF_OF_PROVINCE = "survey_code = '*' and agency_code = '*' and factor = 'staff'"
OF_ONE_MART = {
    "organisation_stocks_follow_flows": "delete from organisation_flows where agency_code = 'U1'",
    "figures_agree_with_organisation_stocks": f"""
        update organisation_stocks set at_baseline = at_baseline + 1
        where kind = 'public_service_unit' and {_AUGUST}
    """,
    "figures_agree_with_functions_regulated": f"""
        update functions_regulated set is_regulated = false where agency_code = 'H28.1' and {_AUGUST}
    """,
    "figures_agree_with_deputy_norms_compliance": f"""
        update deputy_norms_compliance set status = 'over', over_by = 1 where agency_code = 'H28.1' and {_AUGUST}
    """,
    "figures_agree_with_payroll": f"""
        update payroll set quota = quota + 1 where agency_code = 'H28.1' and {_AUGUST}
    """,
    "payroll_counts_persons_once": f"update payroll set present = 0 where agency_code = 'H28.1' and {_AUGUST}",
    "figures_agree_with_unit_autonomy": """
        update unit_autonomy set is_granted_self_financing = false where agency_code = 'U2'
    """,
    "publication_timeliness_agrees_with_figures": """
        update publication_timeliness set published = published - 1, not_published = 1 where period_code = '2022-08'
    """,
    "satisfaction_interval_holds_estimate": f"update satisfaction set lower_bound = 0.99 where {_STAFF_OF_PROVINCE}",
    "satisfaction_effective_n_within_n": f"""
        update satisfaction set effective_n = 110, design_effect = 0.2 where {_STAFF_OF_PROVINCE}
    """,
    "satisfaction_few_are_not_shown": "update satisfaction set satisfied_weight = 2 where agency_code = 'H28.20.1'",
    "satisfaction_factors_complete": """
        delete from satisfaction where factor = 'staff';
        update satisfaction set answers = answers * 4 / 5 where factor = '*';
        delete from indicator_values where indicator_code = 'satisfaction_rate' and variant = 'staff'
    """,
    "satisfaction_answers_add_up": f"update satisfaction set answers = answers + 1 where {_STAFF_OF_PROVINCE}",
    "satisfaction_agrees_with_figures": f"""
        update satisfaction set satisfied_weight = satisfied_weight - 0.5 where {_STAFF_OF_PROVINCE}
    """,
    "limit_unknown_agency_of_surveys": "update satisfaction set agency_code = 'unknown' where agency_code = 'H28.20'",
}
"""Faults that only the suite of their own mart can see: the others are left out, which is faster."""
