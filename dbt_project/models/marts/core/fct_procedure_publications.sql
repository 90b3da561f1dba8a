{# One row per dated version of a delivered procedure: when it was announced and published, and when it had to be. #}
select
    procedure_code,
    valid_from,
    responsible_agency_code,
    announce_due_on,
    announced_on,
    publish_due_on,
    published_on,
    published_on is not null and (publish_due_on is null or published_on <= publish_due_on) as is_published_on_time,
    cast({{ days_between('announce_due_on', 'announced_on') }} as integer) as announce_days_late,
    cast({{ days_between('publish_due_on', 'published_on') }} as integer) as publish_days_late
from {{ ref('int_procedures__versioned') }}
where
    procedure_code <> 'unknown'
    and not is_inferred
