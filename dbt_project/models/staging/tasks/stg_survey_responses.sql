with source as (
    select * from {{ source('raw', 'survey_responses') }}
),

normalised as (
    select
        survey_code,
        respondent_code,
        year,
        {{ normalise_agency_code('agency_code') }} as agency_code,
        factor,
        score,
        weight,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'survey_responses', ['survey_code', 'respondent_code', 'factor']) }}
)

select
    survey_code,
    respondent_code,
    year,
    agency_code,
    factor,
    score,
    weight
from current_versions
