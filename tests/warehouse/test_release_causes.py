"""`release diff` finds exactly the records that were planted, and what each moved."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from lake_of_days import SECRET, LakeOfDays
from province_rows import PROCEDURES, province

from orchestration.console import differences
from orchestration.console.output import Console
from orchestration.extracts.pseudonyms import lookup
from orchestration.release import arrivals, causes
from orchestration.release.diff import diff
from orchestration.release.moves import MovedFigure, ReleaseDiff

if TYPE_CHECKING:
    from orchestration.release.released import Release

FIRST_DAY, SECOND_DAY = datetime(2023, 2, 1, 8), datetime(2023, 2, 11, 8)
OTHER_RULES = {
    "targets": "update reference.targets set target = 0.5 where indicator_code = 'dossiers_on_time_rate'",
    "baselines": "update reference.baselines set baseline_on = date '2021-12-14'",
}
ON_TIME = ("dossiers_on_time_rate", "form_06a")
RECEIVED = ("dossiers_received", "default")


def _dossier(code: str, **changes: Any) -> dict[str, Any]:
    """A dossier of March that was finished a day before it was due."""
    row = {
        "dossier_code": code, "procedure_code": PROCEDURES[0], "agency_code": "H28.1", "channel": "1", "status": "9",
        "received_at": datetime(2022, 3, 1, 8), "due_at": datetime(2022, 3, 10, 17),
        "finished_at": datetime(2022, 3, 9, 9), "updated_at": datetime(2022, 3, 9, 9),
    }  # fmt: skip
    return row | changes


def _task(code: str, **changes: Any) -> dict[str, Any]:
    row = {
        "task_code": code, "issuer": "government", "assigned_on": date(2022, 2, 1), "lead_agency_code": "H28.1",
        "deadline": date(2022, 5, 1), "completed_on": date(2022, 4, 1), "updated_at": "2022-09-01 00:00:00",
    }  # fmt: skip
    return row | changes


class Planted:
    """A random lake with records planted between its first and its second release."""

    def __init__(self, lake: LakeOfDays, seed: int) -> None:
        random = Random(seed)
        rows, _ = province(seed, 12)
        known = {
            kind: [f"P-{kind}-{number}" for number in range(random.randint(1, 3))]
            for kind in ("c", "w", "same")
        }
        self.late = {f"P-l-{number}" for number in range(random.randint(1, 3))}
        self.corrected, self.withdrawn, self.same = (set(known[kind]) for kind in ("c", "w", "same"))
        for feed in ("agencies", "procedures", "dossiers", "dossier_events"):
            taken: dict[str, list[Any]] = {}
            for row in rows[feed][:120]:
                taken.setdefault(str(row.get("file_id", ""))[-1:], []).append(row)
            for part, chosen in taken.items():
                lake.land(feed, f"2023-01-2{part or 0}_base", chosen)
        lake.land(
            "dossiers", "2023-01-31_known", [_dossier(code) for codes in known.values() for code in codes]
        )
        lake.land("tasks", "2023-01-31_known", [*rows["tasks"][:20], _task("P-t-0")])
        lake.ingest(FIRST_DAY)
        self.first = lake.release()
        late = datetime(2022, 3, 15, 9)
        lake.land(
            "dossiers",
            "2023-02-10_second",
            [
                *(_dossier(code) for code in self.late | self.same),
                *(_dossier(code, finished_at=late, updated_at=late) for code in self.corrected),
                *(_dossier(code, deleted_at=datetime(2023, 2, 10)) for code in self.withdrawn),
            ],
        )
        lake.land(
            "tasks",
            "2023-02-10_second",
            [_task("P-t-1", completed_on=None), _task("P-t-0", deadline=date(2022, 3, 1))],
        )
        lake.ingest(SECOND_DAY)
        self.second = lake.release()
        self.otherwise = lake.release(rules=OTHER_RULES)
        self.lake = lake

    def between(self, before: Release, after: Release) -> ReleaseDiff:
        return diff(self.lake.lake, before.release_id, after.release_id, self.lake.settings)

    def codes(self, found: ReleaseDiff, figure: tuple[str, str], cause: str) -> set[str]:
        """The dossiers named by their codes."""
        told = next((item for item in _figure(found, figure).causes if item.cause == cause), None)
        return {lookup(self.lake.lake, key) for key in told.sample_keys} if told else set()


def _figure(found: ReleaseDiff, key: tuple[str, str]) -> MovedFigure:
    return next(item for item in found.figures if (item.indicator_code, item.variant) == key)


def _moved(found: ReleaseDiff, key: tuple[str, str]) -> dict[str, tuple[float, float]]:
    return {cause.cause: (cause.numerator, cause.denominator) for cause in _figure(found, key).causes}


@pytest.fixture(scope="module", params=[11])
def planted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return Planted(LakeOfDays(tmp_path_factory.mktemp("planted")), request.param)


@pytest.fixture(scope="module")
def arrived(planted: Planted) -> ReleaseDiff:
    return planted.between(planted.first, planted.second)


def test_each_cause_moved_what_was_planted(planted: Planted, arrived: ReleaseDiff) -> None:
    late, corrected, withdrawn = (
        len(codes) for codes in (planted.late, planted.corrected, planted.withdrawn)
    )

    assert arrived.adds_up
    assert arrived.causes == ("late", "corrected", "withdrawn")
    assert _moved(arrived, ON_TIME) == {
        "late": (late, late), "corrected": (-corrected, 0), "withdrawn": (-withdrawn, -withdrawn),
    }  # fmt: skip
    assert _moved(arrived, RECEIVED) == {"late": (late, 0), "withdrawn": (-withdrawn, 0)}
    assert _moved(arrived, ("tasks_assigned", "default")) == {"late": (1, 0)}
    assert _moved(arrived, ("tasks_completed_late", "default")) == {"corrected": (1, 0)}


def test_the_dossiers_behind_are_the_planted_ones(planted: Planted, arrived: ReleaseDiff) -> None:
    assert planted.codes(arrived, ON_TIME, "late") == planted.late
    assert planted.codes(arrived, ON_TIME, "corrected") == planted.corrected
    assert planted.codes(arrived, ON_TIME, "withdrawn") == planted.withdrawn
    log = (planted.lake.lake.restricted / "trace.log").read_text("utf-8")
    assert log.count("found") >= len(planted.late | planted.corrected | planted.withdrawn)


def test_records_delivered_again_as_they_were_are_counted_apart(
    planted: Planted, arrived: ReleaseDiff
) -> None:
    records = {(item.cause, item.feed): item for item in arrived.records}

    assert records["corrected", "dossiers"].unchanged == len(planted.same)
    assert records["corrected", "dossiers"].records == len(planted.same | planted.corrected)
    assert records["late", "dossiers"].agencies == {"H28.1": len(planted.late)}
    assert records["withdrawn", "dossiers"].records == len(planted.withdrawn)
    assert records["late", "tasks"].sample == ("P-t-1",)


def test_members_move_by_the_same_causes(planted: Planted, arrived: ReleaseDiff) -> None:
    members = {(item.agency_level, item.agency_code): item for item in _figure(arrived, RECEIVED).members}

    assert members.keys() == {("province", "*"), ("province", "H28.1")}
    assert members["province", "H28.1"].causes == {
        "late": (len(planted.late), 0), "withdrawn": (-len(planted.withdrawn), 0),
    }  # fmt: skip


def test_a_changed_target_moves_a_status_and_no_count(planted: Planted) -> None:
    found = planted.between(planted.second, planted.otherwise)

    assert found.adds_up
    assert (found.causes, found.order) == (("rules",), "alone")
    assert found.components_changed == ("seed:baselines", "seed:targets")
    figure = _figure(found, ON_TIME)
    assert figure.target_moved
    assert figure.causes == ()
    assert figure.before is not None
    assert figure.after is not None
    assert figure.before["numerator"] == figure.after["numerator"]
    assert set(_moved(found, ("public_service_units_reduced", "net"))) == {"rules"}


def test_where_both_differ_the_records_come_first_and_the_rules_are_the_rest(
    planted: Planted, arrived: ReleaseDiff
) -> None:
    both = planted.between(planted.first, planted.otherwise)
    rules = planted.between(planted.second, planted.otherwise)

    assert both.adds_up
    assert (both.causes, both.order) == (("late", "corrected", "withdrawn", "rules"), "before")
    assert _moved(both, ON_TIME) == _moved(arrived, ON_TIME)
    reduced = ("public_service_units_reduced", "net")
    assert _moved(both, reduced)["rules"] == _moved(rules, reduced)["rules"]


def test_the_way_of_computing_comes_first_where_this_checkout_computes_the_later_way_alone(
    planted: Planted,
) -> None:
    first = planted.lake.release(FIRST_DAY, rules=OTHER_RULES)
    found = planted.between(first, planted.second)

    assert found.order == "after"
    assert found.causes == ("rules", "late", "corrected", "withdrawn")
    assert found.adds_up
    assert not found.backwards


def test_asked_the_other_way_round_the_causes_stay_and_the_numbers_turn(
    planted: Planted, arrived: ReleaseDiff
) -> None:
    back = planted.between(planted.second, planted.first)

    assert (back.backwards, arrived.backwards) == (True, False)
    assert (back.before, back.after) == (planted.second.release_id, planted.first.release_id)
    assert (back.adds_up, back.rebuilt) == (True, True)
    assert back.causes == arrived.causes == ("late", "corrected", "withdrawn")
    assert back.records == arrived.records
    for figure in arrived.figures:
        key = (figure.indicator_code, figure.variant)
        turned = _figure(back, key)
        assert (turned.before, turned.after) == (figure.after, figure.before)
        assert _moved(back, key) == {cause: (-n, -d) for cause, (n, d) in _moved(arrived, key).items()}
        assert [member.causes for member in turned.members] == [
            {cause: (-n, -d) for cause, (n, d) in member.causes.items()} for member in figure.members
        ]
    assert planted.codes(back, ON_TIME, "late") == planted.late
    assert planted.codes(back, ON_TIME, "withdrawn") == planted.withdrawn
    late = len(planted.late)
    assert next(item for item in _figure(back, ON_TIME).causes if item.cause == "late").agencies == {
        "H28.1": (late, -late, -late)
    }
    moved, asked = back.dossiers[0], arrived.dossiers[0]
    assert (moved.added, moved.removed, moved.changed) == (asked.removed, asked.added, asked.changed)
    assert moved.late == asked.late > 0


def test_the_other_way_round_the_records_come_first_under_the_way_of_the_release_known_earlier(
    planted: Planted,
) -> None:
    there = planted.between(planted.first, planted.otherwise)
    back = planted.between(planted.otherwise, planted.first)

    assert (back.backwards, back.adds_up) == (True, True)
    assert (back.causes, back.order) == (("late", "corrected", "withdrawn", "rules"), "before")
    reduced = ("public_service_units_reduced", "net")
    assert _moved(back, reduced) == {cause: (-n, -d) for cause, (n, d) in _moved(there, reduced).items()}


def test_a_release_that_lies_between_tells_apart_what_no_checkout_computes(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(causes, "build_fingerprint", lambda: "another checkout")
    found = planted.between(planted.first, planted.otherwise)

    assert (found.order, found.between) == ("release", planted.second.release_id)
    assert found.causes == ("records", "rules")
    assert found.adds_up
    assert not found.rebuilt


def test_the_dossiers_alone_lead_to_the_same_answer_as_all_of_them(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(causes, "SMALL", 0)  # all of them in a database on the disk, as for a large lake
    answers = []
    for small in (0, 10**9):
        with duckdb.connect() as connection:
            releases = (planted.first, planted.second)
            way, _ = causes.explain(connection, planted.lake.lake, releases, planted.lake.settings, small)
            answers.append((way.whole, connection.execute("from told.moves order by all").fetchall()))

    assert [whole for whole, _ in answers] == [False, True]
    assert answers[0][1] == answers[1][1]


def test_the_terminal_says_it_in_both_languages_and_names_dossiers_on_demand(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("ENV", "test"), ("LAKE", str(planted.lake.lake.root)), ("PSEUDONYM_SECRET", SECRET)):
        monkeypatch.setenv(f"CCHC_{name}", value)
    monkeypatch.setattr(causes, "build_fingerprint", lambda: "another checkout")
    ids = (planted.first.release_id, planted.otherwise.release_id)
    differences.diff(Console(as_json=False), *ids, codes=True)
    told = capsys.readouterr().out
    for words in (
        "bản ghi (đến muộn, sửa, rút)", "Told apart by a release", planted.second.release_id, "seed:targets",
        "the target changed", "bản ghi đến muộn · dossiers", "P-l-0", "P-w-0",
    ):  # fmt: skip
        assert words in told
    differences.diff(Console(as_json=False), *ids, codes=False)
    there = capsys.readouterr().out
    assert "P-l-0" not in there
    assert "NOTE:" not in there
    assert "read only later: dossiers dossiers/2023-02-10_second" in there
    differences.diff(Console(as_json=False), *reversed(ids), codes=False)
    back = capsys.readouterr().out
    assert f"CHÚ Ý: {ids[1]} được chốt sau {ids[0]}" in back
    assert f"NOTE: {ids[1]} is known later than {ids[0]}" in back
    assert "read only later: dossiers dossiers/2023-02-10_second" in back


def test_a_state_that_forgets_a_record_is_told_as_unexplained(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(arrivals.STATES, "withdrawn", "in_new and record_key not like '%P-l-0%'")
    found = planted.between(planted.first, planted.second)

    assert not found.adds_up
    assert _moved(found, RECEIVED)["unexplained"] == (1, 0)


def test_a_record_under_a_wrong_cause_is_seen(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(arrivals.STATES, "late", arrivals.STATES["corrected"])
    found = planted.between(planted.first, planted.second)

    assert found.adds_up
    assert planted.codes(found, ON_TIME, "late") != planted.late


def test_where_raw_no_longer_holds_what_was_read_the_records_are_one_cause(planted: Planted) -> None:
    ledger = planted.lake.lake.ledger
    gone = next(path for path in ledger.glob("*.json") if "2023-02-10_second" in path.read_text("utf-8"))
    text = gone.read_text("utf-8")
    gone.unlink()
    try:
        found = planted.between(planted.first, planted.second)
    finally:
        gone.write_text(text, "utf-8")

    assert (found.causes, found.rebuilt, found.adds_up) == (("records",), False, True)
