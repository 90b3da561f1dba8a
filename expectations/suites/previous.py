"""Whether a figure that was released before is released again as it was.

Belongs here: the one rule that compares with the last release of the same period. Does not belong here: finding
that release (`expectations/previous.py`).
"""

from __future__ import annotations

from expectations.checks import NoRows

_UNEXPLAINED = """
    with since as (
        select families.family
        from inputs
        join feed_families as families using (feed)
        where inputs.recorded_at > (select known_at from previous_release) and not inputs.national_copy
        group by families.family
    ),

    restated as (
        select restatements.indicator_code
        from restatements
        join run using (period_code)
        join previous_release as previous
            on
                previous.build_fingerprint is distinct from run.build_fingerprint
                or previous.settings is distinct from run.settings
    ),

    moved as (
        select
            figures.indicator_code,
            figures.variant,
            figures.label_vi,
            figures.label_en,
            figures.value as found,
            previous.value as expected
        from headline_figures as figures
        join previous_figures as previous using (indicator_code, variant)
        where
            figures.value is distinct from previous.value
            or cast(figures.numerator as double) is distinct from previous.numerator
            or cast(figures.denominator as double) is distinct from previous.denominator
    ),

    explained as (
        select moved.indicator_code
        from moved
        join indicator_feeds as required using (indicator_code)
        join feed_families as families using (feed)
        join since using (family)
        where families.family <> 'dossiers' or not exists (select 1 from unexplained_dossiers)
    )

    select
        indicator_code || '/' || variant as record,
        label_vi,
        label_en,
        found,
        expected
    from moved
    where
        indicator_code not in (select indicator_code from restated)
        and indicator_code not in (select indicator_code from explained)
    order by record
"""

_DOSSIERS = "select dossier_key as record from unexplained_dossiers order by record"

PREVIOUS_RELEASE_AGREEMENT = NoRows("previous_release_agreement", finds=_UNEXPLAINED, evidence=_DOSSIERS)
