{# One row per agency and dated version. An agency has several rows: join on the day, never on the code alone. #}
with agencies as (
    select * from {{ ref('int_agencies__versioned') }}
),

admin_units as (
    select * from {{ ref('admin_units') }}
),

units as (
    {{ versions_by_nearest_day('admin_units', 'code', ['valid_from']) }}
)

select
    agencies.*,
    case when units.code is not null then {{ version_key('units.code', 'units.valid_from') }} end as admin_unit_sk
from agencies
left join units
    on
        agencies.admin_unit_code = units.code
        and agencies.valid_from between units.speaks_from and units.speaks_until
