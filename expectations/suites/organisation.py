"""What is expected of the reduction of units: it follows from the changes of organisation, and these from decisions.

Belongs here: the register of agencies against the decisions about them. Does not belong here: sums of figures
(`additivity.py`), codes that no register knows (`plausibility.py`).
"""

from __future__ import annotations

from expectations.checks import Check, NoRows

_STOCK_FLOW = """
    with flows as (
        select
            period_code,
            indicator_code,
            max(value) filter (where variant = 'net') as net,
            sum(
                case variant
                    when 'dissolved_or_merged' then value
                    when 'created' then -value
                    when 'converted' then value
                    when 'transferred' then value
                end
            ) as changes
        from indicator_values
        where indicator_code like '%\\_reduced' escape '\\' and agency_level = '*'
        group by all
        having count(value) = 5
    ),

    ended as (
        select agency_code, decision_no, effective_on
        from fct_organisation_changes
        where
            event_type in ('merge', 'consolidate', 'dissolve')
            and agency_code is distinct from successor_code
            and effective_on <= (select last_day from run)
    )

    select
        indicator_code || '/' || period_code as record,
        concat('giảm ', net, ', theo biến động ', changes) as name_vi,
        concat('reduced ', net, ', by the changes ', changes) as name_en
    from flows
    where net is distinct from changes
    union
    select
        agency_code as record,
        concat(name_vi, ': kết thúc ', strftime(effective_on, '%d/%m/%Y'), ' theo quyết định ', decision_no) as name_vi,
        concat(name_vi, ': ended ', effective_on, ' by decision ', decision_no) as name_en
    from ended
    join dim_agency using (agency_code)
    where
        established_on <= effective_on
        and (dissolved_on is null or dissolved_on > (select last_day from run))
        and valid_from <= (select last_day from run)
        and (valid_to is null or valid_to > (select last_day from run))
    order by record
"""


def organisation() -> tuple[Check, ...]:
    """The checks of `indicator_values` that need the changes of organisation."""
    return (NoRows("organisation_stock_flow", finds=_STOCK_FLOW),)
