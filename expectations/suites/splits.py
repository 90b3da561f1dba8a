"""What is expected of figures that split others, and of those that months make up.

Belongs here: certification and the rest, who filed online, months of figures that count what happened on a day. Does
not belong here: levels and agencies (`additivity.py`), form 06a and its months (dbt tests).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows

_SPLIT = Template("""
    with parts as (
        select
            period_code, agency_level, agency_code,
            sum(numerator) filter (where $part) as found,
            sum(denominator) filter (where $part) as found_of,
            max(numerator) filter (where $whole) as expected,
            max($expected_of) filter (where $whole) as expected_of,
            count(*) filter (where status = 'not_assessed') as unassessed
        from indicator_values
        where $part or $whole
        group by all
    )

    select
        concat_ws('/', '$name', period_code, agency_level, agency_code) as record,
        concat_ws('/', found, found_of) as found,
        concat_ws('/', expected, expected_of) as expected
    from parts
    where
        unassessed = 0
        and (found is distinct from expected or found_of is distinct from expected_of)
    order by record
""")

_CERTIFICATION = (
    "(",
    _SPLIT.substitute(
        name="dossiers_certification_received",
        part="indicator_code = 'dossiers_certification_received'",
        whole="indicator_code = 'dossiers_received'",
        expected_of="denominator",
    ),
    ") union all (",
    _SPLIT.substitute(
        name="dossiers_certification_on_time_rate",
        part="indicator_code = 'dossiers_certification_on_time_rate'",
        whole="indicator_code = 'dossiers_on_time_rate' and variant = 'form_06a'",
        expected_of="denominator",
    ),
    ")",
)

_FILERS = _SPLIT.substitute(
    name="dossiers_online_filed_by",
    part="indicator_code = 'dossiers_online_filed_by'",
    whole="indicator_code = 'online_dossiers_rate' and variant = 'all'",
    expected_of="cast(null as decimal(18, 4))",
)

_MONTHS = """
    with additive as (
        select * from (values
            ('legal_documents_on_schedule_rate', true), ('unlawful_documents_handled_rate', false),
            ('feedback_on_time_rate', true), ('ratings_satisfaction_rate', true), ('national_sync_rate', true),
            ('dossiers_certification_received', true), ('dossiers_online_filed_by', true)
        ) as listed (indicator_code, has_additive_numerator)
    ),

    parts as (
        select whole.period_code, whole.kind, months.period_code as month_code
        from dim_period as whole
        join dim_period as months
            on
                whole.calendar = months.calendar and months.kind = 'month' and whole.kind <> 'month'
                and whole.start_on <= months.start_on and months.end_on <= whole.end_on
    ),

    sums as (
        select
            parts.period_code, indicator_code, variant,
            case when has_additive_numerator then sum(numerator) end as numerator,
            sum(denominator) as denominator
        from indicator_values as figures
        join parts on figures.period_code = parts.month_code
        join additive using (indicator_code)
        where agency_level = '*' and status <> 'not_assessed'
        group by parts.period_code, parts.kind, indicator_code, variant, has_additive_numerator
        having count(*) = case parts.kind when 'quarter' then 3 when 'half' then 6 when 'nine_months' then 9 else 12 end
    )

    select
        concat_ws('/', whole.indicator_code, whole.variant, whole.period_code) as record,
        concat_ws('/', sums.numerator, sums.denominator) as found,
        concat_ws('/', whole.numerator, whole.denominator) as expected
    from indicator_values as whole
    join sums using (period_code, indicator_code, variant)
    where
        whole.agency_level = '*'
        and whole.status <> 'not_assessed'
        and (
            sums.denominator is distinct from whole.denominator
            or (sums.numerator is not null and sums.numerator <> whole.numerator)
        )
    order by record
"""


def splits() -> tuple[Check, ...]:
    """The checks of `indicator_values` that compare a figure with its parts by kind or by month."""
    return (
        NoRows("certification_splits_add_up", finds="".join(_CERTIFICATION)),
        NoRows("online_filers_add_up", finds=_FILERS),
        NoRows("event_months_add_up", finds=_MONTHS),
    )
