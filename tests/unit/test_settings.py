"""Settings: defaults, refusals, and what reaches the figures."""

from pathlib import Path

import pytest

from orchestration.errors import EXIT_USAGE, UsageError
from orchestration.settings import REPOSITORY, load_settings


def test_without_any_variable_the_local_defaults_hold():
    settings = load_settings({})

    assert settings.env == "local"
    assert settings.lake == REPOSITORY / "data_lake"
    assert settings.engine == "duckdb"
    assert settings.province == "H28"
    assert settings.timezone == "Asia/Ho_Chi_Minh"
    assert settings.period_kind == "month"
    assert settings.waivers == REPOSITORY / "expectations" / "waivers.yml"
    assert settings.pseudonym_secret is None


def test_an_unknown_environment_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(UsageError) as refusal:
        load_settings({"CCHC_ENV": "prod"})

    assert "CCHC_ENV='prod'" in refusal.value.message
    assert refusal.value.hint == "Known values: local, test, production."
    assert refusal.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CCHC_ENGINE", "spark3"),
        ("CCHC_PERIOD_KIND", "week"),
        ("CCHC_TIMEZONE", "Hanoi"),
        ("CCHC_TIMEZONE", "../etc/x"),
    ],
)
def test_an_unknown_value_is_refused_with_the_name_of_its_variable(variable, value):
    with pytest.raises(UsageError, match=variable):
        load_settings({variable: value})


def test_production_has_no_default_lake():
    with pytest.raises(UsageError, match="CCHC_LAKE is not set"):
        load_settings({"CCHC_ENV": "production", "CCHC_PSEUDONYM_SECRET": "s"})


def test_production_takes_the_pseudonym_secret_from_the_environment_alone():
    with pytest.raises(UsageError, match="CCHC_PSEUDONYM_SECRET is not set"):
        load_settings({"CCHC_ENV": "production", "CCHC_LAKE": "/srv/lake"})


def test_production_with_everything_set_is_accepted():
    settings = load_settings(
        {"CCHC_ENV": "production", "CCHC_LAKE": "/srv/lake", "CCHC_PSEUDONYM_SECRET": "s"}
    )

    assert settings.lake == Path("/srv/lake")
    assert settings.pseudonym_secret == "s"


def test_a_relative_lake_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert load_settings({"CCHC_LAKE": "somewhere/lake"}).lake == tmp_path.resolve() / "somewhere" / "lake"


def test_a_deployment_keeps_its_waivers_where_it_says(tmp_path):
    assert (
        load_settings({"CCHC_WAIVERS": f"{tmp_path}/waivers.yml"}).waivers
        == tmp_path.resolve() / "waivers.yml"
    )


def test_home_in_the_lake_s_path_is_expanded():
    assert load_settings({"CCHC_LAKE": "~/lake"}).lake == (Path.home() / "lake").resolve()


def test_only_settings_that_can_change_a_figure_reach_the_release_id():
    one = load_settings({"CCHC_LAKE": "/a", "CCHC_PERIOD_KIND": "year", "CCHC_PSEUDONYM_SECRET": "s"})
    other = load_settings({"CCHC_LAKE": "/b"})
    elsewhere = load_settings({"CCHC_TIMEZONE": "Europe/Amsterdam"})

    assert one.reaching_figures() == other.reaching_figures()
    assert one.reaching_figures() != elsewhere.reaching_figures()


def test_the_secret_is_never_among_what_the_manifest_prints():
    settings = load_settings({"CCHC_PSEUDONYM_SECRET": "do-not-print"})

    assert "do-not-print" not in str(settings.reaching_figures())
