"""One fault for every rule of Great Expectations about the two indices, so small that no other rule notices.

Belongs here: SQL over `service_index_766` and `par_index` of the small province. Does not belong here: assertions.
"""

from __future__ import annotations

_AUGUST = "period_code = '2022-08'"

FIGURES = {
    "service_index_score_explains_itself": f"""
        update service_index_766 set points = 10, assessable_maximum = 20
        where component_code = 'II.1' and agency_code = 'H28.1' and {_AUGUST}
    """,
    "service_index_maxima_fit": f"update service_index_766 set maximum = 9 where group_code = 'IV' and {_AUGUST}",
    "index_figures_agree_with_marts": f"""
        update indicator_values set numerator = 24, value = 24
        where indicator_code = 'service_index_766' and variant = 'default' and {_AUGUST}
    """,
    "par_index_maxima_sum_to_scheme": """
        update par_index set maximum = 41 where agency_code = 'H28.9' and criterion_code = '1';
        update par_index set maximum = 101 where agency_code = 'H28.9' and criterion_code = '*'
    """,
    "par_index_maxima_of_scheme": """
        update par_index set scheme_maximum = 16.5 where agency_code = 'H28' and criterion_code = '2'
    """,
    "par_index_totals_are_sums": """
        update par_index set self_points = 91 where agency_code = 'H28.1' and criterion_code = '*'
    """,
    "par_index_ranks_follow_points": """
        update par_index set peer_rank = 2 where agency_code = 'H28.9' and criterion_code = '*'
    """,
}
POLICIES = {
    "par_index_differences_explained": """
        update par_index set difference_reason_code = null where agency_code = 'H28.1' and criterion_code = '1'
    """,
}
LIMITS = {
    "limit_unknown_agency_of_scores": """
        update par_index set agency_code = 'unknown' where source_agency_code = 'H28.9' and criterion_code = '1'
    """,
}
