"""From a figure's model back to the feeds that it is made of."""

from __future__ import annotations

from orchestration.release.lineage import feeds_of, upstream

MANIFEST = {
    "lineage": {
        "indicator_tasks": ["fct_tasks", "int_periods"],
        "fct_tasks": ["stg_tasks", "int_agencies"],
        "stg_tasks": ["raw.tasks"],
        "int_agencies": ["raw.agencies", "int_dossiers"],
        "int_periods": ["int_dossiers", "reference.periods"],
        "int_dossiers": ["raw.dossiers", "raw.dossier_events"],
        "indicator_dossiers": ["int_dossiers", "int_periods"],
        "indicator_surveys": ["raw.survey_responses"],
    },
}


def test_a_figure_is_made_of_the_feeds_the_catalogue_names_and_their_family() -> None:
    assert feeds_of(MANIFEST, "indicator_tasks", "tasks") == ["tasks"]
    assert feeds_of(MANIFEST, "indicator_dossiers", "dossiers") == ["dossier_events", "dossiers"]


def test_without_a_catalogue_it_is_made_of_all_that_its_model_reaches() -> None:
    assert feeds_of(MANIFEST, "indicator_tasks", None) == ["agencies", "dossier_events", "dossiers", "tasks"]


def test_a_feed_that_nobody_delivered_is_named_all_the_same() -> None:
    assert feeds_of(MANIFEST, "indicator_surveys", "survey_responses") == ["survey_responses"]


def test_the_way_back_leaves_out_models_that_lead_elsewhere() -> None:
    assert list(upstream(MANIFEST, "indicator_tasks", ["tasks"])) == [
        "indicator_tasks",
        "fct_tasks",
        "stg_tasks",
    ]
    assert upstream(MANIFEST, "indicator_tasks", ["tasks"])["fct_tasks"] == ["stg_tasks"]
    assert "int_agencies" in upstream(MANIFEST, "indicator_tasks")


def test_an_unknown_model_has_no_way_back() -> None:
    assert upstream(MANIFEST, "absent", ["tasks"]) == {}
