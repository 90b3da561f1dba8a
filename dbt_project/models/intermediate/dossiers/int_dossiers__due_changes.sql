{#
    One row per dossier and span in which a supplement's new due date holds: from the moment at which it was answered
    (`answered_at`) up to the next answer (`next_answered_at`, far in the future for the last). Supplements without an answer or
    without a new due date change nothing.
#}
with answered as (
    select
        dossier_sk,
        answered_at,
        due_after,
        due_after_has_time,
        coalesce(
            lead(answered_at) over (partition by dossier_sk order by answered_at, requested_at),
            {{ end_of_time() }}
        ) as next_answered_at
    from {{ ref('int_dossiers__supplements') }}
    where answered_at is not null and due_after is not null
)

select
    dossier_sk,
    answered_at,
    next_answered_at,
    due_after,
    due_after_has_time
from answered
where next_answered_at > answered_at
