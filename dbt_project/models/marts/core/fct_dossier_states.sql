{#
    One row per dossier and interval of state, from receipt on: `valid_from < moment <= valid_to`. A state that was
    left and entered again within one moment is one interval. Dossiers that were never received have none.
#}
with states as (
    select
        dossier_sk,
        state,
        kind,
        valid_from,
        valid_to,
        lag(state) over (partition by dossier_sk order by valid_from) as previous_state
    from {{ ref('int_dossiers__states') }}
),

intervals as (
    select
        dossier_sk,
        state,
        kind,
        valid_from,
        lead(valid_from) over (partition by dossier_sk order by valid_from) as valid_to,
        row_number() over (partition by dossier_sk order by valid_from) as interval_no
    from states
    where previous_state is null or previous_state <> state
)

select
    dossiers.dossier_key,
    cast(intervals.interval_no as integer) as interval_no,
    cast(intervals.state as varchar) as state,
    intervals.kind,
    intervals.valid_from,
    intervals.valid_to,
    {{ is_suspended_state('intervals.state') }} as is_suspended
from intervals
inner join {{ ref('int_dossiers__current') }} as dossiers on intervals.dossier_sk = dossiers.dossier_sk
