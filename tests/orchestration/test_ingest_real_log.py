"""A real event log through nothing but YAML; the log lies beside the checkout and is never part of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.orchestration.ingest_lake import make_lake

PLACES = [
    Path(os.environ.get("CCHC_REAL_LOG", "/nonexistent")),
    Path(__file__).resolve().parents[3] / "shared" / "data" / "wabo_receipt_log.csv",
]
LOG = next((path for path in PLACES if path.is_file()), None)


@pytest.mark.skipif(LOG is None, reason="the real log wabo_receipt_log.csv does not lie beside the checkout")
def test_the_real_log_gives_what_is_known_of_it(tmp_path: Path):
    lake = make_lake(tmp_path, CCHC_TIMEZONE="Europe/Amsterdam")
    target = lake.lake.landing / "dossiers" / "wabo" / "2012-01-31_receipt.csv"
    target.parent.mkdir(parents=True)
    shutil.copy(LOG, target)
    report = lake.ingest()
    [output] = report.of_status("new")[0].entry.outputs
    assert (output.lines, output.accepted, output.quarantined, output.skipped) == (8578, 1434, 0, 7144)
    assert output.findings == {"event_after_case_end": 180, "ended_before_received": 2}
    [found] = lake.query(
        """
        select count(*), count(due_at), count(finished_at), count(*) filter (finished_at is null),
            count(*) filter (finished_at > due_at), count(*) filter (finished_at::date > due_at::date),
            count(*) filter (status = '9'), count(distinct dossier_key)
        from rows
        """,
        "raw",
        "dossiers",
    )
    assert found == (1434, 1434, 1329, 105, 389, 322, 1329, 1434)
    assert lake.query("select channel, count(*) from rows group by 1 order by 1", "raw", "dossiers") == [
        ("1", 131),
        ("2", 1250),
        ("3", 53),
    ]
