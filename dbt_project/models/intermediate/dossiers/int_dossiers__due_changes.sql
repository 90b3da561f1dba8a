{#
    One row per dossier and span in which a supplement's new due date holds: from the moment at which it was answered
    (`answered_at`) up to the next answer (`next_answered_at`, far in the future for the last). Supplements without an answer or
    without a new due date change nothing.
#}
with dossiers as (
    select
        dossier_sk,
        dossier_code
    from {{ ref('int_dossiers__current') }}
),

answered as (
    select
        dossiers.dossier_sk,
        supplements.answered_at,
        supplements.due_after,
        coalesce(supplements.due_after_has_time, true) as due_after_has_time,
        coalesce(
            lead(supplements.answered_at) over (
                partition by dossiers.dossier_sk order by supplements.answered_at, supplements.requested_at
            ),
            {{ end_of_time() }}
        ) as next_answered_at
    from {{ ref('stg_dossier_supplements') }} as supplements
    inner join dossiers on supplements.dossier_code = dossiers.dossier_code
    where supplements.answered_at is not null and supplements.due_after is not null
)

select
    dossier_sk,
    answered_at,
    next_answered_at,
    due_after,
    due_after_has_time
from answered
where next_answered_at > answered_at
