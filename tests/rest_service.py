"""A web service of dossiers that misbehaves when it is told to: a real HTTP server, in a process of its own.

`python tests/rest_service.py` prints its port. `PUT /script` sets records, clock and faults, `GET /log` tells what was
asked, `GET /held` what it holds. A fault happens at the n-th request for records (from 1), or at every one
(`at: null`).
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Record = dict[str, Any]


class Stage:
    """What the service holds and does."""

    def __init__(self) -> None:
        self.set({})

    def set(self, script: dict[str, Any]) -> None:
        self.records: list[Record] = script.get("records", [])
        self.now: str = script.get("now", "2026-10-01T01:00:00+00:00")
        self.order: str = script.get("order", "ma")
        self.cap: int = script.get("cap", 1000)
        self.hidden: list[str] = script.get("hidden", [])  # filtered after the records were cut into pages
        self.total: bool = script.get("total", True)
        self.faults: list[dict[str, Any]] = script.get("faults", [])
        self.log: list[dict[str, Any]] = []
        self.asked = 0
        self.last: Any = None

    def found(self, values: dict[str, Any]) -> list[Record]:
        since = values.get("updated_since")
        rows = sorted(self.records, key=lambda record: (record[self.order], record["ma"]))
        if not since:
            return rows
        asked = datetime.fromisoformat(since)
        return [row for row in rows if datetime.fromisoformat(row["cap_nhat"]) >= asked]

    def change(self, fault: dict[str, Any]) -> None:
        gone = {*fault.get("delete", []), *(record["ma"] for record in fault.get("put", []))}
        self.records = [record for record in self.records if record["ma"] not in gone] + fault.get("put", [])


STAGE = Stage()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        del timestamp
        return format_datetime(datetime.fromisoformat(STAGE.now).astimezone(UTC), usegmt=True)

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        named = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in (
            named | {name.replace("_", "-"): value for name, value in headers.items()}
        ).items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def do_PUT(self) -> None:
        STAGE.set(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"{}")

    def do_GET(self) -> None:
        if self.path in ("/log", "/held"):
            self.answer(json.dumps(STAGE.log if self.path == "/log" else STAGE.records).encode())
        else:
            self.data({})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "form" in self.headers["Content-Type"]:
            text = parse_qs(text)["params"][0]
        self.data(json.loads(text))

    def data(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        values = {name: texts[0] for name, texts in parse_qs(parts.query).items()} | body
        shown = {name: self.headers[name] for name in ("Authorization", "X-Api-Key") if name in self.headers}
        STAGE.asked += 1
        STAGE.log.append({"path": parts.path, "values": values, "headers": shown, "method": self.command})
        fault = next((one for one in STAGE.faults if one.get("at") in (None, STAGE.asked)), {})
        STAGE.change(fault)
        STAGE.now = fault.get("now", STAGE.now)
        kind = parts.path.rsplit("/", 1)[-1]
        document, headers = self.page(kind, values)
        if fault.get("do") == "repeat":
            document = STAGE.last
        STAGE.last = document
        if fault.get("do") in (None, "repeat"):
            self.answer(json.dumps(document, ensure_ascii=False).encode(), **headers)
        else:
            self.misbehave(fault, json.dumps(document, ensure_ascii=False).encode())

    def page(self, kind: str, values: dict[str, Any]) -> tuple[Any, dict[str, str]]:
        rows = STAGE.found(values)
        size = min(int(values.get("size") or STAGE.cap), STAGE.cap)
        start = int(values.get("offset") or 0)
        if kind == "page":
            start = size * (int(values.get("page") or 1) - 1)
        if kind in ("cursor", "link"):
            start = int(str(values.get("cursor") or "c0")[1:])
        part, more = rows[start : start + size], start + size < len(rows)
        part = [row for row in part if row["ma"] not in STAGE.hidden]
        meta: dict[str, Any] = {"total": len(rows)} if STAGE.total else {}
        headers = {}
        if kind == "cursor":
            meta["next"] = f"c{start + size}" if more else None
        if kind == "link" and more:
            headers["Link"] = f'</api/link?size={size}&cursor=c{start + size}>; rel="next"'
        return {"error_code": "00", "data": {"items": part}, "meta": meta}, headers

    def misbehave(self, fault: dict[str, Any], body: bytes) -> None:
        do = fault["do"]
        if do == "status":
            self.answer(b"busy", fault["status"], **fault.get("headers", {}))
        elif do == "truncate":
            self.answer(body[: len(body) // 2])
        elif do == "text":
            self.answer(fault["text"].encode(), Content_Type=fault.get("type", "text/html"))
        elif do == "redirect":
            self.answer(b"", fault.get("status", 302), Location=fault["to"])
        elif do == "drop":
            self.close_connection = True
            self.connection.close()
        elif do == "cut":  # fewer bytes than announced
            self.answer(body[:-10], Content_Length=str(len(body)))
            self.close_connection = True
        elif do == "huge":
            self.answer(b"[" + b" " * fault["bytes"] + b"]")
        elif do == "slow":
            self.slow(body, fault["seconds"])
        elif do == "hang":
            time.sleep(fault["seconds"])
            self.close_connection = True

    def slow(self, body: bytes, seconds: float) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(seconds)


class Service:
    """The server as a test sees it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def set(self, **script: Any) -> None:
        """Set the scene anew."""
        request = urllib.request.Request(f"{self.url}/script", json.dumps(script).encode(), method="PUT")
        with urllib.request.urlopen(request, timeout=10):
            pass

    def log(self) -> list[dict[str, Any]]:
        """The requests for records since then."""
        return self._told("log")

    def held(self) -> list[Record]:
        """The records that it holds now."""
        return self._told("held")

    def _told(self, what: str) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/{what}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()
