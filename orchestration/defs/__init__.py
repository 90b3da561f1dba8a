"""Dagster objects by topic, thin: each calls the plain packages and reports metadata."""
