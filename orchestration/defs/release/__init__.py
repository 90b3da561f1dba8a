"""Dagster objects of the way from marts to a release."""
