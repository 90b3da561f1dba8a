{# One row per total that a source states about what it holds. #}
with source as (
    select * from {{ source('raw', 'control_totals') }}
),

normalised as (
    select
        feed,
        source,
        {{ normalise_agency_code('agency_code') }} as agency_code,
        covers_from,
        covers_to,
        measure,
        value,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version(
        'normalised',
        'control_totals',
        ['feed', 'source', 'agency_code', 'covers_from', 'covers_to', 'measure']
    ) }}
)

select
    feed,
    source,
    agency_code,
    covers_from,
    covers_to,
    measure,
    value
from current_versions
