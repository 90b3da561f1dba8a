"""A released figure moves beyond its limit only with records or a signed restatement, and every move is told.

Most tests ask the evidence alone what explains a move; two go through the whole audit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import rule_faults
from small_province import EARLIER, JUDGED_ON, PERIOD, failed_in, inputs, write_candidate

from expectations.evidence import Candidate, open_evidence, read_candidate
from expectations.limits import RESTATED_FIGURES, figure_limits_on, limits_on, load_limits
from expectations.previous import Previous
from expectations.registry import load_registry
from expectations.restated import moves_document
from expectations.waivers import load_restatements
from orchestration.errors import UsageError
from orchestration.release.printing import EN, VI
from orchestration.release.restated import reason_of, restatements_by_figure

Judge = Callable[..., dict[str, Any]]
Moves = Callable[..., dict[str, dict[str, Any]]]
SAME_WAY, OTHER_WAY = "f" * 64, "e" * 64
MOVED = rule_faults.figure("surveys_conducted", "2", status="met") + rule_faults.figure(
    "procedures_announced_rate", "numerator - 1", "denominator", status="missed"
)
"""A count that was 1, and a rate that was 1."""
RATE = "procedures_announced_rate"


def _entry(tmp_path: Path, **changes: Any) -> Path:
    entry = {"period": PERIOD, "indicator": "surveys_conducted", "reason": "Đếm lại.", "person": "Trần Thị B"}
    path = tmp_path / "restatements.yml"
    lines = "\n".join(f"    {key}: {value}" for key, value in (entry | changes).items())
    path.write_text(f"restatements:\n  -\n{lines}\n", "utf-8")
    return path


def _limits(tmp_path: Path, *entries: dict[str, Any]) -> Path:
    path = tmp_path / "limits.yml"
    text = "limits:\n"
    for entry in entries:
        said = {
            "rule_id": RESTATED_FIGURES,
            "valid_from": "2010-01-01",
            "reason": "Thử.",
            "owner": "Văn phòng",
        }
        text += "  -\n" + "".join(f"    {key}: {value}\n" for key, value in (said | entry).items())
    path.write_text(text, "utf-8")
    return path


def _late(records: int, whole: str | None) -> dict[str, Any]:
    """The manifest's inputs with one file of events recorded after the earlier release."""
    file = next(entry for entry in inputs() if entry["feed"] == "steering_events")
    late = {"file": "steering_events/late.csv", "recorded_at": "2022-09-28T00:00:00.000000", "quarantined": 0}
    late = file | late | {"rows": records, "accepted": records}
    named = {name: late[name] for name in ("feed", "source", "file", "recorded_at")}
    return {"inputs": [*inputs(), late], "whole_inputs": [named | {"whole": whole}] if whole else []}


@pytest.fixture(scope="module")
def moved(province: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Candidate:
    """A candidate of which two figures are not as they were released."""
    folder = tmp_path_factory.mktemp("moved")
    before = write_candidate(province, folder / "before")
    candidate = read_candidate(write_candidate(province, folder / "candidate", changes=MOVED))
    return replace(candidate, manifest=candidate.manifest | {"before": str(before)})


@pytest.fixture
def moves(moved: Candidate) -> Moves:
    """What moved and what explains it, by indicator."""

    def ask(
        *,
        way: str = SAME_WAY,
        restatements: Path | None = None,
        limits: Path | None = None,
        late: int | None = None,
        whole: str | None = None,
        folder: Path | None = None,
    ) -> dict[str, dict[str, Any]]:
        manifest = moved.manifest if late is None else moved.manifest | _late(late, whole)
        figures = duckdb.execute(
            "select indicator_code, variant, value, cast(numerator as double) as numerator, "
            "cast(denominator as double) as denominator from read_parquet(?)",
            [f"{manifest['before']}/marts/headline_figures.parquet"],
        )
        names = [column[0] for column in figures.description or []]
        release = {
            "release_id": EARLIER,
            "known_at": "2022-09-21T00:00:00",
            "build_fingerprint": way,
            "settings": '{"province": "H28", "timezone": "Asia/Ho_Chi_Minh"}',
        }
        rows = [dict(zip(names, row, strict=True)) for row in figures.fetchall()]
        known = load_limits(limits, load_registry()) if limits else []
        entries = load_restatements(restatements) if restatements else []
        evidence = open_evidence(
            replace(moved, manifest=manifest, folder=folder or moved.folder),
            (),
            limits_on(known, moved.last_day),
            [entry for entry in entries if entry.in_force(JUDGED_ON)],
            Previous([release], rows, None),
            figure_limits_on(known, moved.last_day),
        )
        with evidence:
            return {move["indicator_code"]: move for move in moves_document(evidence)}

    return ask


def test_every_figure_that_moved_is_told_with_what_it_was_and_is(moves: Moves) -> None:
    told = moves()
    assert told.keys() == {"surveys_conducted", RATE}
    assert (told["surveys_conducted"]["before"], told["surveys_conducted"]["after"]) == (1, 2)
    assert told[RATE]["numerator"] == told[RATE]["numerator_before"] - 1
    assert {move["explained_by"] for move in told.values()} == {None}
    assert {move["since"] for move in told.values()} == {EARLIER}


@pytest.mark.parametrize(
    ("changes", "way", "explained_by"),
    [
        ({}, OTHER_WAY, "restatement"),
        ({}, SAME_WAY, None),  # nothing was computed otherwise: there is nothing to restate
        ({"expires_on": "2022-10-01"}, OTHER_WAY, "restatement"),
        ({"expires_on": "2022-09-30"}, OTHER_WAY, None),
        ({"indicator": "dialogues_held"}, OTHER_WAY, None),
        ({"period": "2022-Q3"}, OTHER_WAY, None),
    ],
)
def test_an_entry_counts_for_its_figure_and_period_up_to_its_last_day(
    changes: dict[str, Any], way: str, explained_by: str | None, moves: Moves, tmp_path: Path
) -> None:
    move = moves(way=way, restatements=_entry(tmp_path, **changes))["surveys_conducted"]
    assert move["explained_by"] == explained_by
    assert (move["reason"], move["person"]) == (("Đếm lại.", "Trần Thị B") if explained_by else (None, None))


@pytest.mark.parametrize(
    ("share", "indicator", "explained_by"),
    [
        ("1", None, "limit"),  # from 1 to 2: exactly the whole of what was released
        ("0.99999999", None, None),
        ("1", "surveys_conducted", "limit"),
        ("1", "dialogues_held", None),
    ],
)
def test_a_count_may_move_by_exactly_its_limit_and_by_no_more(
    share: str, indicator: str | None, explained_by: str | None, moves: Moves, tmp_path: Path
) -> None:
    limit = {"max_share": share} | ({"indicator": indicator} if indicator else {})
    told = moves(limits=_limits(tmp_path, limit))
    assert told["surveys_conducted"]["explained_by"] == explained_by


def test_the_limit_of_a_figure_goes_before_that_of_all(moves: Moves, tmp_path: Path) -> None:
    limits = _limits(tmp_path, {"max_share": 1}, {"max_share": 0.5, "indicator": "surveys_conducted"})
    told = moves(limits=limits)
    assert (told["surveys_conducted"]["explained_by"], told[RATE]["explained_by"]) == (None, "limit")


def test_a_rate_may_move_by_exactly_its_limit_in_fractions(moves: Moves, tmp_path: Path) -> None:
    denominator = int(moves()[RATE]["denominator"])
    least = -(
        -(10**8) // denominator
    )  # the smallest share of eight decimals that is not below 1 / denominator
    for share, explained_by in ((least, "limit"), (least - 1, None)):
        told = moves(limits=_limits(tmp_path, {"max_share": f"{share / 10**8:.8f}"}))
        assert told[RATE]["explained_by"] == explained_by, share


@pytest.mark.parametrize(
    ("late", "whole", "way", "explained_by"),
    [
        (1, None, SAME_WAY, "records"),
        (1, None, OTHER_WAY, "records"),  # as many records as the figure moved by
        (0, None, OTHER_WAY, None),  # none of them could have moved it
        (0, None, SAME_WAY, None),  # a pull that found nothing new
        (0, "full_pull", SAME_WAY, None),
        (0, "snapshot", SAME_WAY, "records"),  # it withdraws all that it lacks
        (0, "reread", SAME_WAY, "records"),  # so does a file that no longer gives what it gave
        (1, "full_pull", SAME_WAY, "records"),
        (1000, "snapshot", OTHER_WAY, None),  # nearly all of them were known
        (1000, "full_pull", OTHER_WAY, None),
        (1000, "reread", OTHER_WAY, None),
        (0, "snapshot", OTHER_WAY, None),
    ],
)
def test_records_explain_no_more_than_they_can(
    late: int, whole: str | None, way: str, explained_by: str | None, moves: Moves
) -> None:
    told = moves(way=way, late=late, whole=whole)
    assert told["surveys_conducted"]["explained_by"] == explained_by
    assert told[RATE]["explained_by"] is None  # records of another family


def test_a_whole_delivery_leaves_to_the_others_what_they_can_explain(moved: Candidate, moves: Moves) -> None:
    facts = _late(1000, "snapshot")
    facts["inputs"].append(facts["inputs"][-1] | {"file": "steering_events/new.csv", "accepted": 1})
    moved.manifest.update(facts)
    try:
        assert moves(way=OTHER_WAY)["surveys_conducted"]["explained_by"] == "records"
    finally:
        moved.manifest.update({"inputs": inputs(), "whole_inputs": []})


def test_a_value_that_moved_without_its_counts_is_explained_by_no_number_of_records(
    tmp_path: Path, province: duckdb.DuckDBPyConnection, moves: Moves
) -> None:
    by_value = "update headline_figures set value = value + 1 where indicator_code = 'surveys_conducted'"
    other = write_candidate(province, tmp_path / "candidate", changes=by_value)
    assert moves(way=OTHER_WAY, late=1000, folder=other)["surveys_conducted"]["explained_by"] is None
    assert moves(way=SAME_WAY, late=1000, folder=other)["surveys_conducted"]["explained_by"] == "records"


def test_a_restatement_is_told_even_where_records_arrived_too(moves: Moves, tmp_path: Path) -> None:
    move = moves(way=OTHER_WAY, restatements=_entry(tmp_path), late=1)["surveys_conducted"]
    assert move["explained_by"] == "restatement"
    assert reason_of(move, VI) == "điều chỉnh: Đếm lại. (Trần Thị B)"
    assert reason_of(move, EN) == "restated: Đếm lại. (Trần Thị B)"
    assert restatements_by_figure({"moves": [move]}) == {
        ("surveys_conducted", "default"): "Đếm lại. (Trần Thị B)"
    }


def test_what_nothing_explains_refuses_and_stands_in_the_audit(
    judge: Judge, publish: Callable[..., Path], tmp_path: Path
) -> None:
    given = {
        "published_figures": publish(build_fingerprint=OTHER_WAY),
        "restatements_path": _entry(tmp_path),
    }
    audit = judge(MOVED, only=("headline_figures",), audit=given)
    told = {move["indicator_code"]: move["explained_by"] for move in audit["moves"]}
    assert failed_in(audit) & {RESTATED_FIGURES} == {RESTATED_FIGURES}
    assert told == {"surveys_conducted": "restatement", RATE: None}


def test_a_figure_is_restated_once_for_a_period(tmp_path: Path) -> None:
    path = _entry(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text + text.removeprefix("restatements:\n"), "utf-8")
    with pytest.raises(UsageError, match="restated twice"):
        load_restatements(path)


def test_only_the_rule_of_released_figures_has_limits_of_single_figures(tmp_path: Path) -> None:
    other = {"rule_id": "limit_unknown_agency", "max_share": 0.1, "indicator": "dialogues_held"}
    with pytest.raises(UsageError, match=RESTATED_FIGURES):
        load_limits(_limits(tmp_path, other), load_registry())
    limits = load_limits(
        _limits(tmp_path, {"max_share": 0.1, "indicator": "dialogues_held"}), load_registry()
    )
    assert limits[0].in_force(date(2022, 9, 14))
