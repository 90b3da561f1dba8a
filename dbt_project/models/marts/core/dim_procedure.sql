{# One row per procedure and dated version. A procedure has several rows: join on the day, never on the code alone. #}
select
    procedure_code,
    valid_from,
    valid_to,
    is_current,
    name_vi,
    publisher_code,
    sector_code,
    sector_name_vi,
    responsible_agency_code,
    level,
    online_level,
    processing_days,
    processing_unit,
    has_fee,
    has_result,
    is_one_stop,
    is_interlinked,
    interlinked_group,
    is_certification,
    is_inferred
from {{ ref('int_procedures__versioned') }}
