"""The feeds beside the dossiers, counted from the delivered files."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from orchestration.extracts.contract import feeds

END, LAST = date(2022, 9, 15), date(2022, 9, 14)


def _csv(landing: Path, feed: str) -> list[dict[str, str]]:
    rows = []
    for path in sorted((landing / feed).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows += list(csv.DictReader(handle))
    return rows


def _sheets(landing: Path, folder: str) -> list[dict[str, str]]:
    rows = []
    for path in sorted((landing / folder).glob("*.xlsx")):
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        rows += [dict(zip(sheet[1], row, strict=False)) for row in sheet[2:]]
    return rows


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None  # noqa: DTZ007 - a day


def _latest(rows: list[dict], *keys: str) -> list[dict]:
    """The last delivered version of each key."""
    return list({tuple(row[key] for key in keys): row for row in rows}.values())


def test_tasks_of_government_and_prime_minister(landing: Path) -> None:
    tasks = [t for t in _latest(_sheets(landing, "tasks/theo_doi_nhiem_vu"), "Mã nhiệm vụ")
             if t["Cơ quan giao"] != "UBND tỉnh"]  # fmt: skip
    year = date(2021, 12, 15)
    counted = [t for t in tasks if _day(t["Ngày giao"]) < END
               and not (t["Ngày hoàn thành"] and _day(t["Ngày hoàn thành"]) < year)]  # fmt: skip
    done = [t for t in counted if t["Ngày hoàn thành"] and _day(t["Ngày hoàn thành"]) < END]
    open_ones = [t for t in counted if t not in done]
    assert (len(counted), len(done), len(open_ones)) == (78, 60, 18)
    assert all(not t["Hạn hiện tại"] or _day(t["Ngày hoàn thành"]) <= _day(t["Hạn hiện tại"]) for t in done)
    assert all(_day(t["Hạn hiện tại"]) >= LAST for t in open_ones)
    assert len(tasks) > 78


def test_organisation_at_baseline_and_at_the_end(landing: Path) -> None:
    rows = _latest(_csv(landing, "agencies"), "agency_code", "valid_from")
    first = {row["agency_code"]: row for row in sorted(rows, key=lambda row: row["valid_from"], reverse=True)}

    def active(kind: str, day: str) -> int:
        return sum(
            row["kind"] == kind and row["established_on"] <= day < (row["dissolved_on"] or "9999")
            for row in first.values()
        )

    now, then = "2022-09-14", "2017-12-31"
    assert (active("public_service_unit", then), active("public_service_unit", now)) == (803, 684)
    assert active("subordinate_unit", then) - active("subordinate_unit", now) == 51
    assert (active("district_committee", now), active("commune_committee", now)) == (10, 151)
    assert active("specialised_agency", now) == 19 + 120


def test_every_unit_that_ended_or_appeared_stands_in_a_decision(landing: Path) -> None:
    rows = _latest(_csv(landing, "agencies"), "agency_code", "valid_from")
    events = _csv(landing, "organisation_events")
    ended = {e["agency_code"] for e in events if e["event_type"] in ("merge", "consolidate", "dissolve")}
    begun = {e["agency_code"] for e in events if e["event_type"] == "establish"}
    begun |= {e["successor_code"] for e in events if e["event_type"] == "consolidate"}
    assert {row["agency_code"] for row in rows if row["dissolved_on"]} == ended
    assert {row["agency_code"] for row in rows if row["established_on"] > "2017-12-31"} == begun
    known = {row["agency_code"] for row in rows}
    assert {e["successor_code"] for e in events if e["successor_code"]} <= known


def test_one_stop_coverage_is_full(landing: Path) -> None:
    rows = _latest(_csv(landing, "agencies"), "agency_code", "valid_from")
    parents = {row["parent_code"] for row in rows if row["kind"] == "one_stop_unit"}
    assert "H28" in parents
    for kind, number in (("district_committee", 10), ("commune_committee", 151)):
        units = [row for row in rows if row["kind"] == kind]
        assert len(units) == number
        assert all(row["has_one_stop"] == "true" or row["agency_code"] in parents for row in units)


def test_procedures_in_force_are_all_announced_and_published_on_time(landing: Path) -> None:
    rows = _latest(_csv(landing, "procedures"), "procedure_code", "valid_from")
    last = {}
    for row in sorted(rows, key=lambda row: row["valid_from"]):
        if row["valid_from"] < str(END):
            last[row["procedure_code"].split(".000.")[0]] = row
    in_force = [row for row in last.values() if not row["valid_to"] or row["valid_to"] >= str(END)]
    assert len(in_force) == 1850
    assert all(row["announced_on"] <= row["announce_due_on"] < str(END) for row in in_force)
    assert all(
        row["published_on"] <= row["publish_due_on"] and row["published_on"] < str(END) for row in in_force
    )
    assert len(last) > 1850
    assert all(not row["valid_to"] or row["valid_to"] > row["valid_from"] for row in rows)


def test_persons_present(landing: Path) -> None:
    rows = _latest(_sheets(landing, "staff/nhan_su"), "Số hiệu", "Mã đơn vị", "Từ ngày")
    present = {r["Số hiệu"] for r in rows
               if _day(r["Từ ngày"]) <= LAST and not (r["Đến ngày"] and _day(r["Đến ngày"]) <= LAST)}  # fmt: skip
    assert len(present) == 26_000
    assert len({r["Số hiệu"] for r in rows}) > 26_000


def test_deputies_at_the_baseline_outnumber_those_at_the_end(landing: Path) -> None:
    rows = _latest(_sheets(landing, "staff/nhan_su"), "Số hiệu", "Mã đơn vị", "Từ ngày")

    def deputies(day: date) -> int:
        return len({r["Số hiệu"] for r in rows if r["Chức vụ"] == "Phó" and _day(r["Từ ngày"]) <= day
                    and not (r["Đến ngày"] and _day(r["Đến ngày"]) <= day)})  # fmt: skip

    assert deputies(date(2017, 12, 31)) > deputies(LAST) > 2_000


def test_some_persons_hold_two_assignments_at_once(landing: Path) -> None:
    rows = _latest(_sheets(landing, "staff/nhan_su"), "Số hiệu", "Mã đơn vị", "Từ ngày")
    held = Counter(r["Số hiệu"] for r in rows if _day(r["Từ ngày"]) <= LAST and not r["Đến ngày"])
    assert sum(number == 2 for number in held.values()) == 40
    assert max(held.values()) == 2


def test_one_decision_ends_a_unit_and_creates_two_sub_units(landing: Path) -> None:
    decisions: dict[str, Counter[str]] = {}
    for event in _csv(landing, "organisation_events"):
        decisions.setdefault(event["event_code"], Counter())[event["event_type"]] += 1
    assert Counter({"merge": 1, "establish": 2}) in decisions.values()


def test_payroll_stays_within_the_quotas(landing: Path) -> None:
    quota = {
        r["agency_code"]: int(r["quota"]) for r in _csv(landing, "payroll_quotas") if r["year"] == "2022"
    }
    rows = _latest(_sheets(landing, "staff/nhan_su"), "Số hiệu", "Mã đơn vị", "Từ ngày")
    used = Counter(
        r["Mã đơn vị"] for r in rows if r["Biên chế"] in ("Công chức", "Viên chức") and not r["Đến ngày"]
    )
    assert set(used) <= set(quota)
    assert all(used[agency] <= quota[agency] for agency in used)


def test_publications_dialogue_and_surveys(landing: Path) -> None:
    events = [e for e in _csv(landing, "steering_events") if "2021-12-15" <= e["held_on"] <= "2022-09-14"]
    kinds = Counter(event["kind"] for event in events)
    assert (kinds["dialogue"], kinds["survey"], kinds["par_index_publication"]) == (1, 2, 1)
    assert len({e["agency_code"] for e in events if e["kind"] == "task_level_publication"}) == 29


def test_every_specialised_agency_has_a_functions_regulation(landing: Path) -> None:
    regulated = {
        r["agency_code"]
        for r in _csv(landing, "function_regulations")
        if "2017-12-31" < r["issued_on"] < str(END)
    }
    agencies = {r["agency_code"] for r in _csv(landing, "agencies") if r["kind"] == "specialised_agency"}
    assert regulated == agencies


def test_finances_print_numbers_with_dots(landing: Path) -> None:
    rows = _sheets(landing, "unit_finances/tai_chinh_don_vi")
    years = Counter(row["Mã đơn vị"] for row in rows)
    assert len(years) > 684
    assert set(years.values()) == {2}
    assert all(row["Chi thường xuyên"].count(".") >= 2 for row in rows)


@pytest.mark.parametrize(
    "feed",
    ["agencies", "procedures", "organisation_events", "steering_events", "legal_documents", "feedback", "index_scores",
     "payroll_quotas", "function_regulations", "control_totals"],
)  # fmt: skip
def test_canonical_files_have_columns_of_the_contract_and_unique_keys(landing: Path, feed: str) -> None:
    rows = _csv(landing, feed)
    contract = feeds()[feed]
    names = {column.name for column in contract.columns}
    assert rows
    assert set(rows[0]) <= names
    assert {column.name for column in contract.columns if column.required} <= set(rows[0])
    for column in contract.columns:
        if column.required:
            assert all(row[column.name] for row in rows)
        if column.values and column.name in rows[0]:
            assert {row[column.name] for row in rows} - {""} <= {str(value) for value in column.values}


def test_parquet_files_say_that_they_are_simulated(landing: Path) -> None:
    paths = [*(landing / "survey_responses").glob("*.parquet"), *(landing / "ratings").glob("*.parquet")]
    assert len(paths) == 5
    assert all(pq.read_metadata(path).metadata[b"simulated"] == b"true" for path in paths)
    assert pq.read_table(next((landing / "survey_responses").glob("*"))).num_rows == 6300


def test_index_scores_keep_their_maxima_and_give_reasons(landing: Path) -> None:
    rows = _csv(landing, "index_scores")
    records: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in rows:
        maximum, own, appraised, final = (
            float(row[f"{name}_score"]) for name in ("max", "self", "appraised", "final")
        )
        assert 0 <= appraised <= final <= own <= maximum
        assert bool(row["difference_reason"]) == (own != appraised)
        records.setdefault((row["scheme"], row["year"], row["agency_code"]), {})[row["criterion_code"]] = (
            maximum
        )
    assert {year for _, year, _ in records} == {"2020", "2021"}
    assert len(records) == 2 * (1 + 19 + 10)
    for maxima in records.values():
        leaves = [code for code in maxima if not any(other.startswith(f"{code}.") for other in maxima)]
        assert sum(maxima[code] for code in leaves) == 100
