"""The moving parts of the warehouse: settings, lake, extracts, simulation, release, Dagster code location.

A record flows down the folders and never back up: `orchestration` pulls, `dbt_project` computes,
`expectations` judges, `orchestration/release` publishes.
"""
