{# One row per administrative unit and span in which its code meant this extent: codes are used again. #}
select
    code as admin_unit_code,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    name_vi,
    name_en,
    type,
    level,
    parent_code
from {{ ref('admin_units') }}
union all
select
    'unknown' as admin_unit_code,
    date '1900-01-01' as valid_from,
    cast(null as date) as valid_to,
    true as is_current,
    'Không xác định' as name_vi,
    'Unknown' as name_en,
    'unknown' as type,
    'unknown' as level,
    cast(null as varchar) as parent_code
