{#
    One row per dossier and unbroken suspension (states 5, 6 and 8) after receipt. `reason` is the state with which it
    began. Its length runs from its beginning, or from receipt where that is later, to its end, or to known-at while it
    lasts: it is never unknown.
#}
with cover as (
    {{ calendar_cover() }}
),

suspended as (
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
        min(valid_from) as counts_from,
        case when count(*) = count(valid_to) then max(valid_to) end as ended_at
    from suspended
    group by dossier_sk, suspended_since
),

spans as (
    select
        episodes.*,
        received.calendar_code,
        coalesce(episodes.ended_at, greatest(context.known_at, episodes.counts_from)) as counts_until
    from episodes
    inner join {{ ref('int_dossiers__received') }} as received on episodes.dossier_sk = received.dossier_sk
    cross join {{ ref('stg_run_context') }} as context
),

measurable as (
    select
        spans.*,
        {{ within_calendar('spans.counts_from', 'cover') }} as office_from,
        {{ within_calendar('spans.counts_until', 'cover') }} as office_until
    from spans
    cross join cover
)

select
    spans.dossier_sk,
    spans.suspended_since as started_at,
    spans.ended_at,
    spans.reason,
    cast(
        {{ working_seconds_between('first_days', 'spans.office_from', 'last_days', 'spans.office_until') }} as integer
    ) as working_seconds,
    cast({{ seconds_between('spans.counts_from', 'spans.counts_until') }} as bigint) as calendar_seconds
from measurable as spans
left join {{ ref('int_calendar__days') }} as first_days
    on spans.calendar_code = first_days.calendar_code and cast(spans.office_from as date) = first_days.day
left join {{ ref('int_calendar__days') }} as last_days
    on spans.calendar_code = last_days.calendar_code and cast(spans.office_until as date) = last_days.day
