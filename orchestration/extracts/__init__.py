"""Extracts: from a file in `landing/` to accepted, quarantined and restricted rows under a ledger entry.

Belongs here: contract, profiles, readers, casting, quarantine, pseudonyms. Does not belong here: Dagster, dbt.
"""
