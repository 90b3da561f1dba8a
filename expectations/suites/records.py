"""The records behind a missed target, by code, name and responsible agency. Run only where a target is missed.

Belongs here: queries with `record` (a code, never personal), `name_vi`, `name_en`. Does not belong here: whether a
target is missed (`headline.py`): these queries explain a figure, they do not compute it.
"""

from __future__ import annotations

from string import Template

_AGENCIES = """
    agencies as (
        select agency_code, arg_max(name_vi, valid_from) as name_vi
        from dim_agency
        group by agency_code
    )
"""

_PROCEDURES = Template("""
    with in_force as (
        select
            publications.*,
            procedures.name_vi,
            procedures.publisher_code,
            procedures.sector_name_vi
        from fct_procedure_publications as publications
        join dim_procedure as procedures using (procedure_code, valid_from)
        where
            valid_from < (select end_at from run)
            and (procedures.valid_to is null or procedures.valid_to >= (select end_at from run))
        qualify row_number() over (partition by procedure_code order by valid_from desc) = 1
    ),
    $agencies
    select
        procedure_code as record,
        in_force.name_vi || ', ' || coalesce(
            agencies.name_vi || ' (' || agencies.agency_code || ')',
            in_force.sector_name_vi,
            in_force.publisher_code,
            ''
        ) as name_vi
    from in_force
    left join bridge_agency_succession as successions
        on
            in_force.responsible_agency_code = successions.agency_code
            and successions.is_default
            and successions.valid_from < (select end_at from run)
            and (successions.valid_to is null or successions.valid_to >= (select end_at from run))
    left join agencies
        on coalesce(successions.successor_code, in_force.responsible_agency_code) = agencies.agency_code
    where $condition
    order by record
""")


def _procedures(condition: str) -> str:
    return _PROCEDURES.substitute(agencies=_AGENCIES, condition=condition)


UNPUBLISHED_PROCEDURES = _procedures("published_on is null or published_on >= (select end_at from run)")
UNANNOUNCED_PROCEDURES = _procedures("announced_on is null or announced_on >= (select end_at from run)")
LATE_PUBLISHED_PROCEDURES = _procedures(
    "publish_due_on < (select end_at from run) and (published_on is null or published_on > publish_due_on)"
)

_TASKS = Template("""
    with tasks as (
        select *, coalesce(deadline, original_deadline) as due_on
        from fct_tasks
        where
            issuer in ('government', 'prime_minister')
            and assigned_on < (select end_at from run)
    ),
    $agencies
    select
        task_code as record,
        coalesce(agencies.name_vi, lead_agency_code) || ', hạn ' || strftime(due_on, '%d/%m/%Y') as name_vi,
        coalesce(agencies.name_vi, lead_agency_code) || ', due ' || strftime(due_on, '%Y-%m-%d') as name_en
    from tasks
    left join agencies on tasks.lead_agency_code = agencies.agency_code
    where $condition
    order by due_on, record
""")

OVERDUE_TASKS = _TASKS.substitute(
    agencies=_AGENCIES,
    condition="""
        due_on < (select last_day from run)
        and (completed_on is null or completed_on >= (select end_at from run))
    """,
)
LATE_TASKS = _TASKS.substitute(
    agencies=_AGENCIES,
    condition="due_on < (select last_day from run) and (completed_on is null or completed_on > due_on)",
)

AGENCIES_WITH_LATE_DOSSIERS = Template("""
    with late as (
        select agency_code, sum(resolved_late) as late, sum(resolved_total) as resolved
        from form_06a
        where period_code = (select period_code from run)
        group by agency_code
        having sum(resolved_late) > 0
    ),
    $agencies
    select
        late.agency_code as record,
        concat(agencies.name_vi, ': ', late.late, '/', late.resolved, ' quá hạn') as name_vi,
        concat(agencies.name_vi, ': ', late.late, '/', late.resolved, ' late') as name_en
    from late
    left join agencies on late.agency_code = agencies.agency_code
    order by late.late desc, record
""").substitute(agencies=_AGENCIES)

_COMMITTEES = Template("""
    with active as (
        select * from dim_agency
        where
            established_on <= (select last_day from run)
            and (dissolved_on is null or dissolved_on > (select last_day from run))
            and valid_from <= (select last_day from run)
            and (valid_to is null or valid_to > (select last_day from run))
    )

    select agency_code as record, name_vi
    from active
    where
        kind = '$kind'
        and not has_one_stop
        and agency_code not in (
            select parent_code from active where kind = 'one_stop_unit' and parent_code is not null
        )
    order by record
""")
DISTRICTS_WITHOUT_ONE_STOP = _COMMITTEES.substitute(kind="district_committee")
COMMUNES_WITHOUT_ONE_STOP = _COMMITTEES.substitute(kind="commune_committee")
PROVINCE_WITHOUT_ONE_STOP = "select agency_code as record, name_vi from dim_agency where kind = 'province'"

UNREGULATED_AGENCIES = """
    select agency_code as record, name_vi
    from functions_regulated
    where period_code = (select period_code from run) and not is_regulated
    order by record
"""
