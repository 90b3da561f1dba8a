"""The short road for clean CSV files gives what the careful one gives, and leaves every odd file to it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from orchestration.extracts import sql_text as sql
from orchestration.extracts.profile import FileFormat
from orchestration.extracts.readers import clean_delimited, delimited
from orchestration.extracts.readers.source import Source

WANTED = [("code",), ("name",)]
CLEAN = "code,name,note\n1,Nguyễn,\n2, Lê ,x\n3,,y\n"
ODD = {
    "a quotation mark": 'code,name,note\n1,"a",b\n',
    "a blank line": "code,name,note\n1,a,b\n\n2,c,d\n",
    "a blank line at the end": "code,name,note\n1,a,b\n\n",
    "a blank line below the header": "code,name,note\n\n1,a,b\n",
    "nothing but delimiters": "code,name,note\n1,a,b\n , ,\n",
    "a line too short": "code,name,note\n1,a\n",
    "a line too long": "code,name,note\n1,a,b,c\n",
    "a line end inside a line": "code,name,note\n1,a,b\r2,c,d\n",
    "a title above the header": "Danh sách\ncode,name,note\n1,a,b\n",
    "an empty first line": "\ncode,name,note\n1,a,b\n",
    "no records": "code,name,note\n",
    "one column": "code\n1\n",
}


def _read(path: Path, content: str, *, careful: bool, monkeypatch: pytest.MonkeyPatch) -> tuple[Source, list]:
    path.write_bytes(content.encode())
    wanted = [("code",)] if content.startswith("code\n") else WANTED
    with monkeypatch.context() as patch, duckdb.connect() as connection:
        if careful:
            patch.setattr(delimited, "read_clean", lambda *_: None)
        source = delimited.read_delimited(connection, path, FileFormat(), wanted)
        cells = [source.expression(name) for name in source.names]
        query = f"select line, broken, {source.raw}, {', '.join(map(str, cells))} from {source.relation} order by line"
        return source, connection.execute(query).fetchall()


def _is_clean(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    with duckdb.connect() as connection:
        header = delimited._header
        found = clean_delimited.read_clean(
            connection, path, None, lambda first: header(first, WANTED, None), delimited.HEADER_WITHIN
        )
    return found is not None


@pytest.mark.parametrize("content", [CLEAN, CLEAN.rstrip("\n"), CLEAN.replace("\n", "\r\n"), *ODD.values()])
def test_both_roads_give_the_same_lines_and_cells(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    short, rows = _read(tmp_path / "a.csv", content, careful=False, monkeypatch=monkeypatch)
    careful, expected = _read(tmp_path / "a.csv", content, careful=True, monkeypatch=monkeypatch)
    assert rows == expected
    assert (short.lines, short.skipped, short.names) == (careful.lines, careful.skipped, careful.names)
    assert short.plain == careful.plain


@pytest.mark.parametrize(
    "content", [CLEAN, CLEAN.replace("\n", "\r\n"), CLEAN.replace(",", ";"), "\ufeff" + CLEAN]
)
def test_a_clean_file_takes_the_short_road(content: str, tmp_path: Path):
    assert _is_clean(tmp_path / "a.csv", content.encode())


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_an_odd_file_is_left_to_the_careful_road(content: str, tmp_path: Path):
    assert not _is_clean(tmp_path / "a.csv", content.encode())


def test_text_that_is_no_utf8_is_left_to_the_careful_road(tmp_path: Path):
    assert not _is_clean(tmp_path / "a.csv", CLEAN.encode() + b"4,\xff,z\n")


def test_lines_keep_their_numbers_over_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("orchestration.extracts.readers.lines.CHUNK", 64)
    content = "code,name\n" + "".join(f"{number},tên {number}\n" for number in range(2, 500))
    _, rows = _read(tmp_path / "a.csv", content, careful=False, monkeypatch=monkeypatch)
    assert [(row[0], row[3]) for row in rows] == [(number, str(number)) for number in range(2, 500)]
    assert all(before[0] + 1 == after[0] for before, after in pairwise(rows))


def test_a_file_too_large_for_memory_is_left_to_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clean_delimited, "LARGEST", 20)
    assert not _is_clean(tmp_path / "a.csv", CLEAN.encode())


@pytest.mark.parametrize(("content", "expected"), [("code,name\n1,a\n", True), ("code,name\n1,ă\n", False)])
def test_only_a_file_of_ascii_signs_is_said_to_be_one(
    content: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source, _ = _read(tmp_path / "a.csv", content, careful=False, monkeypatch=monkeypatch)
    assert source.ascii_only is expected
    assert ("nfc_normalize" in sql.normal("x", ascii_only=source.ascii_only)) is not expected
