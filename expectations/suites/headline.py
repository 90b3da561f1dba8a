"""What is expected of `headline_figures`: the figures that are signed.

Belongs here: completeness, agreement with the other documents, commitments and other targets of headline figures.
Does not belong here: the records behind a missed target (`records.py`), figures below the province.
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, NoRows
from expectations.suites import records
from expectations.suites.previous import PREVIOUS_RELEASE_AGREEMENT
from orchestration.reasons import REASONS

HEADLINE_INDICATORS = (
    "tasks_assigned", "tasks_completed_on_time", "tasks_completed_late", "tasks_in_progress_on_time",
    "tasks_in_progress_overdue", "task_completion_rate", "task_on_time_rate", "dialogues_held",
    "par_index_published", "task_level_published", "surveys_conducted", "procedures_announced_rate",
    "procedures_published_rate", "procedures_published_on_time_rate", "one_stop_coverage_province",
    "one_stop_coverage_district", "one_stop_coverage_commune", "dossiers_received", "dossiers_on_time_rate",
    "public_service_units_reduced", "subordinate_units_reduced", "functions_regulated_rate",
)  # fmt: skip
"""What the 2022 statement printed; held here apart from the catalogue, so that the catalogue cannot lose one."""

COMMITMENTS = {
    "procedures_published_all": ("procedures_published_rate", records.UNPUBLISHED_PROCEDURES),
    "procedures_announced_all": ("procedures_announced_rate", records.UNANNOUNCED_PROCEDURES),
    "dossiers_on_time_target": ("dossiers_on_time_rate", records.AGENCIES_WITH_LATE_DOSSIERS),
    "no_task_overdue": ("tasks_in_progress_overdue", records.OVERDUE_TASKS),
    "one_stop_coverage_province_full": ("one_stop_coverage_province", records.PROVINCE_WITHOUT_ONE_STOP),
    "one_stop_coverage_district_full": ("one_stop_coverage_district", records.DISTRICTS_WITHOUT_ONE_STOP),
    "one_stop_coverage_commune_full": ("one_stop_coverage_commune", records.COMMUNES_WITHOUT_ONE_STOP),
    "dialogues_held_enough": ("dialogues_held", None),
}
"""Rule, the figure that carries the commitment, and the records that explain a miss."""

POLICIES = {
    "task_on_time_target": ("task_on_time_rate", records.LATE_TASKS),
    "par_index_published_target": ("par_index_published", None),
    "task_level_published_target": ("task_level_published", None),
    "surveys_conducted_target": ("surveys_conducted", None),
    "procedures_published_on_time_target": (
        "procedures_published_on_time_rate",
        records.LATE_PUBLISHED_PROCEDURES,
    ),
    "functions_regulated_target": ("functions_regulated_rate", records.UNREGULATED_AGENCIES),
}

_COMPLETE = Template("""
    with known as (
        select distinct indicator_code, variant
        from dim_indicator
        where indicator_code in ($codes)
    ),

    expected as (
        select * from known
        union
        select code as indicator_code, null as variant
        from (select unnest([$codes]) as code)
        where code not in (select indicator_code from headline_figures where is_headline)
    )

    select
        coalesce(expected.indicator_code, figures.indicator_code)
        || coalesce('/' || coalesce(expected.variant, figures.variant), '') as record,
        case when figures.indicator_code is null then 'không có | missing' else 'thừa | unexpected' end as reason
    from expected
    full join headline_figures as figures
        on expected.indicator_code = figures.indicator_code and expected.variant = figures.variant
    where expected.indicator_code is null or figures.indicator_code is null
    order by record
""")

_OTHER_PERIOD = """
    select
        indicator_code as record,
        period_code as found,
        (select period_code from run) as expected
    from headline_figures
    where period_code is distinct from (select period_code from run)
"""

_AGREES_WITH_INDICATORS = """
    select
        figures.indicator_code || '/' || figures.variant as record,
        figures.value as found,
        province.value as expected
    from headline_figures as figures
    left join indicator_values as province
        on
            figures.period_code = province.period_code
            and figures.indicator_code = province.indicator_code
            and figures.variant = province.variant
            and province.agency_level = '*'
            and province.agency_code = '*'
    where
        figures.value is distinct from province.value
        or figures.numerator is distinct from province.numerator
        or figures.denominator is distinct from province.denominator
        or figures.target is distinct from province.target
        or figures.status is distinct from province.status
    order by record
"""

_AGREES_WITH_MANIFEST = """
    select
        coalesce(figures.indicator_code, manifest.indicator_code)
        || '/' || coalesce(figures.variant, manifest.variant) as record,
        figures.value as found,
        manifest.value as expected
    from headline_figures as figures
    full join manifest_figures as manifest
        on figures.indicator_code = manifest.indicator_code and figures.variant = manifest.variant
    where
        figures.indicator_code is null
        or manifest.indicator_code is null
        or figures.value is distinct from manifest.value
        or cast(figures.numerator as double) is distinct from manifest.numerator
        or cast(figures.denominator as double) is distinct from manifest.denominator
        or figures.status is distinct from manifest.status
    order by record
"""

_MISSED = Template("""
    select indicator_code as record, * from headline_figures
    where indicator_code = '$code' and is_headline and status = 'missed'
""")


def _reason_in_words(language: str) -> str:
    """SQL of a reason as the audit says it; an unknown code stands as it is."""
    cases = "".join(
        f" when '{code}' then concat_ws(' ', '{words[language]}', nullif(split_part(province.reason, ':', 2), ''))"
        for code, words in REASONS.items()
    )
    return f"case split_part(province.reason, ':', 1){cases} else coalesce(province.reason, '–') end"


_NOT_ASSESSED = Template("""
    select
        figures.indicator_code as record,
        figures.label_vi,
        figures.label_en,
        $reason_vi as reason_vi,
        $reason_en as reason_en
    from headline_figures as figures
    left join indicator_values as province
        on
            figures.period_code = province.period_code
            and figures.indicator_code = province.indicator_code
            and figures.variant = province.variant
            and province.agency_level = '*'
            and province.agency_code = '*'
    where figures.indicator_code = '$code' and figures.is_headline and figures.status = 'not_assessed'
""")

_FIGURE = Template("select * from headline_figures where indicator_code = '$code' and is_headline")


def _target(rule_id: str, code: str, evidence: str | None) -> Check:
    figure = _FIGURE.substitute(code=code)
    return NoRows(rule_id, finds=_MISSED.substitute(code=code), evidence=evidence, observes=figure)


def _assessed(code: str) -> Check:
    reasons = {f"reason_{language}": _reason_in_words(language) for language in ("vi", "en")}
    return NoRows(
        f"headline_assessed_{code}",
        finds=_NOT_ASSESSED.substitute(code=code, **reasons),
        observes=_FIGURE.substitute(code=code),
    )


def headline_figures() -> tuple[Check, ...]:
    """The checks of `headline_figures`, beside its shape."""
    codes = ", ".join(f"'{code}'" for code in HEADLINE_INDICATORS)
    return (
        NoRows("headline_figures_complete", finds=_COMPLETE.substitute(codes=codes)),
        NoRows("headline_figures_of_the_period", finds=_OTHER_PERIOD),
        NoRows("headline_agrees_with_indicator_values", finds=_AGREES_WITH_INDICATORS),
        NoRows("headline_agrees_with_manifest", finds=_AGREES_WITH_MANIFEST),
        *(_target(rule_id, code, evidence) for rule_id, (code, evidence) in COMMITMENTS.items()),
        *(_target(rule_id, code, evidence) for rule_id, (code, evidence) in POLICIES.items()),
        *(_assessed(code) for code in HEADLINE_INDICATORS),
        PREVIOUS_RELEASE_AGREEMENT,
    )
