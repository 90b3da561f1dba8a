"""The documents of pulled sources: every key known, every value of its kind, errors with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.errors import UsageError
from orchestration.extracts.connectors.configuration import PulledSource, load_source
from orchestration.extracts.connectors.pulling import configured_sources, pull_sources
from orchestration.extracts.connectors.sql import SqlConnector
from orchestration.extracts.connectors.trial import source_called
from orchestration.extracts.profile import PROFILES
from orchestration.extracts.yaml_marks import ProfileError
from orchestration.lake import Lake
from orchestration.settings import load_settings

GOOD = """\
source: mot_cua
feed: dossiers
profile: none
owner: Phòng CNTT
key: [dossier_code]
keep: 30 days
connector:
  kind: sql
  url_from: MOT_CUA_URL
  table: public.ho_so
  watermark: {column: updated_at, overlap: 2 hours}
"""


def load(folder: Path, text: str, name: str = "mot_cua.yml") -> PulledSource:
    path = folder / name
    path.write_text(text)
    return load_source(path)


def test_a_good_document_is_what_it_says(tmp_path: Path):
    source = load(tmp_path, GOOD)
    assert (source.head.source, source.head.feed, source.head.keep_days, source.kind) == (
        "mot_cua",
        "dossiers",
        30,
        "sql",
    )
    assert isinstance(source.connector, SqlConnector)
    assert source.connector.variables() == ("MOT_CUA_URL",)
    assert source.connector.spec.watermark is not None
    assert source.connector.spec.watermark.seconds == 7200
    same = load(tmp_path, GOOD.replace("Phòng CNTT", "Sở TT&TT").replace("30 days", "always"))
    assert same.head.digest == source.head.digest
    assert load(tmp_path, GOOD.replace("2 hours", "3 hours")).head.digest != source.head.digest
    assert load(tmp_path, GOOD, "mot_cua.dossiers.yml").head.source == "mot_cua"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("owner: Phòng CNTT\n", "", 1, "owner: the key `owner` is missing"),
        ("feed: dossiers", "feed: ho_so", 2, "'ho_so' is unknown"),
        ("source: mot_cua", "source: một cửa", 1, "is no name"),
        ("source: mot_cua", "source: khac", 1, "the file of this source is called mot_cua.yml"),
        ("profile: none", "profile: khong_co", 3, "there is no profile 'khong_co'"),
        ("profile: none", "profile: nhan_su", 3, "delivers staff, not dossiers"),
        ("keep: 30 days", "keep: a while", 6, "'a while' is unknown"),
        ("kind: sql", "kind: ftp", 8, "'ftp' is unknown"),
        ("url_from: MOT_CUA_URL", "url_from: postgresql://a:b@c/d", 9, "no name of an environment variable"),
        ("url_from: MOT_CUA_URL", "password: abc", 9, "this key is unknown"),
        ("table: public.ho_so", "table: a\n  query: select 1", 7, "needs a table or a query"),
        ("2 hours", "long", 11, "'long' is no length of time"),
        (", overlap: 2 hours", "", 11, "the key `overlap` is missing"),
        ("{column: updated_at", "{colum: updated_at", 11, "this key is unknown"),
    ],
)
def test_a_wrong_document_is_told_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, words: str
):
    assert old in GOOD
    with pytest.raises(ProfileError) as error:
        load(tmp_path, GOOD.replace(old, new))
    assert f"mot_cua.yml, line {line}" in error.value.message
    assert words in error.value.message


def test_a_wrong_document_leaves_the_other_sources_alone_and_names_are_looked_up(tmp_path: Path):
    (tmp_path / "mot_cua.yml").write_text(GOOD)
    (tmp_path / "sai.yml").write_text("source: sai\n")
    (tmp_path / "mot_cua.dossiers.yml").write_text(GOOD)
    sources, broken = configured_sources(tmp_path, PROFILES)
    assert [source.head.source for source in sources] == ["mot_cua"]
    assert [wrong.file for wrong in broken] == ["mot_cua.yml", "sai.yml"]
    assert "mot_cua.dossiers.yml pulls the feed dossiers of mot_cua already" in broken[0].found
    (tmp_path / "mot_cua.dossiers.yml").unlink()
    settings = load_settings({"CCHC_SOURCES": str(tmp_path), "CCHC_LAKE": str(tmp_path / "lake")})
    assert source_called("mot_cua", settings).head.feed == "dossiers"
    with pytest.raises(UsageError, match="no pulled source 'khac'"):
        source_called("khac", settings)
    with pytest.raises(UsageError, match="no pulled source 'khac'"):
        pull_sources(Lake(settings.lake), settings, [], profiles=PROFILES, full=["khac"])


def test_no_source_is_configured_where_the_product_ships():
    assert configured_sources(load_settings({}).sources, PROFILES) == ([], [])
