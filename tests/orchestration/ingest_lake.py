"""A lake in a temporary folder for the tests of the ingest, and ways to look at what the ingest wrote."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.extracts.ingest import ingest
from orchestration.extracts.report import IngestReport
from orchestration.lake import Lake
from orchestration.settings import Settings, load_settings

SECRET = "a secret of the tests, long enough"
EVENTS = "dossier_code,event_at,status,sequence,actor_code,step\n"


@dataclass
class TestLake:
    """A lake, its settings, and a clock that moves a day with each ingest."""

    __test__ = False

    lake: Lake
    settings: Settings
    now: datetime = datetime(2022, 10, 1, 8, 0)

    def land(self, file: str, content: str | bytes) -> Path:
        path = self.lake.landing / file
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if file.endswith(".gz") else data)
        return path

    def land_json(self, file: str, objects: list[Any]) -> Path:
        return self.land(file, "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects))

    def ingest(self, clock: Callable[[], datetime] | None = None, **options: Any) -> IngestReport:
        moment = self.now
        self.now += timedelta(days=1)
        return ingest(self.lake, self.settings, clock=clock or (lambda: moment), **options)

    def query(self, sql: str, zone: str, feed: str) -> list[tuple[Any, ...]]:
        """Rows of `sql`, in which `rows` stands for the Parquet files of a feed in a zone of the lake."""
        files = sorted((self.lake.root / zone / feed).rglob("*.parquet"))
        if not files:
            return []
        with duckdb.connect() as connection:
            connection.execute(
                f"create view rows as select * from read_parquet({[str(file) for file in files]}, "
                "hive_partitioning = false, union_by_name = true)"
            )
            return connection.execute(sql).fetchall()

    def raw(self, feed: str, columns: str = "*") -> list[tuple[Any, ...]]:
        return self.query(f"select {columns} from rows order by file_line, file_id", "raw", feed)

    def quarantined(self, feed: str) -> list[tuple[Any, ...]]:
        return self.query("select file_line, reason, field from rows order by file_line", "quarantine", feed)

    def rejected_text(self, feed: str) -> list[tuple[Any, ...]]:
        return self.query(
            "select file_line, raw_text from rows order by file_line", "restricted/quarantine", feed
        )


def make_lake(folder: Path, **environ: str) -> TestLake:
    settings = load_settings(
        {"CCHC_ENV": "test", "CCHC_LAKE": str(folder), "CCHC_PSEUDONYM_SECRET": SECRET} | environ
    )
    return TestLake(Lake(settings.lake), settings)


def dvcqg_object(code: str, **changes: Any) -> dict[str, Any]:
    """One dossier as the national portal sends it."""
    return {
        "MaHoSo": code,
        "MaTTHC": "1.004889.000.00.00.H28",
        "KenhThucHien": "2",
        "NguoiNopHoSo": "1",
        "ChuHoSo": "Nguyễn Văn Bí Mật",
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": "017099001234",
        "SoDienThoai": "0987654321",
        "MaXaDiaBan": "04795",
        "NgayNopHoSo": "20220301074500",
        "NgayTiepNhan": "20220301081500",
        "NgayHenTra": "20220315170000",
        "NgayKetThucXuLy": "20220314093000",
        "NgayTra": "20220314150000",
        "NgayTuChoi": "",
        "TrangThaiHoSo": "10",
        "HinhThuc": "0",
        "DonViXuLy": "000.00.53.H28",
        "HoSoCoThanhPhanSoHoa": "1",
        "DuocThanhToanTrucTuyen": "1",
        "TaiLieuNop": [
            {"MaThanhPhanHoSo": "A", "DuocSoHoa": "1", "DuocTaiSuDung": "1"},
            {"MaThanhPhanHoSo": "B", "DuocSoHoa": "1", "DuocTaiSuDung": "2"},
        ],
        "DanhSachLePhi": [{"MaPhiLePhi": "P", "Gia": "15000"}, {"MaPhiLePhi": "Q", "Gia": "5000"}],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [{"MaGiayToKetQua": "K"}],
        "DaDongBo": "1",
        "NgayCapNhat": "20220314150100",
    } | changes
