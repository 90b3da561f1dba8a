"""Profiles: what they may say, and errors that name file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.extracts.contract import feeds
from orchestration.extracts.formats import FormatError, time_formats
from orchestration.extracts.profile import PROFILES, load_profile, profile_names, profile_of_source
from orchestration.extracts.yaml_marks import ProfileError

BASE = """\
feed: dossier_events
columns:
  dossier_code: Mã hồ sơ
  event_at: Thời điểm
  status: {from: Trạng thái, map: {Mới: "1"}, other: "2"}
"""


def written(folder: Path, text: str, name: str = "nguon.yml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_that_ships_is_valid(name: str):
    profile = load_profile(PROFILES / f"{name}.yml")
    assert profile.feed in feeds()
    assert profile.description


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (BASE + "colour: red\n", 6, "colour", "unknown"),
        (BASE.replace("dossier_events", "dosiers"), 1, "feed", "'dosiers' is unknown"),
        (BASE.replace("event_at: Thời", "event_on: Thời"), 4, "columns.event_on", "no such column"),
        (BASE.replace("  status:", "  step:"), 2, "columns", "status"),
        (BASE.replace("from: Trạng thái", "fron: Trạng thái"), 5, "columns.status.fron", "unknown"),
        (BASE.replace("from: Trạng thái", "from: Trạng thái, constant: 3"), 5, "columns.status", "exactly one origin"),
        (BASE + "  step: {constant: a, other: b}\n", 6, "columns.step.other", "goes with map"),
        (BASE + "  step: {parent: a}\n", 6, "columns.step.parent", "child feed"),
        (BASE + "  sequence: {sum: Phi}\n", 6, "columns.sequence.sum", "list.field"),
        (BASE + "defaults: {timestamp: dd/MM}\n", 6, "defaults.timestamp", "year, month and day"),
        (BASE + "defaults:\n  number: {thousands: '.', decimal: '.'}\n", 7, "defaults.number", "different"),
        (BASE + "expects: {agencies: [H28.1]}\n", 6, "expects", "names no agency"),
        (BASE + "national_copy: true\n", 6, "national_copy", "only dossiers"),
        (BASE + "national_copy: yes\n", 6, "national_copy", "unknown"),
        (BASE + "expects: {communes: [H28.1]}\n", 6, "expects.communes", "unknown"),
        (BASE + "mode: full\n", 6, "mode", "'full' is unknown"),
        (BASE + "rhythm: fortnightly\n", 6, "rhythm", "unknown"),
        (BASE + "grace_days: three\n", 6, "grace_days", "no whole number"),
        (BASE + "format:\n  kind: csv\n  encoding: utf-9\n", 8, "format.encoding", "unknown"),
        (BASE + "format: {delimiter: ';;'}\n", 6, "format.delimiter", "one character"),
        (BASE + "format: {skip_rows: ['(']}\n", 6, "format.skip_rows", "no pattern"),
        (BASE + "one_record_per: {order_by: x}\n", 6, "one_record_per", "`key` is missing"),
        (BASE + "findings:\n  x: {lines_where: [a, '~', b]}\n", 7, "findings.x.lines_where", "[column, operator"),
        (BASE + "findings:\n  x: {records_where: [a, '>', b]}\n", 7, "findings.x.records_where", "no public column"),
        (BASE + "children:\n  - feed: ratings\n", 7, "children.0", "feed, each and columns"),
        (BASE + "  step: {choose: [{if_present: a}], else: b}\n", 6, "columns.step.choose.0", "and then"),
        (BASE + "extends: nobody\n", 6, "extends", "no profile 'nobody'"),
        (BASE + "feed: ratings\n", 6, "feed", "stands twice"),
        (BASE + "mode: [delta\n", 7, "", "no YAML"),
        ("- a\n- b\n", 1, "", "a profile is a mapping"),
        ("mode: delta\n", 1, "the profile", "`feed` is missing"),
    ],
)  # fmt: skip
def test_errors_name_file_line_and_key(tmp_path: Path, text: str, line: int, key: str, says: str):
    with pytest.raises(ProfileError) as caught:
        load_profile(written(tmp_path, text))
    message = caught.value.message
    assert message.startswith(f"nguon.yml, line {line}{', ' + key if key else ''}:"), message
    assert says in message


def test_an_extension_keeps_what_it_does_not_say_and_errors_name_the_file_below(tmp_path: Path):
    written(tmp_path, BASE + "defaults: {timestamp: dd/MM/yyyy}\n", "below.yml")
    top = written(tmp_path, "extends: below\ncolumns: {status: {constant: '4'}, step: null}\n")
    profile = load_profile(top)
    assert profile.columns is not None
    assert profile.columns["status"].constant == "4"
    assert profile.columns["status"].sources == ()
    assert profile.columns["dossier_code"].sources == ("Mã hồ sơ",)
    assert profile.timestamp == ("dd/MM/yyyy",)
    written(tmp_path, BASE + "mode: full\n", "below.yml")
    with pytest.raises(ProfileError, match=r"^below\.yml, line 6, mode"):
        load_profile(top)


def test_a_circle_of_extensions_is_an_error(tmp_path: Path):
    written(tmp_path, "extends: b\n", "a.yml")
    written(tmp_path, "extends: a\n", "b.yml")
    with pytest.raises(ProfileError, match="extends itself"):
        load_profile(tmp_path / "a.yml")


def test_the_digest_follows_content_and_not_description(tmp_path: Path):
    first = load_profile(written(tmp_path, BASE + "description: one\n"))
    second = load_profile(written(tmp_path, BASE + "description: two\n# a remark\n"))
    third = load_profile(
        written(tmp_path, BASE + "nothing: null\n".replace("nothing: null", "mode: snapshot"))
    )
    assert first.digest == second.digest != third.digest
    assert len(first.digest) == 12


def test_the_digest_follows_the_profile_below(tmp_path: Path):
    written(tmp_path, BASE, "below.yml")
    top = written(tmp_path, "extends: below\n")
    before = load_profile(top).digest
    written(tmp_path, BASE + "mode: snapshot\n", "below.yml")
    assert load_profile(top).digest != before


def test_a_source_is_bound_by_its_folders_name(tmp_path: Path):
    written(tmp_path, BASE)
    assert profile_of_source("dossier_events", "nguon", tmp_path).name == "nguon"
    assert profile_of_source("dossier_events", "nguon__H28.1", tmp_path).name == "nguon"
    assert profile_of_source("dossier_events", "khac", tmp_path).name == "canonical"
    assert profile_of_source("dossier_events", None, tmp_path).name == "canonical"
    with pytest.raises(ProfileError, match="delivers dossier_events"):
        profile_of_source("ratings", "nguon", tmp_path)


def test_codes_keep_their_zeros(tmp_path: Path):
    profile = load_profile(written(tmp_path, BASE + "  actor_code: {constant: 0047}\n"))
    assert profile.columns is not None
    assert profile.columns["actor_code"].constant == "0047"


@pytest.mark.parametrize(
    ("written_form", "patterns"),
    [
        ("yyyyMMddHHmmss", [("%Y%m%d%H%M%S", True, 14)]),
        (
            "dd/MM/yyyy[ HH:mm[:ss]]",
            [("%d/%m/%Y %H:%M:%S", True, None), ("%d/%m/%Y %H:%M", True, None), ("%d/%m/%Y", False, None)],
        ),
        ("yyyy-MM-ddTHH:mm:ss.SSS", [("%Y-%m-%dT%H:%M:%S.%g", True, None)]),
        ("iso", [("iso", True, None)]),
    ],
)  # fmt: skip
def test_written_forms_of_time(written_form: str, patterns: list[tuple[str, bool, int | None]]):
    assert [(form.pattern, form.has_time, form.length) for form in time_formats((written_form,))] == patterns


@pytest.mark.parametrize("wrong", ["dd/MM", "yyyy-MM-dd hh:mm", "yyyy[MM]dd", "yyyy-MM-dd]", "D/M/YYYY"])
def test_unknown_written_forms(wrong: str):
    with pytest.raises(FormatError):
        time_formats((wrong,))
