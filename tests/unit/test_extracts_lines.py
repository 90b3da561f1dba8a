"""Lines and fields of text files, compared with Python's own reader on random tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extracts import sql_text as sql
from orchestration.extracts.broken import BrokenFileError
from orchestration.extracts.profile import FileFormat
from orchestration.extracts.readers import lines
from orchestration.extracts.readers.delimited import read_delimited

CELLS = st.text(alphabet=st.sampled_from(list('ab",;\n é')), max_size=6)


def fields(path: Path, delimiter: str | None = None) -> tuple[list[list[str]], int, int]:
    with duckdb.connect() as connection:
        source = read_delimited(connection, path, FileFormat(delimiter=delimiter), [("k",)])
        cells = ", ".join(str(source.expression(name)) for name in source.names)
        rows = connection.execute(f"select {cells} from source order by line").fetchall()
    return [list(row) for row in rows], source.lines, source.skipped


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_fields_equal_those_of_pythons_reader(
    tmp_path: Path, table: list[tuple[str, str, str]], delimiter: str
):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["k", "b", "c"])
    writer.writerows([("x" + first, second, third) for first, second, third in table])
    path = tmp_path / "t.csv"
    path.write_text(stream.getvalue(), newline="")
    expected = list(csv.reader(io.StringIO(stream.getvalue(), newline=""), delimiter=delimiter))[1:]
    found, total, skipped = fields(path, delimiter)
    assert found == expected
    assert total == stream.getvalue().count("\n")
    assert skipped == total - len(expected)


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 20])
def test_chunks_never_cut_a_line_or_a_letter(tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "CHUNK", chunk)
    texts = [f"dòng {number}: Nguyễn Văn Ề" for number in range(50)]
    path = tmp_path / "t.txt"
    path.write_bytes("\r\n".join(texts).encode("utf-8-sig"))
    with duckdb.connect() as connection:
        assert lines.load_lines(connection, path) == (50, True)
        found = connection.execute("select line, text from lines order by line").fetchall()
    assert found == list(enumerate(texts, start=1))


def test_the_delimiter_is_the_one_that_gives_the_wanted_headings(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("Danh sách, tháng 3, năm 2022\nk;b\n1,5;2\n")
    assert fields(path) == ([["1,5", "2"]], 3, 2)


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines, "CHUNK", 10)
    monkeypatch.setattr(lines, "LONGEST_LINE", 100)
    path = tmp_path / "t.csv"
    path.write_text("k,b\n" + "x" * 500)
    with duckdb.connect() as connection, pytest.raises(BrokenFileError, match="line longer"):
        lines.load_lines(connection, path)


@pytest.mark.parametrize("sign", ["\t", "\u00a0", "\ufeff", "\\"])
def test_rare_white_space_is_noticed_and_trimmed(tmp_path: Path, sign: str):
    path = tmp_path / "t.csv"
    path.write_text(f"k,b\nx{sign},y\n")
    with duckdb.connect() as connection:
        source = read_delimited(connection, path, FileFormat(), [("k",)])
        assert not source.plain
    path.write_text("k,b\r\nx ,y\r\n", newline="")
    with duckdb.connect() as connection:
        source = read_delimited(connection, path, FileFormat(), [("k",)])
        assert source.plain
        trimmed = sql.trimmed(str(source.expression("k")), plain=True)
        found = connection.execute(f"select {trimmed} from source").fetchall()
    assert found == [("x",)]
