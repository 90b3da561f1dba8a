with source as (
    select * from {{ source('raw', 'procedures') }}
),

normalised as (
    select
        {{ normalise_procedure_code('procedure_code') }} as procedure_code,
        {{ publisher_of_procedure_code('procedure_code') }} as publisher_code,
        name,
        sector_code,
        sector_name,
        level,
        online_level,
        processing_days,
        processing_unit,
        announce_due_on,
        announced_on,
        publish_due_on,
        published_on,
        has_fee,
        has_result,
        one_stop,
        interlinked_group,
        interlinked,
        is_certification,
        valid_from,
        valid_to,
        updated_at,
        source_name,
        deleted_at,
        extract_date,
        recorded_at,
        file_line,
        file_id
    from source
),

current_versions as (
    {{ latest_version('normalised', 'procedures', ['procedure_code', 'valid_from'], 'updated_at') }}
)

select
    procedure_code,
    publisher_code,
    name,
    sector_code,
    sector_name,
    level,
    online_level,
    processing_days,
    processing_unit,
    announce_due_on,
    announced_on,
    publish_due_on,
    published_on,
    has_fee,
    has_result,
    one_stop,
    interlinked_group,
    interlinked,
    is_certification,
    valid_from,
    valid_to,
    updated_at
from current_versions
