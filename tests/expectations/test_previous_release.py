"""A figure that was released before moves only for a known reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rule_faults
from small_province import EARLIER, KNOWN_AT, PERIOD, failed_in, inputs, rules_of

Judge = Callable[..., dict[str, Any]]
FIGURE_MARTS = ("headline_figures", "indicator_values", "form_06a")
MOVED_TASKS = rule_faults.figure("tasks_extended", "7") + rule_faults.figure(
    "surveys_conducted", "2", status="met"
)
_PERIODS = "period_code in ('2022-09', '2022-Q3', '2022-9M')"
MOVED_DOSSIERS = (
    rule_faults.figure("dossiers_received", "numerator + 1", where=f"{_PERIODS} and {rule_faults.DEPARTMENT}")
    + rule_faults.figure(
        "dossiers_certification_received",
        "numerator + 1",
        variant="without",
        where=f"{_PERIODS} and {rule_faults.DEPARTMENT}",
    )
    + f"""
        update form_06a set received_direct = received_direct + 1
        where {_PERIODS} and agency_code = 'H28.1';
    """
)
"""One dossier more, filed in September: in every period that holds it, and in each figure that counts it."""


def _late(feed: str) -> dict[str, Any]:
    """The manifest's inputs, with one file recorded after the earlier release."""
    late = next(entry for entry in inputs() if entry["feed"] == feed)
    return {
        "inputs": [
            *inputs(),
            late
            | {"file": f"{feed}/late.csv", "recorded_at": "2022-09-28T00:00:00.000000", "quarantined": 0},
        ]
    }


def test_the_same_figures_agree(judge: Judge, publish: Callable[..., Path]) -> None:
    assert failed_in(judge(only=FIGURE_MARTS, audit={"published_figures": publish()})) == set()


def test_a_figure_that_moved_without_a_reason_is_named_with_both_values(
    judge: Judge, publish: Callable[..., Path]
) -> None:
    audit = judge(MOVED_TASKS, audit={"published_figures": publish()})
    assert failed_in(audit) == {"previous_release_agreement"}
    rule = rules_of(audit)["previous_release_agreement"]
    assert rule["sample_keys"] != []
    assert "trước là 1, nay là 2" in rule["message_vi"]
    assert "Sociological surveys conducted, 1 before, 2 now" in rule["message_en"]


def test_records_of_its_feed_recorded_since_explain_a_move(
    judge: Judge, publish: Callable[..., Path]
) -> None:
    audit = judge(
        MOVED_TASKS,
        only=FIGURE_MARTS,
        audit={"published_figures": publish()},
        manifest_changes=_late("steering_events"),
    )
    assert failed_in(audit) == set()


def test_records_of_another_family_explain_nothing(judge: Judge, publish: Callable[..., Path]) -> None:
    audit = judge(
        MOVED_TASKS,
        only=FIGURE_MARTS,
        audit={"published_figures": publish()},
        manifest_changes=_late("staff"),
    )
    assert failed_in(audit) == {"previous_release_agreement"}


@pytest.mark.parametrize(
    ("recorded", "failed"),
    [("2022-09-28 09:00:00", set()), ("2022-09-20 09:00:00", {"previous_release_agreement"})],
)
def test_dossiers_are_explained_one_by_one(
    recorded: str, failed: set[str], judge: Judge, publish: Callable[..., Path]
) -> None:
    changes = (
        MOVED_DOSSIERS
        + f"""
        update fct_dossiers set channel = '3', last_recorded_at = timestamp '{recorded}'
        where dossier_key = (select min(dossier_key) from fct_dossiers);
    """
    )
    audit = judge(
        changes, only=FIGURE_MARTS, audit={"published_figures": publish()}, manifest_changes=_late("dossiers")
    )
    assert failed_in(audit) == failed
    if failed:
        keys = rules_of(audit)["previous_release_agreement"]["sample_keys"]
        assert [len(key) for key in keys] == [64]


def test_late_events_explain_dossiers_that_have_no_new_record_themselves(
    judge: Judge, publish: Callable[..., Path]
) -> None:
    changes = (
        MOVED_DOSSIERS
        + "update fct_dossiers set channel = '3' where dossier_key = (select min(dossier_key) from fct_dossiers)"
    )
    late = _late("dossier_events")
    audit = judge(changes, only=FIGURE_MARTS, audit={"published_figures": publish()}, manifest_changes=late)
    assert failed_in(audit) == set()


def test_a_pull_of_events_that_found_nothing_new_lets_no_dossier_change(
    judge: Judge, publish: Callable[..., Path]
) -> None:
    changes = (
        MOVED_DOSSIERS
        + "update fct_dossiers set channel = '3' where dossier_key = (select min(dossier_key) from fct_dossiers)"
    )
    nothing = _late("dossier_events")
    nothing["inputs"][-1] |= {"rows": 0, "accepted": 0}
    audit = judge(
        changes, only=FIGURE_MARTS, audit={"published_figures": publish()}, manifest_changes=nothing
    )
    assert failed_in(audit) == {"previous_release_agreement"}
    assert len(rules_of(audit)["previous_release_agreement"]["sample_keys"]) == 1


def _restated(tmp_path: Path) -> Path:
    path = tmp_path / "restatements.yml"
    path.write_text(
        f"restatements:\n  - {{period: {PERIOD}, indicator: surveys_conducted, reason: Mới., person: Trần Thị B}}\n",
        "utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("fingerprint", "failed"), [("e" * 64, set()), ("f" * 64, {"previous_release_agreement"})]
)
def test_a_restatement_counts_where_the_way_of_computing_changed(
    fingerprint: str, failed: set[str], judge: Judge, publish: Callable[..., Path], tmp_path: Path
) -> None:
    audit = {
        "published_figures": publish(build_fingerprint=fingerprint),
        "restatements_path": _restated(tmp_path),
    }
    assert failed_in(judge(MOVED_TASKS, only=FIGURE_MARTS, audit=audit)) == failed


@pytest.mark.parametrize("earlier", [{"provisional": True}, {"known_at": "2022-10-02T00:00:00.000000"}])
def test_provisional_releases_and_those_that_knew_more_take_no_part(
    earlier: dict[str, Any], judge: Judge, publish: Callable[..., Path]
) -> None:
    assert KNOWN_AT < "2022-10-02"
    audit = judge(MOVED_TASKS, only=FIGURE_MARTS, audit={"published_figures": publish(**earlier)})
    assert failed_in(audit) == set()


def test_a_pruned_release_is_still_compared_with(
    judge: Judge, publish: Callable[..., Path], tmp_path: Path
) -> None:
    published = publish()
    (tmp_path / "releases" / EARLIER / "manifest.json").unlink()
    (tmp_path / "releases" / EARLIER / "marts" / "fct_dossiers.parquet").unlink()
    audit = judge(MOVED_TASKS, only=FIGURE_MARTS, audit={"published_figures": published})
    assert failed_in(audit) == {"previous_release_agreement"}
    assert json.dumps(audit)
