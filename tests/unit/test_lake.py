"""The lake: folder names in one place, and no way out of them."""

import pytest

from orchestration.errors import UsageError
from orchestration.lake import Lake, inside

FOLDERS = ["landing", "raw", "restricted", "quarantine", "build", "candidate", "releases", "dagster_home"]


def test_every_folder_lies_below_the_root_and_no_two_are_the_same(tmp_path):
    lake = Lake(tmp_path)
    folders = [getattr(lake, name) for name in FOLDERS]

    assert all(folder.is_relative_to(tmp_path) and folder != tmp_path for folder in folders)
    assert len(set(folders)) == len(FOLDERS)


def test_the_ledger_lies_in_raw_so_that_raw_alone_suffices_to_rebuild(tmp_path):
    lake = Lake(tmp_path)

    assert lake.ledger.is_relative_to(lake.raw)


def test_no_feed_may_collide_with_the_ledger(tmp_path):
    assert Lake(tmp_path).ledger.name.startswith("_")


def test_a_release_lies_in_releases_and_its_candidate_beside_them(tmp_path):
    lake = Lake(tmp_path)

    assert lake.release_of("2022-9M_0123456789ab") == tmp_path / "releases" / "2022-9M_0123456789ab"
    assert lake.candidate_of("2022-9M_0123456789ab") == tmp_path / "candidate" / "2022-9M_0123456789ab"


@pytest.mark.parametrize("name", ["..", "../raw", "a/../../b", "/etc/passwd"])
def test_a_name_that_leads_outside_its_folder_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="leads outside"):
        Lake(tmp_path).release_of(name)


def test_a_link_that_leads_outside_is_refused(tmp_path):
    folder = tmp_path / "releases"
    folder.mkdir()
    (folder / "elsewhere").symlink_to(tmp_path)

    with pytest.raises(UsageError, match="leads outside"):
        inside(folder, "elsewhere/secret")


def test_a_link_that_stays_inside_is_followed(tmp_path):
    folder = tmp_path / "releases"
    (folder / "2022-9M_0123456789ab").mkdir(parents=True)
    (folder / "current").symlink_to("2022-9M_0123456789ab")

    assert inside(folder, "current").resolve() == (folder / "2022-9M_0123456789ab").resolve()
