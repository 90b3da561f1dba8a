"""A web service as a source in a folder of its own, pulled again and again without a lake; the HTTP is real."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from orchestration.extracts.connectors.configuration import load_source
from orchestration.extracts.connectors.interface import Pulled, PullRequest
from orchestration.extracts.connectors.rest import RestConnector
from orchestration.extracts.connectors.rest.requests import Clock
from tests.rest_service import Service

TOKEN = "secret-of-the-tests"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def dossier(number: int, minute: int | None = None, status: str = "4") -> dict[str, Any]:
    """A dossier, changed at 07:00 local time and so many minutes."""
    minute = number if minute is None else minute
    return {
        "ma": f"H28-{number:03}",
        "trang_thai": status,
        "cap_nhat": f"2026-10-01T{7 + minute // 60:02}:{minute % 60:02}:00+07:00",
        "chu": "Trần Thị Kín",
    }


DOSSIERS = [dossier(number) for number in range(1, 26)]
ALL = [record["ma"] for record in DOSSIERS]


@dataclasses.dataclass
class Bench:
    """A source in a folder of its own, pulled again and again."""

    folder: Path
    service: Service
    cursor: Any = None
    seen: Path | None = None
    mode: str = "delta"
    waits: list[float] = dataclasses.field(default_factory=list)
    values: dict[str, Any] = dataclasses.field(default_factory=dict)

    def connector(self, kind: str = "page", **changes: Any) -> RestConnector:
        pages: dict[str, Any] = {"kind": kind, "size": 10, "size_parameter": "size"}
        if kind in ("page", "offset", "cursor"):
            pages["parameter"] = kind
        if kind == "cursor":
            pages["next"] = "meta.next"
        connector: dict[str, Any] = {
            "kind": "rest", "url": f"{self.service.url}/api/{kind}", "allow_http": "true", "records": "data.items",
            "total": "meta.total", "pages": pages, "auth": {"kind": "bearer", "token": "CCHC_T"},
            "updated_since": {"parameter": "updated_since", "field": "cap_nhat"},
            "limits": {"requests_per_second": 1000, "attempts": 3},
        }  # fmt: skip
        for name, value in changes.items():
            below = connector.get(name)
            connector[name] = below | value if isinstance(below, dict) and isinstance(value, dict) else value
        connector = {name: value for name, value in connector.items() if value is not None}
        document = {
            "source": "mc",
            "feed": "dossiers",
            "profile": "none",
            "owner": "Sở",
            "key": ["ma"],
            "connector": connector,
        }
        path = self.folder / "mc.yml"
        path.write_text(yaml.safe_dump(document | {"connector": connector}), "utf-8")
        made = load_source(path).connector
        assert isinstance(made, RestConnector)
        asked = iter(range(10**9))
        clock = Clock(self.waits.append, lambda: sum(self.waits) + next(asked) / 100, lambda _low, high: high)
        return dataclasses.replace(made, clock=clock)

    def request(self, limit: int | None = None) -> PullRequest:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        return PullRequest(
            source="mc", feed="dossiers", mode=self.mode, key=("ma",), cursor=self.cursor, seen=self.seen,
            part=self.folder / "delivery.part", seen_part=self.folder / "seen.part", scratch=scratch,
            secret=lambda _name: TOKEN, zone=ZONE, now=lambda: datetime(2026, 10, 1, 9, 0), progress=lambda _line: None,
            limit=limit,
        )  # fmt: skip

    def pull(self, kind: str = "page", limit: int | None = None, **changes: Any) -> tuple[Pulled, list[str]]:
        """A pull, not yet committed, and the codes that it delivered."""
        request = self.request(limit)
        request.part.unlink(missing_ok=True)
        pulled = self.connector(kind, **changes).pull(request)
        lines = request.part.read_text("utf-8").splitlines() if request.part.exists() else []
        assert len(lines) == pulled.rows
        return pulled, [json.loads(line)["ma"] for line in lines]

    def commit(self, pulled: Pulled) -> None:
        """What the pulling does when the delivery is taken."""
        if pulled.nothing_new:
            return
        self.cursor = json.loads(json.dumps(pulled.cursor))
        if (self.folder / "seen.part").exists():
            self.seen = (self.folder / "seen.part").rename(self.folder / f"seen{len(self.waits)}.parquet")
        for path in (self.folder / "scratch").iterdir():
            path.unlink()


def records_delivered(bench: Bench) -> list[dict[str, Any]]:
    """What was delivered last."""
    path = bench.folder / "delivery.part"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def delivered(bench: Bench) -> dict[str, str]:
    """Status by code of what was delivered last."""
    return {record["ma"]: record["trang_thai"] for record in records_delivered(bench)}
