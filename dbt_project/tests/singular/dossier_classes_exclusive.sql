{#
    Per period and dossier there is one row; a member is exactly one of received and carried over, and exactly one of
    resolved, with one class, and in progress.
#}
{{ config(group='warehouse', meta={'rule_id': 'dossier_classes_exclusive'}) }}

with at_end as (
    select * from {{ ref('int_dossiers__at_period_ends') }}
),

faults as (
    select
        period_code,
        dossier_sk,
        'not one class' as fault
    from at_end
    where
        is_member
        and (
            is_received = is_carried_over
            or (kind_at_end = 'open') = (resolved_class is not null)
            or coalesce(resolved_class not in ('early', 'on_time', 'late'), false)
            or (is_in_progress_late and kind_at_end <> 'open')
        )
    union all
    select
        period_code,
        dossier_sk,
        'more than one row' as fault
    from at_end
    group by period_code, dossier_sk
    having count(*) > 1
)

select
    faults.period_code,
    dossiers.dossier_key,
    faults.fault
from faults
inner join {{ ref('int_dossiers__current') }} as dossiers on faults.dossier_sk = dossiers.dossier_sk
