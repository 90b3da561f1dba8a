"""The build: raw files become a working database, dbt computes in it. No Dagster here.

Belongs here: the views over raw, running dbt, reading dbt's results. Does not belong here: any rule of
counting (that is `dbt_project`), any judgement (that is `expectations`).
"""
