"""Sensors and notices: what starts an ingest, and what real loopback servers are told of failures and silence."""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import pytest
from ingest_lake import EVENTS, TestLake, make_lake

from orchestration.errors import CchcError, RefusedError
from orchestration.notices.notice import of_failed_run
from orchestration.notices.send import send
from orchestration.settings import NoticeSettings
from orchestration.watching import LIMIT, Cursor, look


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestLake:
    monkeypatch.setenv("CCHC_ENV", "test")
    monkeypatch.setenv("CCHC_LAKE", str(tmp_path))
    return make_lake(tmp_path)


class Hook:
    """A web server that answers with the given codes, then 200, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.asked = 0
        self.notices: list[dict[str, Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.asked += 1
                code = hook.answers.pop(0) if hook.answers else 200
                if code == 200:
                    hook.notices.append(json.loads(body))
                self.send_response(code)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/secret-path"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Smtp(socketserver.StreamRequestHandler):
    """As much of SMTP as a client without TLS needs."""

    messages: ClassVar[list[str]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 loopback\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.messages.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def looked(cursor: str | None) -> tuple[dg.SensorResult, str]:
    """One tick of the landing sensor, as a daemon that was restarted makes it: by the cursor alone."""
    from orchestration.defs.sensors import landed_files

    found = landed_files.evaluate_tick(dg.build_sensor_context(cursor=cursor))
    return found, str(found.cursor)


def test_a_file_starts_one_ingest_when_two_looks_found_it_the_same(lake: TestLake) -> None:
    path = lake.land("dossier_events/mot_cua/2022-09-15_e.csv", EVENTS)
    lake.land("dossier_events/mot_cua/2022-09-16_e.csv.part", EVENTS)
    first, cursor = looked(None)
    assert not first.run_requests
    with path.open("a") as stream:
        stream.write("A,2022-03-01 08:00:00,2,1,CB1,x\n")
    still_writing, cursor = looked(cursor)
    assert not still_writing.run_requests
    complete, cursor = looked(cursor)
    assert [request.tags["cchc/files"] for request in complete.run_requests or []] == ["1"]
    for _ in range(2):
        again, cursor = looked(cursor)
        assert not again.run_requests


def test_a_file_with_an_old_or_a_future_date_is_new_all_the_same(lake: TestLake) -> None:
    cursor = Cursor()
    for number, moment in enumerate((4e9, 1e9)):
        path = lake.land(f"dossier_events/mot_cua/2022-09-1{number}_e.csv", EVENTS)
        os.utime(path, (moment, moment))
        _, cursor = look(lake.lake, cursor)
        ready, cursor = look(lake.lake, cursor)
        assert ready == [f"dossier_events/mot_cua/2022-09-1{number}_e.csv"]


def test_the_cursor_stays_small(lake: TestLake) -> None:
    for number in range(LIMIT + 50):
        lake.land(f"dossier_events/mot_cua/2022-09-15_{number}.csv", "")
    cursor, taken = Cursor(), 0
    for _ in range(4):
        ready, cursor = look(lake.lake, Cursor.parse(cursor.text()))
        taken += len(ready)
        assert len(cursor.text()) < 150_000
    assert taken == LIMIT
    assert Cursor.parse("no cursor") == Cursor()


def test_a_failing_webhook_is_tried_again_and_a_refusing_one_is_not(hook: Hook) -> None:
    notice = of_failed_run("reform_release", "r1", RefusedError("not published (rule_a).", "Read it."))
    settings, waits = NoticeSettings(webhook=hook.url), []
    hook.answers = [503, 429]
    assert send(notice, settings, waits.append) == (True, [])
    assert (hook.asked, waits) == (3, [1.0, 4.0])
    [told] = hook.notices
    assert told["notice"]["kind"] == "refused_release"
    assert "Ai xử lý" in told["text"]
    assert "Who acts" in told["text"]
    hook.answers = [404]
    sent, [problem] = send(notice, settings, waits.append)
    assert (sent, hook.asked) == (False, 4)
    assert "secret-path" not in problem
    gone = NoticeSettings(webhook="http://127.0.0.1:9/secret-path")
    sent, [problem] = send(notice, gone, waits.append)
    assert (sent, "secret-path" in problem) == (False, False)
    assert send(notice, NoticeSettings()) == (False, [])


def test_e_mail_tells_it_in_both_languages() -> None:
    Smtp.messages.clear()
    with socketserver.TCPServer(("127.0.0.1", 0), Smtp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = NoticeSettings(
            mail_to=("a@example.vn", "b@example.vn"), mail_from="cchc@example.vn", smtp_host="127.0.0.1",
            smtp_port=server.server_address[1], smtp_tls="off",
        )  # fmt: skip
        notice = of_failed_run("ingest", "r1", RefusedError("x."))
        assert send(notice, settings) == (True, [])
        server.shutdown()
    import email
    import email.policy

    message = email.message_from_string(Smtp.messages[0], policy=email.policy.default)
    told = of_failed_run("ingest", "r1", CchcError("The step x failed: ValueError: Nguyễn Văn A 0987654321"))
    assert "ValueError" in told.text
    assert "0987654321" not in json.dumps(told.to_json())
    assert message["To"] == "a@example.vn, b@example.vn"
    assert "Who acts: The owners of the rules named" in message.get_content()
    assert "Bản công bố bị từ chối" in str(message["Subject"])


def test_a_silent_source_is_told_once_a_day(
    lake: TestLake, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.defs.sensors import silent_sources

    monkeypatch.setenv("CCHC_NOTICE_WEBHOOK", hook.url)
    lake.land("dossiers/wabo/2022-09-15_d.csv", "x\n")
    from orchestration.extracts.sources import SourceStatus

    overdue = SourceStatus("dossiers", "wabo", "wabo", rhythm="daily", overdue=True)
    monkeypatch.setattr("orchestration.defs.sensors.list_sources", lambda *_, **__: [overdue])
    hook.answers = [404]
    cursor = None
    for told in (0, 1, 1):
        context = dg.build_sensor_context(cursor=cursor)
        found = silent_sources.evaluate_tick(context)
        cursor = found.cursor
        assert (len(hook.notices), found.skip_message) == (told, "Silent: dossiers/wabo")
    assert hook.notices[0]["notice"]["kind"] == "silent_source"
    yesterday = json.dumps({"dossiers/wabo": "2022-09-14"})
    silent_sources.evaluate_tick(dg.build_sensor_context(cursor=yesterday))
    assert len(hook.notices) == 2


def test_a_failed_run_of_the_daemon_is_told_and_one_of_the_command_line_is_not(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.defs.sensors import failed_runs

    @dg.op
    def refuse() -> None:
        raise RefusedError("2022-09_0a is not published: the audit refused it (rule_a).", "Read it.")

    @dg.job
    def some_job() -> None:
        refuse()

    monkeypatch.setenv("CCHC_NOTICE_WEBHOOK", hook.url)
    with dg.DagsterInstance.ephemeral() as instance:
        for tags in ({}, {"cchc/started_by": "command line"}):
            run = some_job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
            failed_runs(
                dg.build_run_status_sensor_context(
                    "failed_runs", run.get_run_failure_event(), instance, run.dagster_run
                ).for_run_failure()
            )
    [told] = hook.notices
    assert told["notice"]["kind"] == "refused_release"
    assert "rule_a" in told["notice"]["what_en"]
