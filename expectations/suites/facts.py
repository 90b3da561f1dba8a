"""What is expected of the facts: few and set-wise checks. Rules over rows are dbt tests.

Belongs here: referential closure and plausibility of whole marts. Does not belong here: any rule about one row.
"""

from __future__ import annotations

from expectations.checks import Check
from expectations.suites.plausibility import dossier_limits, unknown_agencies


def fct_dossiers() -> tuple[Check, ...]:
    """Dossiers whose agency, procedure or commune is unknown, or whose dates contradict, stay within limits."""
    return dossier_limits()


def fct_tasks() -> tuple[Check, ...]:
    """Tasks whose lead agency is unknown stay within limits."""
    return (unknown_agencies("limit_unknown_agency_of_tasks", "fct_tasks", "lead_agency_code", "task_code"),)


def fct_staff_assignments() -> tuple[Check, ...]:
    """Posts in agencies that nobody knows stay within limits."""
    return (
        unknown_agencies(
            "limit_unknown_agency_of_staff", "fct_staff_assignments", "agency_code", "source_agency_code"
        ),
    )


def fct_organisation_changes() -> tuple[Check, ...]:
    """Changes of agencies that nobody knows stay within limits."""
    return (
        unknown_agencies(
            "limit_unknown_agency_of_changes", "fct_organisation_changes", "agency_code", "event_code"
        ),
    )
