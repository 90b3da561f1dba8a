{# One row per total that a source states about what it holds. #}
with current_versions as (
    {{ latest_version(
        source('raw', 'control_totals'),
        'control_totals',
        ['feed', 'source', 'agency_code', 'covers_from', 'covers_to', 'measure']
    ) }}
)

select
    feed,
    source,
    {{ normalise_agency_code('agency_code') }} as agency_code,
    covers_from,
    covers_to,
    measure,
    value
from current_versions
