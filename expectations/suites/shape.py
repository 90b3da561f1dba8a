"""What every mart must be before anything else is asked of it: every other check passes on an empty table.

Belongs here: rows, columns, types, bytes. Does not belong here: what the rows say.
"""

from __future__ import annotations

from string import Template

from expectations.checks import Check, HasColumns, HasRows, NoRows
from expectations.contracts import contract_of

_TYPES = Template("""
    select
        column_name as record,
        found.data_type as found,
        promised.data_type as expected
    from contract_columns as promised
    join candidate_columns as found using (table_name, column_name)
    where table_name = '$table' and found.data_type <> promised.data_type
""")

_FILE = Template("""
    select
        '$table' as record,
        'sha256 ' || coalesce(files.sha256, '–') || ', ' || (select count(*) from $table) as found,
        'sha256 ' || coalesce(manifest.sha256, '–') || ', ' || coalesce(cast(manifest.rows as varchar), '–') as expected
    from candidate_files as files
    left join manifest_tables as manifest using (name)
    where
        files.name = '$table'
        and (
            files.sha256 is distinct from manifest.sha256
            or (select count(*) from $table) is distinct from manifest.rows
        )
""")


def shape_of(table: str, *, has_feed: bool) -> tuple[Check, ...]:
    """The checks of the shape of one mart.

    Args:
        table: the mart.
        has_feed: its rows come from delivered feeds or seeds, so that none would be a fault.
    """
    shape: tuple[Check, ...] = (
        HasColumns(f"columns_{table}", columns=tuple(contract_of(table).columns)),
        NoRows(f"column_types_{table}", finds=_TYPES.substitute(table=table)),
        NoRows(f"file_{table}", finds=_FILE.substitute(table=table)),
    )
    return (HasRows(f"rows_{table}"), *shape) if has_feed else shape
