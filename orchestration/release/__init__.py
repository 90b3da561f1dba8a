"""From a build database to a release that readers may trust: candidate, certificate, publication, pointers.

Belongs here: what happens to the marts after they were computed, in plain Python. Does not belong here:
computing a figure (`dbt_project`), judging one (`expectations`), Dagster objects (`orchestration/defs`),
printing on a terminal (`orchestration/cli.py`).

Nothing is imported here: `cchc release list` must answer in a second.
"""
