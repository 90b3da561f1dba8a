{#
    One row per administrative unit, unit that stands for it, and span of days in which it does: ask it for the units
    of any day. Weights of one unit sum to 1 on every day. Before its own first day a unit stands for itself: a unit of
    today is never spread over units that were there before it.
#}
with recursive members as (
    select {{ version_key('code', 'valid_from') }} as member from {{ ref('admin_units') }}
    union all
    select {{ version_key("'unknown'", "date '1900-01-01'") }} as member
),

edges as (
    select
        {{ version_key('old_code', 'old_valid_from') }} as member,
        {{ version_key('new_code', 'new_valid_from') }} as successor,
        new_valid_from as effective_on,
        weight,
        is_default,
        verified as is_verified
    from {{ ref('unit_successions') }}
),

{{ followed_successions() }},

declared as (
    select * from {{ ref('unit_successions') }}
)

select
    successions.member as admin_unit_sk,
    successions.successor as successor_sk,
    successions.valid_from,
    successions.valid_to,
    successions.weight,
    case
        when successions.steps = 0 then 'self'
        when successions.steps = 1 then declared.weight_basis
        else 'chain'
    end as weight_basis,
    successions.is_default,
    successions.is_verified,
    declared.decision_no,
    successions.steps
from successions
left join declared
    on
        successions.steps = 1
        and successions.member = {{ version_key('declared.old_code', 'declared.old_valid_from') }}
        and successions.successor = {{ version_key('declared.new_code', 'declared.new_valid_from') }}
