{# One row per person, agency and start of a post. A person may hold several: count distinct person_key. #}
with staff as (
    select * from {{ ref('stg_staff') }}
),

agencies as (
    select distinct agency_code from {{ ref('int_agencies__versioned') }}
)

select
    staff.person_key,
    staff.agency_code as source_agency_code,
    staff.start_on,
    coalesce(agencies.agency_code, 'unknown') as agency_code,
    staff.position,
    staff.payroll,
    staff.end_on,
    staff.exit_reason
from staff
left join agencies on staff.agency_code = agencies.agency_code
