"""Public mart → suite.

Belongs here: which marts are public, from which feeds their rows come, which suite judges each. Does not belong
here: the checks (`suites/`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.checks import Suite
from expectations.suites.data_quality import data_quality
from expectations.suites.facts import fct_dossiers, fct_organisation_changes, fct_staff_assignments, fct_tasks
from expectations.suites.form_06a import form_06a
from expectations.suites.geography import indicator_values_by_geography
from expectations.suites.handling import due_forecast, handling_times, late_steps, open_ageing
from expectations.suites.headline import headline_figures
from expectations.suites.indicators import indicator_values
from expectations.suites.indices import par_index, service_index_766
from expectations.suites.publications import publication_timeliness
from expectations.suites.satisfaction import satisfaction
from expectations.suites.shape import shape_of
from expectations.suites.units import (
    deputy_norms_compliance,
    functions_regulated,
    organisation_stocks,
    payroll,
    unit_autonomy,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from expectations.checks import Check

ALWAYS = "always"
NEVER = "never"
MARTS: dict[str, str] = {
    "bridge_agency_succession": ALWAYS,
    "bridge_unit_succession": ALWAYS,
    "dim_admin_unit": ALWAYS,
    "dim_agency": ALWAYS,
    "dim_date": ALWAYS,
    "dim_indicator": ALWAYS,
    "dim_period": ALWAYS,
    "dim_procedure": ALWAYS,
    "data_quality": ALWAYS,
    "deputy_norms_compliance": NEVER,
    "due_forecast": NEVER,
    "fct_dossier_states": "dossiers",
    "fct_dossier_suspensions": NEVER,
    "fct_dossiers": "dossiers",
    "fct_organisation_changes": "organisation_events",
    "fct_procedure_publications": "procedures",
    "fct_staff_assignments": "staff",
    "fct_tasks": "tasks",
    "form_06a": "dossiers",
    "functions_regulated": NEVER,
    "headline_figures": ALWAYS,
    "indicator_values": ALWAYS,
    "indicator_values_by_geography": "dossiers",
    "par_index": "index_scores",
    "publication_timeliness": "procedures",
    "satisfaction": "survey_responses",
    "service_index_766": NEVER,
    "organisation_flows": "agencies",
    "organisation_stocks": NEVER,
    "payroll": "payroll_quotas",
    "unit_autonomy": "unit_finances",
    "handling_times": NEVER,
    "late_steps": NEVER,
    "open_ageing": NEVER,
}
"""Every public mart, and when it must hold rows: always (seeds, or an unknown member), where a feed is delivered, or
never (a province without a suspended, finished, late or open dossier, or a day on which no norm or index
is in force, is no fault)."""

OWN_CHECKS: dict[str, Callable[[], tuple[Check, ...]]] = {
    "headline_figures": headline_figures,
    "indicator_values": indicator_values,
    "indicator_values_by_geography": indicator_values_by_geography,
    "form_06a": form_06a,
    "par_index": par_index,
    "service_index_766": service_index_766,
    "publication_timeliness": publication_timeliness,
    "satisfaction": satisfaction,
    "handling_times": handling_times,
    "late_steps": late_steps,
    "open_ageing": open_ageing,
    "due_forecast": due_forecast,
    "data_quality": data_quality,
    "fct_dossiers": fct_dossiers,
    "fct_tasks": fct_tasks,
    "fct_staff_assignments": fct_staff_assignments,
    "fct_organisation_changes": fct_organisation_changes,
    "organisation_stocks": organisation_stocks,
    "functions_regulated": functions_regulated,
    "deputy_norms_compliance": deputy_norms_compliance,
    "payroll": payroll,
    "unit_autonomy": unit_autonomy,
}
"""What a mart must satisfy beyond its shape."""


def suite_of(table: str) -> Suite:
    """The suite of a public mart, the shape first."""
    own = OWN_CHECKS.get(table)
    shape = shape_of(table, has_feed=MARTS[table] != NEVER)
    return Suite(table, shape + (own() if own else ()))


def all_suites() -> list[Suite]:
    """A suite for every public mart, by name."""
    return [suite_of(table) for table in sorted(MARTS)]
