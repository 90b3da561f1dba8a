{#
    One row per dossier known and not withdrawn, with what its versions say together: when a status was first seen,
    whether its due date ever changed, when the record was first and last delivered. `dossier_sk` serves joins inside
    one build and is never published.
#}
with dossiers as (
    select * from {{ ref('stg_dossiers') }}
),

{# Numbered here, while rows are narrow: numbering is a bottleneck that rows pass one by one. #}
seen as (
    select
        dossier_code,
        {{ running_number('dossier_code') }} as dossier_sk,
        min(case when status in (9, 10) then updated_at end) as first_seen_finished_at,
        min(case when status = 7 then updated_at end) as first_seen_withdrawn_at,
        min(case when status = 2 then updated_at end) as first_seen_2_at,
        min(case when status = 4 then updated_at end) as first_seen_4_at,
        min(case when status = 5 then updated_at end) as first_seen_5_at,
        min(case when status = 6 then updated_at end) as first_seen_6_at,
        min(case when status = 8 then updated_at end) as first_seen_8_at,
        coalesce(
            min({{ due_moment('due_at', 'coalesce(due_at_has_time, true)') }})
            <> max({{ due_moment('due_at', 'coalesce(due_at_has_time, true)') }}),
            false
        ) as is_due_changed,
        min(recorded_at) as first_recorded_at,
        max(recorded_at) as last_recorded_at
    from {{ ref('stg_dossier_versions') }}
    group by dossier_code
)

select
    seen.dossier_sk,
    dossiers.*,
    seen.is_due_changed,
    seen.first_recorded_at,
    seen.last_recorded_at,
    case
        when dossiers.status in (9, 10) then seen.first_seen_finished_at
        when dossiers.status = 7 then seen.first_seen_withdrawn_at
        when dossiers.status = 2 then seen.first_seen_2_at
        when dossiers.status = 4 then seen.first_seen_4_at
        when dossiers.status = 5 then seen.first_seen_5_at
        when dossiers.status = 6 then seen.first_seen_6_at
        when dossiers.status = 8 then seen.first_seen_8_at
    end as status_first_seen_at
from dossiers
inner join seen on dossiers.dossier_code = seen.dossier_code
