{# One row per dated version of a delivered procedure: when it was announced and published, and when it had to be. #}
select
    procedure_code,
    valid_from,
    responsible_agency_code,
    announce_due_on,
    announced_on,
    publish_due_on,
    published_on,
    published_on is not null and (publish_due_on is null or published_on <= publish_due_on) as is_published_on_time
from {{ ref('int_procedures__versioned') }}
where
    procedure_code <> 'unknown'
    and not is_inferred
