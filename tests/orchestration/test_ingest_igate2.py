"""The profile `igate2`: nested JSON of VNPT iGate 2, made up after published samples."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.extracts.profile import PROFILES
from tests.orchestration.ingest_lake import TestLake, make_lake

FILE = "dossiers/igate2/2022-10-01_d.jsonl"


def igate_object(code: str, status: str = "Đang xử lý", **changes: Any) -> dict[str, Any]:
    """One dossier as iGate 2 sends it."""
    return {
        "id": "632ac0e5f1b1b47c066e0001",
        "code": code,
        "dossierStatus": {"id": 2, "name": status},
        "applicant": {
            "userId": "62a9989a2466600857581c2d",
            "data": {
                "fullname": "Trần Thị Kín",
                "identityNumber": "051099001234",
                "phoneNumber": "+84912345678",
                "village": {"label": "Phường A", "value": "5def47c5f47614018c121025"},
            },
        },
        "procedure": {
            "id": "6243fed45b82236f1d1c21d2",
            "code": "1.001612.000.00.00.H48",
            "translate": {"languageId": 228, "name": "Đăng ký thành lập hộ kinh doanh"},
            "sector": {"id": "6218a2a1f5b1b47c066e13b4", "code": "TLHDH"},
        },
        "procedureProcessDefinition": {
            "processDefinition": {
                "processingTime": 3,
                "processingTimeUnit": "d",
                "timesheet": {"name": "Ngày làm việc"},
            }
        },
        "agency": {"id": "62174f6c378b3c2a75639fcc", "name": "UBND huyện Bình Sơn", "code": "000.00.53.H48"},
        "appliedDate": "2022-09-20T17:30:00.000+0000",
        "acceptedDate": "2022-09-21T01:15:00.000+0000",
        "appointmentDate": "2022-09-26T10:00:00.000+0000",
        "dueDate": "2022-09-23T10:00:00.000+0000",
        "applyMethod": {"id": 0, "name": "Trực tuyến"},
        "updatedDate": "2022-09-22T02:00:00.000+0000",
        "task": [
            {
                "id": "t1",
                "assignee": {"id": "u1", "fullname": "Lê Văn Kín"},
                "createdDate": "2022-09-21T01:15:00.000+0000",
                "bpmProcessDefinitionTask": {"name": {"name": "Tiếp nhận"}},
            },
            {
                "id": "t2",
                "assignee": {"id": "u2"},
                "createdDate": "2022-09-22T01:15:00.000+0000",
                "bpmProcessDefinitionTask": {"name": {"name": "Thẩm định"}},
            },
        ],
    } | changes


@pytest.fixture
def lake(tmp_path: Path) -> TestLake:
    return make_lake(tmp_path / "lake")


def test_a_nested_dossier_becomes_a_row_in_local_time_and_keeps_its_person_apart(lake: TestLake):
    lake.land_json(FILE, [igate_object("000.00.53.H48-220921-0099"), igate_object("B", "Đã trả kết quả")])
    report = lake.ingest()
    [entry] = [result.entry for result in report.of_status("new")]
    assert [(output.feed, output.accepted, output.quarantined) for output in entry.outputs] == [
        ("dossiers", 2, 0)
    ]
    columns = (
        "dossier_code, procedure_code, agency_code, channel, status, submitted_at, received_at, due_at, "
        "updated_at"
    )
    assert lake.raw("dossiers", columns)[0] == (
        "000.00.53.H48-220921-0099",
        "1.001612.000.00.00.H48",
        "000.00.53.H48",
        "2",
        "4",
        datetime(2022, 9, 21, 0, 30),
        datetime(2022, 9, 21, 8, 15),
        datetime(2022, 9, 26, 17),
        datetime(2022, 9, 22, 9),
    )
    assert [row[0] for row in lake.raw("dossiers", "status")] == ["4", "10"]
    assert not any("not used" in warning for warning in report.warnings)
    assert "Kín" not in str(lake.raw("dossiers"))


def test_a_status_of_an_unknown_name_is_quarantined_never_guessed_from_its_number(lake: TestLake):
    unknown = {"dossierStatus": {"id": 4, "name": "Chờ ký số"}}
    lake.land_json(
        FILE, [igate_object("A"), igate_object("B", **unknown), igate_object("C", dossierStatus=4)]
    )
    lake.ingest()
    assert [row[0] for row in lake.raw("dossiers", "dossier_code")] == ["A"]
    assert [(line, field) for line, _, field in lake.quarantined("dossiers")] == [
        (2, "status"),
        (3, "status"),
    ]


def test_a_delivery_without_the_moment_of_change_is_broken_and_says_what_to_name(lake: TestLake):
    dossier = igate_object("A")
    del dossier["updatedDate"]
    lake.land_json(FILE, [dossier])
    [broken] = lake.ingest().broken
    assert (broken.column, "updatedDate" in broken.expected) == ("updated_at", True)


def test_a_province_names_what_its_system_has_in_a_profile_that_extends_this_one(lake: TestLake):
    folder = lake.lake.root.parent / "profiles"
    folder.mkdir()
    (folder / "igate2.yml").write_bytes((PROFILES / "igate2.yml").read_bytes())
    (folder / "igate_tinh.yml").write_text(
        "extends: igate2\n"
        "columns:\n  finished_at: completedDate\n"
        "children:\n"
        "  - feed: dossier_events\n    each: task\n    columns:\n"
        "      dossier_code: {parent: code}\n      event_at: createdDate\n      actor_code: assignee.id\n"
        "      step: bpmProcessDefinitionTask.name.name\n"
        '      status: {from: bpmProcessDefinitionTask.name.name, map: {Tiếp nhận: "2", Thẩm định: "4"}}\n'
    )
    done = igate_object("A", "Đã xử lý xong", completedDate="2022-09-23T02:00:00.000+0000")
    lake.land_json("dossiers/igate_tinh/2022-10-01_d.jsonl", [done, igate_object("B", task=[])])
    assert lake.ingest(profiles=folder).broken == []
    assert lake.raw("dossiers", "dossier_code, finished_at") == [("A", datetime(2022, 9, 23, 9)), ("B", None)]
    assert lake.raw("dossier_events", "dossier_code, event_at, status, actor_code, step") == [
        ("A", datetime(2022, 9, 21, 8, 15), "2", "u1", "Tiếp nhận"),
        ("A", datetime(2022, 9, 22, 8, 15), "4", "u2", "Thẩm định"),
    ]
