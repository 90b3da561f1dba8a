"""The run history: Dagster's own files, written through connections that stay open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.console.dagster_run import prepare_home
from orchestration.lake import Lake
from orchestration.run_history import OpenSqliteEventLogStorage

if TYPE_CHECKING:
    from pathlib import Path


@dg.asset
def counted() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset(deps=[counted])
def summed() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 1})


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "elsewhere"))
    lake = Lake(tmp_path)
    prepare_home(lake)
    return lake


def _run() -> str:
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, OpenSqliteEventLogStorage)
        return dg.materialize([counted, summed], instance=instance).run_id


def test_dagster_itself_reads_what_was_recorded(lake: Lake) -> None:
    run_id = _run()
    plain = SqliteEventLogStorage(str(lake.dagster_home / "history" / "runs"))
    entries = plain.get_logs_for_run(run_id)
    told = [entry.dagster_event.event_type for entry in entries if entry.dagster_event]
    assert told.count(dg.DagsterEventType.ASSET_MATERIALIZATION) == 2
    assert told[-1] is dg.DagsterEventType.RUN_SUCCESS
    records = {record.asset_entry.asset_key.to_user_string(): record for record in plain.get_asset_records()}
    materialization = records["counted"].asset_entry.last_materialization
    assert materialization is not None
    assert materialization.run_id == run_id


def test_a_later_process_goes_on_with_the_history(lake: Lake) -> None:
    earlier = _run()
    later = _run()
    with dg.DagsterInstance.get() as instance:
        found = instance.fetch_materializations(dg.AssetKey("summed"), limit=5).records
        assert [record.run_id for record in found] == [later, earlier]
        assert instance.all_logs(earlier)
