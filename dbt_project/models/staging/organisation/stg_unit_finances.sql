with source as (
    select * from {{ source('raw', 'unit_finances') }}
),

normalised as (
    select
        {{ normalise_agency_code('agency_code') }} as agency_code,
        year,
        own_revenue,
        recurrent_spending,
        self_funds_investment,
        granted_group,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'unit_finances', ['agency_code', 'year']) }}
)

select
    agency_code,
    year,
    own_revenue,
    recurrent_spending,
    self_funds_investment,
    granted_group
from current_versions
