{# One row per task, as last reported. Only tasks of the Government and the Prime Minister enter the figures. #}
with tasks as (
    select * from {{ ref('stg_tasks') }}
),

agencies as (
    select distinct agency_code from {{ ref('int_agencies__versioned') }}
)

select
    tasks.task_code,
    tasks.document_no,
    tasks.issuer,
    tasks.assigned_on,
    tasks.content,
    coalesce(agencies.agency_code, 'unknown') as lead_agency_code,
    tasks.original_deadline,
    tasks.deadline,
    tasks.completed_on,
    tasks.progress_pct,
    tasks.updated_at
from tasks
left join agencies on tasks.lead_agency_code = agencies.agency_code
