{#
    The intervals of a dossier go forward and touch, the first begins at receipt, only the last is open, and
    neighbours differ in state.
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
)

select * from unconnected
union all
select * from not_from_receipt
