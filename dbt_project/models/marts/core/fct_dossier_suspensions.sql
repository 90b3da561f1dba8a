{#
    One row per dossier and unbroken suspension (states 5, 6 and 8) after receipt. `reason` is the state with which it
    began; `ended_at` is null while it lasts: its length then runs up to known-at. The time is taken off handling time,
    never off the due date.
#}
with suspensions as (
    select * from {{ ref('int_dossiers__suspensions') }}
)

select
    dossiers.dossier_key,
    cast(
        row_number() over (partition by suspensions.dossier_sk order by suspensions.started_at) as integer
    ) as episode_no,
    suspensions.started_at,
    suspensions.ended_at,
    cast(suspensions.reason as varchar) as reason,
    suspensions.ended_at is null as is_open,
    {{ hours_of('suspensions.working_seconds') }} as working_hours,
    {{ hours_of('suspensions.calendar_seconds') }} as calendar_hours
from suspensions
inner join {{ ref('int_dossiers__current') }} as dossiers on suspensions.dossier_sk = dossiers.dossier_sk
