"""What a run decides before it does anything."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from orchestration.errors import UsageError
from orchestration.extracts.ledger import LedgerEntry, Output, commit
from orchestration.lake import Lake
from orchestration.planning import Plan, RunOptions, plan_run
from orchestration.settings import load_settings

FIRST, SECOND = datetime(2022, 10, 3, 8), datetime(2022, 10, 9, 17)


def deliver(
    lake: Lake,
    file_id: str,
    recorded_at: datetime,
    extract_date: date,
    supersedes: tuple[str, ...] = (),
    *,
    nothing_new: bool = False,
) -> None:
    commit(
        lake,
        LedgerEntry(
            file_id=file_id,
            feed="dossiers",
            source_name="canonical",
            profile="canonical",
            profile_hash="0" * 12,
            parser_version="1",
            file=f"dossiers/{file_id}.csv",
            sha256=file_id * 8,
            bytes=1,
            extract_date=extract_date,
            recorded_at=recorded_at,
            clock="injected",
            timezone="Asia/Ho_Chi_Minh",
            mode="delta",
            covers=None,
            simulated=False,
            supersedes=supersedes,
            secret_id="s",
            outputs=(
                Output("dossiers", 0, 0, 0, 0, 0) if nothing_new else Output("dossiers", 2, 1, 1, 0, 1),
            ),
            pull={"kind": "sql"} if nothing_new else None,
        ),
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path)
    deliver(made, "aaaaaaaa", FIRST, date(2022, 9, 30))
    deliver(made, "bbbbbbbb", SECOND, date(2022, 10, 9))
    return made


def plan(lake: Lake, *, timezone: str = "Asia/Ho_Chi_Minh", kind: str = "month", **options: object) -> Plan:
    variables = {
        "CCHC_LAKE": str(lake.root),
        "CCHC_TIMEZONE": timezone,
        "CCHC_PERIOD_KIND": kind,
        "CCHC_ENV": "test",
    }
    return plan_run(lake, load_settings(variables), RunOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "code"), [("month", "2022-09"), ("quarter", "2022-Q3"), ("nine_months", "2022-9M")]
)
def test_default_period_is_the_last_one_over_before_the_latest_extract(
    lake: Lake, kind: str, code: str
) -> None:
    assert plan(lake, kind=kind).facts.period.code == code


def test_known_at_defaults_to_the_latest_arrival_and_moves_pointers(lake: Lake) -> None:
    decided = plan(lake, period="2022-9M")
    assert decided.facts.known_at == SECOND
    assert decided.moves_pointers
    assert len(decided.entries) == 2


def test_an_older_known_at_sees_less_has_another_id_and_moves_nothing(lake: Lake) -> None:
    now, then = plan(lake, period="2022-9M"), plan(lake, period="2022-9M", known_at="2022-10-05")
    assert [entry.file_id for entry in then.entries] == ["aaaaaaaa"]
    assert then.facts.release_id != now.facts.release_id
    assert not then.moves_pointers


def test_a_known_at_after_the_latest_arrival_is_that_arrival(lake: Lake) -> None:
    assert plan(lake, period="2022-9M", known_at="2030-01-01").facts == plan(lake, period="2022-9M").facts


@pytest.mark.parametrize(
    "moment", [FIRST.isoformat(), "2022-10-03", "2022-10-05T12:00", "2022-10-09T16:59:59.999999"]
)
def test_every_moment_between_two_arrivals_names_the_release_that_a_run_would_have_made_then(
    lake: Lake, moment: str
) -> None:
    (lake.ledger / "bbbbbbbb.json").rename(lake.ledger / "later")
    first = plan(lake, period="2022-9M")
    (lake.ledger / "later").rename(lake.ledger / "bbbbbbbb.json")

    assert plan(lake, period="2022-9M", known_at=moment).facts == first.facts


def test_a_known_at_before_the_first_arrival_is_refused(lake: Lake) -> None:
    with pytest.raises(UsageError, match="Nothing had arrived"):
        plan(lake, period="2022-9M", known_at="2022-10-02")


def test_a_day_as_known_at_means_its_end(lake: Lake) -> None:
    assert plan(lake, period="2022-9M", known_at="2022-10-09").facts.known_at == SECOND
    assert plan(lake, period="2022-9M", known_at="2022-10-09T00:00").facts.known_at == FIRST


def test_an_offset_in_known_at_is_converted(lake: Lake) -> None:
    assert plan(lake, period="2022-9M", known_at="2022-10-09T10:00+00:00").facts.known_at == SECOND
    assert plan(lake, period="2022-9M", known_at="2022-10-09T09:59:59+00:00").facts.known_at == FIRST


def test_a_replayed_file_counts_once_from_its_replay_on(lake: Lake) -> None:
    deliver(lake, "cccccccc", datetime(2022, 10, 12), date(2022, 9, 30), supersedes=("aaaaaaaa",))
    assert [entry.file_id for entry in plan(lake, period="2022-9M").entries] == ["bbbbbbbb", "cccccccc"]
    before = plan(lake, period="2022-9M", known_at=SECOND.isoformat())
    assert [entry.file_id for entry in before.entries] == ["aaaaaaaa", "bbbbbbbb"]


def test_a_period_ends_with_its_last_second(lake: Lake) -> None:
    deliver(lake, "dddddddd", datetime(2022, 10, 15), date(2022, 10, 15))
    assert plan(lake, period="2022-10").facts.provisional is False
    with pytest.raises(UsageError, match="not over"):
        plan(lake, period="2022-10", known_at="2022-10-14T23:59:59.999999")


def test_a_provisional_period_is_judged_at_known_at_and_moves_nothing(lake: Lake) -> None:
    decided = plan(lake, period="2022-10", provisional=True)
    assert decided.facts.provisional
    assert decided.scope.effective_end == SECOND
    assert not decided.moves_pointers


def test_a_period_that_is_over_is_never_provisional(lake: Lake) -> None:
    assert plan(lake, period="2022-9M", provisional=True).facts == plan(lake, period="2022-9M").facts


def test_another_time_zone_than_the_lakes_is_refused(lake: Lake) -> None:
    with pytest.raises(UsageError, match="Asia/Ho_Chi_Minh"):
        plan(lake, period="2022-9M", timezone="Europe/Amsterdam")


def test_an_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cchc simulate"):
        plan(Lake(tmp_path), period="2022-9M")


def test_a_source_that_says_every_day_that_nothing_is_new_makes_one_new_release_after_the_period(lake: Lake):
    before = plan(lake, period="2022-Q3")
    deliver(lake, "cccccccc", datetime(2022, 10, 10, 5), date(2022, 10, 10), nothing_new=True)
    assert plan(lake, period="2022-Q3").facts.release_id == before.facts.release_id, (
        "it had spoken after the period"
    )
    yearly = plan(lake, period="2022-10", provisional=True)
    assert yearly.facts.known_at == SECOND
    deliver(lake, "dddddddd", datetime(2022, 11, 16, 5), date(2022, 11, 16), nothing_new=True)
    first = plan(lake, period="2022-11")
    assert first.facts.known_at == datetime(2022, 11, 16, 5), (
        "that nothing came by the end of the period is news"
    )
    deliver(lake, "eeeeeeee", datetime(2022, 11, 17, 5), date(2022, 11, 17), nothing_new=True)
    again = plan(lake, period="2022-11")
    assert (again.facts.release_id, again.moves_pointers) == (first.facts.release_id, True)
