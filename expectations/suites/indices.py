"""What is expected of the two indices: each score follows from what stands beside it, and totals from their parts.

Belongs here: points against evidence, maxima against their scheme, totals, ranks, reasons. Does not belong here: one
row's points against its maximum (dbt tests of the marts), how a criterion is scored (seed `index_criteria`).
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows
from expectations.suites.plausibility import unknown_agencies

_EXPLAINED = """
    with recomputed as (
        select
            *,
            case
                when status = 'assessed' then maximum * least(
                    greatest(cast(numerator as double) / denominator - zero_share, 0) / (full_share - zero_share), 1
                )
            end as by_rule
        from service_index_766
    )

    select
        concat_ws('/', period_code, agency_code, component_code) as record,
        label_vi as name_vi,
        label_en as name_en,
        points as found,
        round(by_rule, 4) as expected
    from recomputed
    where
        coalesce(abs(points - by_rule) > 0.0001, (points is null) <> (by_rule is null))
        or assessable_maximum is distinct from case when status = 'assessed' then maximum end
        or (status = 'assessed') = (reason is not null)
    order by record
"""

_SERVICE_MAXIMA = """
    with groups as (
        select
            period_code,
            group_code,
            max(group_maximum) as group_maximum,
            sum(maximum) as of_components
        from service_index_766
        where agency_level = '*'
        group by all
    )

    select concat_ws('/', period_code, group_code) as record, of_components as found, group_maximum as expected
    from groups
    where of_components > group_maximum
    union all
    select period_code as record, sum(group_maximum) as found, max(scheme_maximum) as expected
    from groups
    join (select distinct period_code, scheme_maximum from service_index_766) as schemes using (period_code)
    group by period_code
    having sum(group_maximum) <> max(scheme_maximum)
    order by record
"""

_FIGURES = """
    with said as (
        select
            period_code,
            'service_index_766' as indicator_code,
            'default' as variant,
            sum(points) as points,
            sum(assessable_maximum) as maximum
        from service_index_766
        where agency_level = '*'
        group by period_code
        having count(points) > 0
        union all
        select
            period_code,
            'par_index' as indicator_code,
            stages.variant,
            case stages.variant
                when 'self' then self_points
                when 'appraised' then appraised_points
                else final_points
            end as points,
            maximum
        from par_index
        join dim_period on dim_period.year = par_index.year + 1
        cross join (values ('self'), ('appraised'), ('final')) as stages (variant)
        where criterion_kind = 'total' and peer_group = 'province' and is_scheme_known
    )

    select
        concat_ws('/', figures.indicator_code, figures.variant, figures.period_code) as record,
        concat_ws('/', figures.numerator, figures.denominator) as found,
        concat_ws('/', said.points, said.maximum) as expected
    from indicator_values as figures
    left join said using (period_code, indicator_code, variant)
    where
        figures.unit = 'points'
        and (figures.variant in ('default', 'self', 'appraised', 'final'))
        and figures.status not in ('not_assessed', 'not_applicable')
        and (
            figures.value is distinct from cast(figures.numerator as double)
            or figures.numerator is distinct from said.points
            or figures.denominator is distinct from said.maximum
        )
    order by record
"""

_RECORD = "concat_ws('/', scheme, year, source_agency_code, criterion_code)"

_SUM_OF_MAXIMA = Template("""
    select $record as record, maximum as found, scheme_maximum as expected
    from par_index
    where criterion_kind = 'total' and maximum is distinct from scheme_maximum
    order by record
""").substitute(record=_RECORD)

_MAXIMA_OF_SCHEME = Template("""
    select
        $record as record,
        label_vi as name_vi,
        label_en as name_en,
        maximum as found,
        scheme_maximum as expected
    from par_index
    where criterion_kind in ('leaf', 'node') and is_maximum_verified and maximum <> scheme_maximum
    order by record
""").substitute(record=_RECORD)

_SUMS = """
    with sums as (
        select
            whole.scheme,
            whole.year,
            whole.source_agency_code,
            whole.criterion_code,
            any_value(whole.maximum) as maximum,
            any_value(whole.self_points) as self_points,
            any_value(whole.appraised_points) as appraised_points,
            any_value(whole.final_points) as final_points,
            sum(leaves.maximum) as of_maximum,
            case when count(leaves.self_points) = count(*) then sum(leaves.self_points) end as of_self,
            case when count(leaves.appraised_points) = count(*) then sum(leaves.appraised_points) end as of_appraised,
            case when count(leaves.final_points) = count(*) then sum(leaves.final_points) end as of_final
        from par_index as whole
        join par_index as leaves
            on leaves.scheme = whole.scheme and leaves.year = whole.year
                and leaves.source_agency_code = whole.source_agency_code
                and leaves.criterion_kind = 'leaf'
                and (whole.criterion_code = '*' or starts_with(leaves.criterion_code, whole.criterion_code || '.'))
        where whole.criterion_kind in ('total', 'node')
        group by all
    )

    select
        concat_ws('/', scheme, year, source_agency_code, criterion_code) as record,
        concat_ws(' · ', maximum, self_points, appraised_points, final_points) as found,
        concat_ws(' · ', of_maximum, of_self, of_appraised, of_final) as expected
    from sums
    where
        maximum is distinct from of_maximum
        or self_points <> of_self
        or appraised_points <> of_appraised
        or final_points <> of_final
        or (criterion_code = '*' and final_points is distinct from of_final)
    order by record
"""

_RANKS = Template("""
    with ranked as (
        select
            *,
            case when final_points is not null and peer_group <> 'province' then
                rank() over (partition by scheme, year, peer_group order by final_points desc nulls last)
            end as by_points
        from par_index
        where criterion_kind = 'total'
    )

    select $record as record, peer_rank as found, by_points as expected
    from ranked
    where peer_rank is distinct from by_points
    order by record
""").substitute(record=_RECORD)

_UNEXPLAINED = Template("""
    select
        $record as record,
        label_vi as name_vi,
        label_en as name_en,
        self_points as found,
        appraised_points as expected
    from par_index
    where criterion_kind = 'leaf' and difference <> 0 and difference_reason_code is null
    order by record
""").substitute(record=_RECORD)


def service_index_766() -> tuple[Check, ...]:
    """The checks of `service_index_766`, beside its shape."""
    return (
        NoRows("service_index_score_explains_itself", finds=_EXPLAINED),
        NoRows("service_index_maxima_fit", finds=_SERVICE_MAXIMA),
    )


def par_index() -> tuple[Check, ...]:
    """The checks of `par_index`, beside its shape."""
    return (
        NoRows("par_index_maxima_sum_to_scheme", finds=_SUM_OF_MAXIMA),
        NoRows("par_index_maxima_of_scheme", finds=_MAXIMA_OF_SCHEME),
        NoRows("par_index_totals_are_sums", finds=_SUMS),
        NoRows("par_index_ranks_follow_points", finds=_RANKS),
        NoRows("par_index_differences_explained", finds=_UNEXPLAINED),
        unknown_agencies("limit_unknown_agency_of_scores", "par_index", "agency_code", "source_agency_code"),
    )


def index_figures() -> tuple[Check, ...]:
    """The checks of `indicator_values` that compare its points with the marts of the indices."""
    return (NoRows("index_figures_agree_with_marts", finds=_FIGURES),)
