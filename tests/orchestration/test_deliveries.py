"""Deliveries by extract date: one ingest may take several days, and Dagster knows each of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from ingest_lake import EVENTS, make_lake


def test_an_ingest_reports_each_extract_date_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.definitions import defs

    monkeypatch.setenv("CCHC_ENV", "test")
    monkeypatch.setenv("CCHC_LAKE", str(tmp_path))
    lake = make_lake(tmp_path)
    for day in ("2022-09-15", "2022-09-17"):
        lake.land(f"dossier_events/mot_cua/{day}_e.csv", EVENTS + f"{day},2022-03-01 08:00:00,2,1,CB1,x\n")
    key = dg.AssetKey(["deliveries", "dossier_events"])
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs().resolve_job_def("ingest")
        for _ in range(2):
            assert job.execute_in_process(instance=instance).success
        assert instance.get_materialized_partitions(key) == {"2022-09-15", "2022-09-17"}
        assert instance.get_dynamic_partitions("extract_date") == ["2022-09-15", "2022-09-17"]
        records = instance.fetch_materializations(key, limit=10).records
    assert len(records) == 2  # the second ingest found nothing new, and says nothing of deliveries


def test_a_feed_is_late_by_the_rhythm_of_its_quickest_profile() -> None:
    from orchestration.defs.extracts.deliveries import deliveries, windows

    assert windows()
    policies = {spec.key.path[1]: spec.freshness_policy for spec in deliveries}
    for feed, window in windows().items():
        assert window >= timedelta(days=1)
        assert policies[feed] == dg.FreshnessPolicy.time_window(fail_window=window)
