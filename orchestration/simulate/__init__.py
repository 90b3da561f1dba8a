"""The synthetic province-year, in the clothes of real source systems. Plain Python, no Dagster import.

Belongs here: drawing a province, its units, people, procedures and dossiers from a seed, and writing them as
extracts into a landing folder. Does not belong here: reading or computing anything of the warehouse. Every figure
of the 2022 statement comes out by counting what was drawn under the counting rules of the warehouse.

Entry points: `run.simulate`, `defects.list_defects`.

Notice: names and codes of the administrative units are facts taken from the package `vietnamadminunits` 1.0.4,
MIT License, Copyright (c) 2025 Tran Ngoc Minh Hieu.
"""
