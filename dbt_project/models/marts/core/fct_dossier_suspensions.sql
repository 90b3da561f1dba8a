{#
    One row per dossier and unbroken suspension (states 5, 6 and 8) after receipt. `reason` is the state with which it
    began; `ended_at` is null while it lasts. The time is taken off handling time, never off the due date.
#}
with suspended as (
    select
        dossier_sk,
        suspended_since,
        state,
        valid_from,
        valid_to,
        row_number() over (partition by dossier_sk, suspended_since order by valid_from) as part_no
    from {{ ref('int_dossiers__states') }}
    where {{ is_suspended_state('state') }}
),

episodes as (
    select
        dossier_sk,
        suspended_since,
        min(case when part_no = 1 then state end) as reason,
        case when count(*) = count(valid_to) then max(valid_to) end as ended_at
    from suspended
    group by dossier_sk, suspended_since
)

select
    dossiers.dossier_key,
    cast(
        row_number() over (partition by episodes.dossier_sk order by episodes.suspended_since) as integer
    ) as episode_no,
    episodes.suspended_since as started_at,
    episodes.ended_at,
    cast(episodes.reason as varchar) as reason
from episodes
inner join {{ ref('int_dossiers__current') }} as dossiers on episodes.dossier_sk = dossiers.dossier_sk
