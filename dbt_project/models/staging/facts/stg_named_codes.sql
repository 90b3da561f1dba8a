{#
    Codes that facts name, for dimensions whose own feed nobody delivers. Codes stay as the sources wrote them in any
    version of a record; only their form is normalised.
#}
with agency_codes as (
    select agency_code from {{ source('raw', 'dossiers') }}
    union
    select agency_code from {{ source('raw', 'feedback') }}
    union
    select lead_agency_code from {{ source('raw', 'tasks') }}
    union
    select agency_code from {{ source('raw', 'steering_events') }}
    union
    select agency_code from {{ source('raw', 'survey_responses') }}
    union
    select agency_code from {{ source('raw', 'index_scores') }}
    union
    select agency_code from {{ source('raw', 'staff') }}
    union
    select agency_code from {{ source('raw', 'payroll_quotas') }}
    union
    select agency_code from {{ source('raw', 'unit_finances') }}
    union
    select agency_code from {{ source('raw', 'function_regulations') }}
),

procedure_codes as (
    select distinct procedure_code from {{ source('raw', 'dossiers') }}
)

select distinct
    'agencies' as feed,
    {{ normalise_agency_code('agency_code') }} as code
from agency_codes
where agency_code is not null
union all
select distinct
    'procedures' as feed,
    {{ normalise_procedure_code('procedure_code') }} as code
from procedure_codes
where procedure_code is not null
