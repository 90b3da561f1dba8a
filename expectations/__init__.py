"""What a candidate must satisfy before it is published, and who acts where it does not.

Belongs here: the registry of rules, the suites over the public marts, limits, waivers, the verdict. Does not
belong here: computing a figure (`dbt_project`), writing or publishing documents (`orchestration/release`).
"""
