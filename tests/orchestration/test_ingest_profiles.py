"""What the profile language promises, each through a profile and a file of its own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.ingest_lake import TestLake, make_lake

EVENT = "feed: dossier_events\ncolumns:\n  dossier_code: ma\n  event_at: luc\n"


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path / "lake")


def events(
    lake: TestLake, profile: str, content: str | bytes, ending: str, columns: str
) -> list[tuple[Any, ...]]:
    """Rows of one file read by one profile."""
    folder = lake.lake.root.parent / "profiles"
    folder.mkdir()
    (folder / "nguon.yml").write_text(profile)
    lake.land(f"dossier_events/nguon__H28.1/2022-04-01_x.{ending}", content)
    report = lake.ingest(profiles=folder)
    assert report.broken == []
    return lake.raw("dossier_events", columns)


def test_records_at_a_path_of_a_json_document(lake: TestLake):
    document = {
        "data": {
            "items": [
                {"ma": "A", "luc": "2022-03-01", "x": {"tt": 4}},
                {"ma": "B", "luc": "2022-03-02", "x": {"tt": 5}},
            ]
        }
    }
    profile = EVENT + "  status: x.tt\nformat: {records: data.items}\n"
    assert events(lake, profile, json.dumps(document), "json", "dossier_code, status, file_line") == [
        ("A", "4", 1),
        ("B", "5", 2),
    ]


def test_an_encoding_of_old_machines_becomes_composed_text(lake: TestLake):
    profile = EVENT + "  status: {constant: 4}\n  step: b\nformat: {encoding: windows-1258}\n"
    data = "ma;luc;b\nA;2022-03-01;Nguy\u00ea\u0303n\n".encode("cp1258")
    assert events(lake, profile, data, "csv", "step") == [("Nguyễn",)]


def test_nulls_codes_and_others(lake: TestLake):
    profile = EVENT + (
        "  status: {from: tt, map: {Đang xử lý: 4, XONG: 9}, other: 2}\n"
        "  step: {from: buoc, nulls: [không]}\n"
        "  actor_code: {from: [nguoi, can_bo]}\n"
        "defaults: {nulls: ['-']}\n"
    )
    head = "ma,luc,tt,buoc,can_bo\n"
    content = head + "A,2022-03-01,ĐANG XỬ LÝ,không,CB1\nB,2022-03-01,xong,x,-\nC,2022-03-01,khác,-,CB2\n"
    assert events(lake, profile, content, "csv", "status, step, actor_code") == [
        ("4", None, "CB1"),
        ("9", "x", None),
        ("2", None, "CB2"),
    ]


def test_rules_of_presence_and_the_suffix_of_the_source(lake: TestLake):
    profile = EVENT + (
        "  status: {choose: [{if_present: tra, then: 10}, {if_absent: nhan, then: 1}], else: 4}\n"
        "  actor_code: {source_suffix: true}\n"
    )
    content = "ma,luc,nhan,tra\nA,2022-03-01,x,y\nB,2022-03-01, ,\nC,2022-03-01,x,\n"
    assert events(lake, profile, content, "csv", "status, actor_code") == [
        ("10", "H28.1"),
        ("1", "H28.1"),
        ("4", "H28.1"),
    ]


def test_forms_of_time_are_tried_in_order(lake: TestLake):
    profile = (
        EVENT + "  status: {constant: 4}\ndefaults: {timestamp: ['dd/MM/yyyy[ HH:mm]', yyyyMMdd, iso]}\n"
    )
    content = "ma,luc\nA,01/03/2022 08:15\nB,02/03/2022\nC,20220303\nD,2022-03-04T08:15:00\n"
    assert events(lake, profile, content, "csv", "event_at, event_at_has_time") == [
        (datetime(2022, 3, 1, 8, 15), True),
        (datetime(2022, 3, 2), False),
        (datetime(2022, 3, 3), False),
        (datetime(2022, 3, 4, 8, 15), True),
    ]


def test_folded_lines_take_first_or_last_in_order_and_keep_broken_lines_apart(lake: TestLake):
    profile = (
        "feed: dossier_events\none_record_per: {key: ma, order_by: luc}\ncolumns:\n  dossier_code: ma\n"
        "  event_at: {from: luc, take: last}\n  status: tt\n  step: {from: buoc, take: last}\n"
    )
    content = (
        "ma,luc,tt,buoc\nA,2022-03-03 08:00:00,9,\nB,2022-03-01 08:00:00,4,b\nA,2022-03-01 08:00:00,2,first\n"
        "A,2022-03-02 08:00:00\n,2022-03-02 08:00:00,4,x\n,2022-03-05 08:00:00,4,y\n"
    )
    assert events(lake, profile, content, "csv", "dossier_code, event_at, status, step, file_line") == [
        ("A", datetime(2022, 3, 3, 8), "2", "first", 2),
        ("B", datetime(2022, 3, 1, 8), "4", "b", 3),
    ]
    assert lake.quarantined("dossier_events") == [
        (5, "wrong_width", None),
        (6, "missing_required", "dossier_code"),
        (7, "missing_required", "dossier_code"),
    ]


def test_a_wrong_profile_breaks_its_own_files_alone(lake: TestLake):
    folder = lake.lake.root.parent / "profiles"
    folder.mkdir()
    (folder / "nguon.yml").write_text("feed: dossier_events\nmode: x\n")
    lake.land("dossier_events/nguon/2022-04-01_x.csv", "a\n")
    lake.land("ratings/2022-04-01_r.csv", "dossier_code,rated_at,score\nA,2022-03-01 08:00:00,5\n")
    report = lake.ingest(profiles=folder)
    assert [broken.found.split(",")[0] for broken in report.broken] == ["nguon.yml"]
    assert len(report.of_status("new")) == 1
