"""Dagster objects of the way from raw to marts."""
