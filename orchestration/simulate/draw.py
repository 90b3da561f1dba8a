"""Drawing at random, the same on every machine.

Belongs here: generators for the small feeds, hashes for the engine. Does not belong here: what is drawn.
"""

from __future__ import annotations

import random


def drawer(seed: int, topic: str) -> random.Random:
    """A generator of its own for each topic, so that one feed never shifts another."""
    return random.Random(f"{seed}:{topic}")  # noqa: S311 - made-up data, nothing to protect


def macros(seed: int) -> str:
    """SQL of the macros `pick` and `chance`, which draw by hash of a record's number and a purpose.

    `pick(id, purpose, n)` is a whole number from 0 to n - 1, `chance(id, purpose, per_mille)` a boolean. The
    same record and purpose always draw the same, whatever the order of rows or the number of threads.
    """
    return f"""
        create macro pick(id, purpose, n) as
            (hash('{seed}', id::bigint, purpose) % greatest(n, 1)::ubigint)::bigint;
        create macro chance(id, purpose, per_mille) as
            (hash('{seed}', id::bigint, purpose) % 1000)::bigint < per_mille;
    """
