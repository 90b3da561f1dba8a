"""What `adapter` is to sqlfluff, which renders models without dbt.

`adapter.dispatch(name, package)(…)` chooses a macro by engine; for form and lint, any name in its place will do.
"""


def dispatch(name, package=None):
    """Return a macro that renders to a plain name, wherever an expression or a relation stands."""
    return lambda *_, **__: f"{package or 'dbt'}_{name}"
