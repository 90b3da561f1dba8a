{# One row per administrative unit and span in which its code meant this extent: codes are used again. #}
with units as (
    select * from {{ ref('admin_units') }}
),

parents as (
    select * from {{ ref('admin_units') }}
)

select
    {{ version_key('units.code', 'units.valid_from') }} as admin_unit_sk,
    units.code as admin_unit_code,
    units.valid_from,
    units.valid_to,
    units.valid_to is null as is_current,
    units.name_vi,
    units.name_en,
    units.type,
    units.level,
    units.parent_code,
    case when parents.code is not null then {{ version_key('parents.code', 'parents.valid_from') }} end as parent_sk,
    units.legal_reference,
    units.verified as is_verified
from units
left join parents on units.parent_code = parents.code and {{ in_force_on('units.valid_from', 'parents') }}
union all
select
    {{ version_key("'unknown'", "date '1900-01-01'") }} as admin_unit_sk,
    'unknown' as admin_unit_code,
    date '1900-01-01' as valid_from,
    cast(null as date) as valid_to,
    true as is_current,
    'Không xác định' as name_vi,
    'Unknown' as name_en,
    'unknown' as type,
    'unknown' as level,
    cast(null as varchar) as parent_code,
    cast(null as varchar) as parent_sk,
    cast(null as varchar) as legal_reference,
    true as is_verified
