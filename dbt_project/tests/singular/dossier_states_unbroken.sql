{#
    The intervals of a dossier go forward and touch, the first begins at receipt, only the last is open, and
    neighbours differ in state.
#}
{{ config(group='warehouse', meta={'rule_id': 'dossier_states_unbroken'}) }}

with intervals as (
    select
        dossier_key,
        interval_no,
        state,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by dossier_key order by interval_no) as next_from,
        lead(state) over (partition by dossier_key order by interval_no) as next_state
    from {{ ref('fct_dossier_states') }}
)

select
    intervals.dossier_key,
    intervals.interval_no,
    intervals.state,
    intervals.valid_from,
    intervals.valid_to,
    intervals.next_from
from intervals
left join {{ ref('fct_dossiers') }} as dossiers
    on intervals.dossier_key = dossiers.dossier_key
where
    intervals.valid_to is distinct from intervals.next_from
    or intervals.valid_to <= intervals.valid_from
    or intervals.state = intervals.next_state
    or (intervals.interval_no = 1 and dossiers.received_at is distinct from intervals.valid_from)
