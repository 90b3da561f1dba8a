"""Notices: what failed, where, who acts, what next, by webhook and e-mail. No Dagster."""
