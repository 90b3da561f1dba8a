{# One row per total that a source states about what it holds; what a national copy holds is counted nowhere. #}
with source as (
    select * from {{ source('raw', 'control_totals') }}
),

copies as (
    select
        feed,
        source_name
    from {{ source('raw', 'deliveries') }}
    where national_copy
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
    where
        not exists (
            select 1 from copies
            where source.feed = copies.feed and source.source = copies.source_name
        )
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
