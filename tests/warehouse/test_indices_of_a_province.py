"""The two indices over a few records: the six errors of a production system that we do not repeat, and a real ranking.

The errors were found in a public copy of a provincial one-stop system that scored Decision 766; each is a test named
after what we do instead. Built by the marks of the seed no component has points; then every rule of the service index
is taken as verified, so that each has points to judge. Boundaries of scoring stand in the unit tests of
`service_index_766`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from harness import prepare_raw

from orchestration.warehouse import dbt_build

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD, OTHER = "2022-9M", "2022-09"
DEPARTMENTS = """
    Home Affairs 93.82; Justice 93.42; Industrial Parks Board 91.90; PPC Office 91.55; Labour 91.26; Finance 90.91;
    Info-Comm 90.82; Transport 90.05; Ethnic Affairs 89.81; Science-Tech 89.57; Agriculture 89.51; Construction 89.38;
    Health 88.63; Industry-Trade 88.56; Culture 88.37; Planning-Investment 88.26; Inspectorate 87.65; Education 87.63;
    Natural Resources 81.09
"""
DISTRICTS = "Hoà Bình city 91.55; Lạc Sơn 90.16; Kim Bôi 89.65; Yên Thủy 89.46; Đà Bắc 89.10"
"""Reform index of the departments and of five districts of Hoà Bình, Decision 2767/QĐ-UBND of 2024
(en.baohoabinh.com.vn/5/10256), best first."""


RESULTS = (("PAR-2022", 2022, 65), ("PAR-2022", 2023, 86.89), ("PAR-2024", 2024, 95), ("PAR-2020", 2021, 95))
"""Totals of the province: below the lowest group that has a source, in one that has, and under sets without any."""

REASON, DOCUMENT = "Ông Nguyễn Văn A nộp chậm", "Công văn của bà Trần Thị B"


def _published(text: str) -> list[tuple[str, float]]:
    pairs = (entry.strip().rsplit(" ", 1) for entry in text.split(";"))
    return [(name, float(points)) for name, points in pairs]


def _dossier(
    code: str, received: datetime, due: datetime, finished: datetime, **columns: Any
) -> dict[str, Any]:
    return {
        "dossier_code": code, "procedure_code": "1.000001", "agency_code": "H28.1", "status": "9", "channel": "1",
        "received_at": received, "due_at": due, "finished_at": finished, "updated_at": finished, **columns,
    }  # fmt: skip


CARRIED = [
    _dossier(f"CARRIED-{n}", datetime(2021, 12, 1), datetime(2022, 1, 20), datetime(2022, 1, 10))
    for n in (1, 2)
]
BUSY = _dossier(
    "BUSY", datetime(2022, 2, 1), datetime(2022, 2, 10), datetime(2022, 2, 5), has_digitised_components=True,
    reused_components=3, fee_amount=50000, paid_online=True,
)  # fmt: skip
LATE = _dossier(
    "LATE", datetime(2022, 3, 1), datetime(2022, 3, 5), datetime(2022, 3, 10), has_digitised_components=False
)
LATER = _dossier("AFTER-THE-END", datetime(2022, 9, 10), datetime(2022, 9, 20), datetime(2022, 9, 16))


def _agency(code: str, kind: str, level: str) -> dict[str, Any]:
    since = date(2010, 1, 1)
    return {
        "agency_code": code,
        "valid_from": since,
        "established_on": since,
        "name": code,
        "kind": kind,
        "level": level,
    }


def _rows() -> dict[str, list[dict[str, Any]]]:
    procedures = [
        {"procedure_code": f"1.00000{n}", "name": "x", "level": "province", "online_level": "4",
         "valid_from": date(2015, 1, 1), "publish_due_on": date(2015, 2, 1), "published_on": date(2015, n, 1)}
        for n in (1, 3)
    ]  # fmt: skip
    days = (datetime(2022, 2, 2), datetime(2022, 2, 3), datetime(2022, 2, 4))
    agencies = [_agency("H28.1", "specialised_agency", "province")]
    scores = []
    for kind, level, text in (
        ("specialised_agency", "province", DEPARTMENTS), ("district_committee", "district", DISTRICTS),
    ):  # fmt: skip
        for name, points in _published(text):
            agencies.append(_agency(name, kind, level))
            scores.append(
                {"scheme": "CCHC-HB-2024", "year": 2024, "agency_code": name, "criterion_code": "1", "max_score": 100,
                 "final_score": points}
            )  # fmt: skip
    scores[0] |= {"difference_reason": REASON, "evidence_document": DOCUMENT}
    scores[1] |= {"difference_reason": "Thiếu tài liệu kiểm chứng"}
    for scheme, year, points in RESULTS:
        scores.append(
            {"scheme": scheme, "year": year, "agency_code": "H28", "criterion_code": "1", "max_score": 100,
             "final_score": points}
        )  # fmt: skip
    return {
        "dossiers": [*CARRIED, BUSY, LATE, LATER],
        "dossier_supplements": [
            {"dossier_code": "BUSY", "requested_at": day, "answered_at": day} for day in days
        ],
        "ratings": [{"dossier_code": "BUSY", "rated_at": day, "score": 5} for day in days],
        "procedures": procedures,
        "agencies": agencies,
        "index_scores": scores,
    }


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A small lake in which every rule counts as verified; `by_the_marks_*` is what the marks of the seed gave."""
    lake = prepare_raw(tmp_path_factory.mktemp("lake"), _rows(), period=PERIOD)
    dbt_build.build_models(lake, select=("+indicator_indices",))
    with duckdb.connect(str(lake.build_database)) as connection:
        for model in ("service_index_766", "indicator_indices"):
            connection.execute(f"create table marts.by_the_marks_{model} as from marts.{model}")
        connection.execute(
            "update reference.index_criteria set maximum_verified = true, formula_verified = true "
            "where maximum is not null"
        )
    dbt_build._invoke("run", lake, ("--select", "service_index_766", "indicator_indices"), None)
    with duckdb.connect(str(lake.build_database), read_only=True) as connection:
        yield connection


def _score(warehouse: duckdb.DuckDBPyConnection, component: str, period: str = PERIOD) -> tuple[Any, ...]:
    """Numerator, denominator and points of a component for the province."""
    row = warehouse.execute(
        "select numerator, denominator, points from marts.service_index_766 "
        "where agency_code = '*' and component_code = ? and period_code = ?",
        [component, period],
    ).fetchone()
    assert row is not None
    return row


def _figures(warehouse: duckdb.DuckDBPyConnection, model: str) -> dict[str, tuple[Any, ...]]:
    """Points, maxima and reason of the service index by variant."""
    rows = warehouse.execute(
        f"select variant, numerator, denominator, not_assessed from marts.{model} "
        "where indicator_code = 'service_index_766' and period_code = ?",
        [PERIOD],
    ).fetchall()
    return {variant: tuple(figure) for variant, *figure in rows}


def test_without_a_verified_rule_the_index_has_no_points_and_shows_its_evidence(warehouse):
    figures = _figures(warehouse, "by_the_marks_indicator_indices")
    assert len(figures) == 6
    assert set(figures.values()) == {(None, None, "rule_unverified")}

    components = warehouse.execute(
        "select component_code, numerator, denominator, value, points, assessable_maximum, reason "
        "from marts.by_the_marks_service_index_766 "
        "where agency_code = '*' and period_code = ? and component_code in ('I.1', 'II.1') order by 1",
        [PERIOD],
    ).fetchall()
    assert components == [
        ("I.1", 1, 2, 0.5, None, None, "rule_unverified"),
        ("II.1", 4, 5, 0.8, None, None, "rule_unverified"),
    ]


def test_below_a_threshold_points_are_proportional_and_no_online_dossier_earns_no_points(warehouse):
    assert _score(warehouse, "IV.a.3") == (0, 3, 0)
    assert _score(warehouse, "III.2") == (1, 4, Decimal("1.25"))  # a quarter of 4 points at 80 %


def test_progress_counts_carried_over_dossiers_on_both_sides_and_never_exceeds_its_maximum(warehouse):
    """Four of five are on time; over the three received in the period it would have been 26.7 of 20 points."""
    assert _score(warehouse, "II.1") == (4, 5, 16)
    highest = warehouse.execute("select max(points - maximum) from marts.service_index_766").fetchone()
    assert highest is not None
    assert highest[0] <= 0


def test_what_nobody_measured_has_no_points_and_the_total_says_out_of_how_many(warehouse):
    figures = _figures(warehouse, "indicator_indices")

    assert figures["openness"] == (2, 10, None)  # half of 4 for publication, none of 6 for the portal
    assert figures["progress"] == (16, 20, None)
    assert figures["satisfaction"] == (None, None, "feed_not_delivered:feedback")
    whole = figures.pop("default")
    groups = [figure for figure in figures.values() if figure[1] is not None]
    assert whole == (sum(figure[0] for figure in groups), sum(figure[1] for figure in groups), None)
    assert whole[1] < 100
    assert _score(warehouse, "V.1")[2] is None
    assert _score(warehouse, "V.3")[2] is None


def test_a_dossier_with_supplements_ratings_and_payments_counts_once(warehouse):
    assert _score(warehouse, "III.3")[:2] == (1, 4)
    assert _score(warehouse, "IV.b.3")[:2] == (1, 1)


def test_a_dossier_with_digitised_components_counts_as_digitised_and_one_without_does_not(warehouse):
    assert _score(warehouse, "III.2")[:2] == (1, 4)


def test_a_dossier_finished_after_the_end_is_in_progress_at_the_end(warehouse):
    """Its status today is 9: at the end of the period it was in progress, and on time."""
    assert _score(warehouse, "III.1")[1] == 4
    assert _score(warehouse, "II.1", OTHER) == (1, 1, 20)


@pytest.mark.parametrize(("peers", "text"), [("department", DEPARTMENTS), ("district", DISTRICTS)])
def test_a_published_ranking_is_reproduced(warehouse, peers: str, text: str):
    ranked = warehouse.execute(
        "select source_agency_code, cast(final_points as double), peer_rank, peers, result_group, comparability "
        "from marts.par_index where criterion_code = '*' and peer_group = ? order by peer_rank",
        [peers],
    ).fetchall()
    published = _published(text)

    assert [row[:2] for row in ranked] == published
    assert [row[2] for row in ranked] == list(range(1, len(published) + 1))
    assert {row[3:] for row in ranked} == {(len(published), None, "no_year_before")}


def test_a_result_is_put_into_a_group_only_where_a_source_states_the_group(warehouse):
    grouped = warehouse.execute(
        "select scheme, year, result_group from marts.par_index "
        "where criterion_code = '*' and peer_group = 'province' order by year"
    ).fetchall()
    assert grouped == [
        ("PAR-2020", 2021, None),
        ("PAR-2022", 2022, None),
        ("PAR-2022", 2023, "B"),
        ("PAR-2024", 2024, None),
    ]


def test_reasons_are_published_as_codes_and_no_text_leaves_raw(warehouse):
    reasons = warehouse.execute(
        "select difference_reason_code, has_evidence_document, count(*) from marts.par_index "
        "where criterion_code = '1' and difference_reason_code is not null group by all order by 1"
    ).fetchall()
    assert reasons == [("evidence_missing", False, 1), ("other", True, 1)]

    published = str(warehouse.execute("select * from marts.par_index").fetchall())
    assert REASON not in published
    assert DOCUMENT not in published
