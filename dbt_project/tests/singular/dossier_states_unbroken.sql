{#
    The intervals of a dossier are numbered from 1 on, go forward and touch, the first begins at receipt, only the last
    is open, and neighbours differ in state. By joins on the number: sorting by key costs more.
#}
{{ config(group='warehouse', meta={'rule_id': 'dossier_states_unbroken'}) }}

with intervals as (
    select * from {{ ref('fct_dossier_states') }}
),

unconnected as (
    select
        intervals.dossier_key,
        intervals.interval_no,
        intervals.state,
        intervals.valid_from,
        intervals.valid_to,
        following.valid_from as next_from
    from intervals
    left join intervals as following
        on intervals.dossier_key = following.dossier_key
            and intervals.interval_no + 1 = following.interval_no
    where
        intervals.valid_to is distinct from following.valid_from
        or intervals.valid_to <= intervals.valid_from
        or intervals.state = following.state
),

not_from_receipt as (
    select
        intervals.dossier_key,
        intervals.interval_no,
        intervals.state,
        intervals.valid_from,
        intervals.valid_to,
        cast(null as timestamp) as next_from
    from intervals
    left join {{ ref('fct_dossiers') }} as dossiers
        on intervals.dossier_key = dossiers.dossier_key
    where intervals.interval_no = 1 and dossiers.received_at is distinct from intervals.valid_from
),

misnumbered as (
    select
        dossier_key,
        max(interval_no) as interval_no,
        cast(null as varchar) as state,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to,
        cast(null as timestamp) as next_from
    from intervals
    group by dossier_key
    having count(*) <> max(interval_no)
)

select * from unconnected
union all
select * from not_from_receipt
union all
select * from misnumbered
