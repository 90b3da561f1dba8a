"""Whether a figure that was released before is released again as it was.

Belongs here: the one rule that compares with the last release of the same period. Does not belong here: finding
that release (`expectations/previous.py`), what explains a move (`expectations/restated.py`).
"""

from __future__ import annotations

from expectations.checks import NoRows

_UNEXPLAINED = """
    select
        indicator_code || '/' || variant as record,
        label_vi,
        label_en,
        found,
        expected
    from moved_figures
    where explained_by is null
    order by record
"""

_DOSSIERS = "select dossier_key as record from unexplained_dossiers order by record"

PREVIOUS_RELEASE_AGREEMENT = NoRows("previous_release_agreement", finds=_UNEXPLAINED, evidence=_DOSSIERS)
