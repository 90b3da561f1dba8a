"""The simulated dossiers, counted again from the delivered files by the counting rules, record by record."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from orchestration.simulate.arrivals import REGISTER_COMMUNES, sizes_for
from orchestration.simulate.run import SimulationReport

START, END = datetime(2021, 12, 15), datetime(2022, 9, 15)
CLOSED = {"3", "7", "9", "10"}
KIND = {"9": "finished", "10": "finished", "7": "withdrawn", "3": "returned"}


def _moment(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y%m%d%H%M%S") if text else None  # noqa: DTZ007 - local time


def _printed(text: str) -> datetime | None:
    return datetime.strptime(text, "%d/%m/%Y %H:%M:%S") if text else None  # noqa: DTZ007 - local time


@cache
def _versions(landing: Path) -> dict[str, list[dict]]:
    found = defaultdict(list)
    for path in sorted((landing / "dossiers/dvcqg").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                found[json.loads(line)["MaHoSo"]].append(json.loads(line) | {"file": path.name})
    return {code: sorted(rows, key=lambda row: row["NgayCapNhat"]) for code, rows in found.items()}


@cache
def _events(landing: Path) -> dict[str, list[tuple[datetime, int, str]]]:
    found = defaultdict(list)
    for path in sorted((landing / "dossier_events/mot_cua").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                at = datetime.fromisoformat(row["event_at"])
                found[row["dossier_code"]].append((at, int(row["sequence"]), row["status"]))
    return {code: sorted(rows) for code, rows in found.items()}


@cache
def _registers(landing: Path) -> dict[str, dict[str, tuple[datetime, datetime, datetime | None]]]:
    """Per register and code: received, due, returned, by the last sheet that names the dossier."""
    found: dict[str, dict] = {}
    for path in sorted((landing / "dossiers").glob("one_stop_register__*/*.xlsx")):
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        sheet = found.setdefault(path.parent.name, {})
        for row in rows[9:-1]:
            sheet[row[1]] = tuple(_printed(cell) for cell in row[9:12])
        assert rows[-1][0] == "Tổng cộng"
        assert int(rows[-1][1]) == len(rows) - 10
    return found


def _receipt(last: dict, events: list[tuple[datetime, int, str]]) -> datetime | None:
    received = _moment(last["NgayTiepNhan"])
    if events[0][2] not in ("1", "3"):
        return received or events[0][0]
    accepted = [at for at, _, status in events if status not in ("1", "3", "7")]
    if not accepted:
        return None
    return max(accepted[0], received) if received else accepted[0]


def _state(moment: datetime, receipt: datetime, events: list[tuple[datetime, int, str]]) -> str | None:
    if receipt >= moment:
        return None
    before = [status for at, _, status in events if at < moment]
    return before[-1] if before else "2"


def _due(last: dict, closing: datetime) -> datetime:
    answered = [
        (_moment(item["NgayTiepNhanBoSung"]), _moment(item["NgayHenTraMoi"]))
        for item in last["DanhSachHoSoBoSung"]
        if item["NgayTiepNhanBoSung"]
    ]
    in_force = [after for at, after in answered if at <= closing and after]
    own = _moment(last["NgayHenTra"])
    return max(in_force[-1], own) if in_force else own


def _classes(last: dict, log: list[tuple[datetime, int, str]], at_end: str) -> list[str]:
    """What a member of the period counts as beside resolved or in progress."""
    if at_end in ("5", "6", "8"):
        return ["suspended"]
    if at_end not in CLOSED:
        last_day = END - timedelta(days=1)
        return ["overdue"] if last_day.date() > _due(last, END - timedelta(seconds=1)).date() else []
    run = []
    for at, _, status in reversed([event for event in log if event[0] < END]):
        if KIND.get(status) != KIND[at_end]:
            break
        run.append(at)
    finished = _moment(last["NgayKetThucXuLy"])
    if KIND[at_end] != "finished":
        return []
    found = [] if finished and finished.date() == run[-1].date() else ["finish_mismatch"]
    return [*found, "late"] if finished.date() > _due(last, run[-1]).date() else found


@cache
def _counted(landing: Path) -> Counter:
    """Counts of 2022-9M by the counting rules, one dossier at a time."""
    counts: Counter = Counter()
    versions, events = _versions(landing), _events(landing)
    assert set(events) == set(versions)
    for code, rows in versions.items():
        last, log = rows[-1], events[code]
        receipt = _receipt(last, log)
        if receipt is None or receipt >= END:
            counts["never" if receipt is None else "later"] += 1
            continue
        at_start, at_end = _state(START, receipt, log), _state(END, receipt, log)
        received = receipt >= START
        reopened = not received and at_start in CLOSED and at_end not in CLOSED
        if not received and at_start in CLOSED and not reopened:
            continue
        counts["received" if received else "carried_over"] += 1
        counts["reopened"] += reopened
        counts["resolved" if at_end in CLOSED else "in_progress"] += 1
        counts.update(_classes(last, log, at_end))
    for sheet in _registers(landing).values():
        for received_at, due, returned in sheet.values():
            counts["received"] += received_at < END
            counts["resolved" if returned and returned < END else "in_progress"] += received_at < END
            if received_at < END and returned and returned < END:
                counts["late"] += returned.date() > due.date()
    return counts


def test_exactly_so_many_dossiers_are_received_in_the_period(province_year: SimulationReport) -> None:
    assert _counted(province_year.out)["received"] == province_year.dossiers == 1500


def test_a_count_by_the_rules_gives_what_the_report_expects(province_year: SimulationReport) -> None:
    counts, expected = _counted(province_year.out), province_year.expected
    assert {
        "dossiers_received": counts["received"],
        "carried_over": counts["carried_over"],
        "reopened": counts["reopened"],
        "dossiers_resolved": counts["resolved"],
        "dossiers_in_progress": counts["in_progress"],
        "dossiers_late": counts["late"],
        "dossiers_overdue": counts["overdue"],
        "dossiers_suspended": counts["suspended"],
    } == {name: value for name, value in expected.items() if name in set(expected) and not _small(name)}


def _small(name: str) -> bool:
    return name.endswith("_reduced") or name in ("staff_present", "extracts")


def test_more_than_the_target_is_on_time_but_not_everything(province_year: SimulationReport) -> None:
    counts = _counted(province_year.out)
    assert 0 < counts["late"] < 0.003 * counts["resolved"]


def test_every_population_of_the_counting_rules_occurs(province_year: SimulationReport) -> None:
    counts = _counted(province_year.out)
    assert all(
        counts[name] for name in ("never", "later", "carried_over", "reopened", "suspended", "in_progress")
    )


def test_finish_and_closing_agree_and_states_agree_with_events(landing: Path) -> None:
    assert _counted(landing)["finish_mismatch"] == 0
    events = _events(landing)
    differing = [c for c, rows in _versions(landing).items() if rows[-1]["TrangThaiHoSo"] != events[c][-1][2]]
    assert differing == []


def test_each_extract_shows_records_as_they_stood(landing: Path) -> None:
    events = _events(landing)
    repeated = 0
    for code, rows in _versions(landing).items():
        repeated += len(rows) > 1
        for row in rows:
            cut = datetime.fromisoformat(row["file"][:10])
            seen = [(at, status) for at, _, status in events[code] if at < cut]
            assert row["TrangThaiHoSo"] == seen[-1][1]
            assert _moment(row["NgayCapNhat"]) == seen[-1][0]
            assert all(_moment(row[name]) < cut for name in ("NgayTiepNhan", "NgayTra") if row[name])
    assert repeated > 100


def test_events_are_delivered_once_each_in_the_extract_after_them(landing: Path) -> None:
    previous = ""
    for path in sorted((landing / "dossier_events/mot_cua").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            moments = [row["event_at"] for row in csv.DictReader(handle)]
        assert moments == sorted(moments)
        assert max(moments) < path.name[:10]
        assert not previous or min(moments) >= previous
        previous = path.name[:10]
    assert len({(code, event) for code, rows in _events(landing).items() for event in rows}) == sum(
        len(rows) for rows in _events(landing).values()
    )


def test_there_are_about_six_events_to_a_dossier(landing: Path) -> None:
    events = _events(landing)
    assert 4.8 < sum(map(len, events.values())) / len(events) < 6.5


def test_handling_stays_in_office_hours_on_working_days(landing: Path) -> None:
    for rows in _events(landing).values():
        for at, _, status in rows:
            clock = at.hour * 100 + at.minute
            if status != "1":
                assert at.weekday() < 5
                assert 700 <= clock < 1130 or 1330 <= clock < 1700
                assert at.strftime("%m-%d") not in (
                    "01-03",
                    "02-01",
                    "04-11",
                    "05-02",
                    "05-03",
                    "09-01",
                    "09-02",
                )


def test_late_dossiers_cluster_in_land_matters() -> None:
    sizes = sizes_for(336_418)
    assert sizes.now == 336_418
    assert sizes.late_land > 2 * sizes.late_other
    assert sizes.late_land + sizes.late_other == 807


def test_channels_drift_towards_online(landing: Path) -> None:
    share = []
    for first, last in (("20211215", "20220314"), ("20220615", "20220914")):
        rows = [
            r[-1] for r in _versions(landing).values() if first <= (r[-1]["NgayTiepNhan"] or "")[:8] <= last
        ]
        share.append(sum(row["KenhThucHien"] == "2" for row in rows) / len(rows))
    assert share[1] > share[0]


def test_registers_have_mottos_and_no_events(landing: Path) -> None:
    registers = _registers(landing)
    assert len(registers) == len(REGISTER_COMMUNES)
    codes = {code for sheet in registers.values() for code in sheet}
    assert codes
    assert codes.isdisjoint(_events(landing))
    path = next((landing / "dossiers").glob("one_stop_register__*/2022-01-15*.xlsx"))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in rows[0]
    assert rows[0][0].startswith("ỦY BAN NHÂN DÂN XÃ")
    assert rows[4][0] == "Từ ngày 15/12/2021 đến ngày 14/01/2022"
    assert [cell for cell in rows[8] if cell][:3] == ["Mã hồ sơ", "Mã TTHC", "Trích yếu hồ sơ"]


def test_control_totals_agree_with_the_record(landing: Path) -> None:
    with (landing / "control_totals/2022-09-15_control_totals.csv").open(
        encoding="utf-8", newline=""
    ) as handle:
        stated = {row["source"]: int(row["value"]) for row in csv.DictReader(handle)}
    counted = {
        name: sum(received < END for received, _, _ in sheet.values())
        for name, sheet in _registers(landing).items()
    }
    counted = {name: value for name, value in counted.items() if value}
    counted["dvcqg"] = _counted(landing)["received"] - sum(counted.values())
    assert stated == counted


def test_control_totals_state_how_many_codes_a_source_holds(landing: Path) -> None:
    with (landing / "control_totals/2022-09-30_control_totals.csv").open(
        encoding="utf-8", newline=""
    ) as handle:
        rows = {
            row["source"]: int(row["value"]) for row in csv.DictReader(handle) if row["measure"] == "rows"
        }
    assert rows.pop("dvcqg") == len(_versions(landing))
    assert rows == {name: len(sheet) for name, sheet in _registers(landing).items() if sheet}


@pytest.mark.parametrize("field", ["DonViXuLy", "MaTTHC", "MaXaDiaBan"])
def test_codes_are_those_of_the_other_feeds(landing: Path, field: str) -> None:
    files = {"DonViXuLy": ("agencies", "agency_code"), "MaTTHC": ("procedures", "procedure_code")}
    if field == "MaXaDiaBan":
        seeds = Path(__file__).parents[2] / "dbt_project/seeds"
        paths, column = [seeds / "admin_units.csv"], "code"
    else:
        folder, column = files[field]
        paths = sorted((landing / folder).glob("*.csv"))
    known = set()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as handle:
            known |= {row[column] for row in csv.DictReader(handle)}
    used = {row[field] for rows in _versions(landing).values() for row in rows}
    new_form = {".".join(p for p in reversed(code.split(".")) if set(p) != {"0"}) if code[:3] == "000" else code
                for code in used}  # fmt: skip
    assert new_form <= known
    assert field != "DonViXuLy" or new_form != used
