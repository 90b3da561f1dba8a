"""Dagster objects of the way from landing to raw."""
