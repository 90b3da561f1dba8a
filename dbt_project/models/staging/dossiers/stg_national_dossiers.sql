{#
    One row per dossier of the national copy: what the national portal holds of it, as the source that is declared the
    national copy delivers it. For comparison alone; no figure counts these rows as dossiers.
#}
with current_versions as (
    {{ latest_version(
        source('raw', 'national_dossiers'),
        'dossiers',
        ['dossier_code'],
        'updated_at',
        row_id=['dossier_code', 'file_id', 'file_line'],
    ) }}
)

select
    dossier_code,
    cast(status as smallint) as status,
    received_at,
    due_at,
    finished_at,
    returned_at
from current_versions
