{#
    One row per period, agency and step: where the dossiers that are late in the period (form 06a: resolved late, or in
    progress late) spent their working time, up to their finish or the end of the period. `dossiers` counts a dossier in
    every step that it went through, `longest_in` only in the one in which it spent most, the earlier one on a tie: so
    `longest_in` adds up to the late dossiers of form_06a.
#}
with late as (
    select
        at_end.period_code,
        periods.calendar,
        at_end.dossier_sk,
        at_end.agency_code,
        case
            when at_end.is_in_progress_late then periods.end_at
            else greatest(at_end.closing_at, at_end.received_at)
        end as looked_at
    from {{ ref('int_dossiers__at_period_ends') }} as at_end
    inner join {{ ref('int_periods__in_scope') }} as periods on at_end.period_code = periods.period_code
    where at_end.is_member and (at_end.resolved_class = 'late' or at_end.is_in_progress_late)
),

{# A dossier that closed before its receipt spent no time anywhere: it stands in `unknown`. #}
in_steps as (
    select
        late.period_code,
        late.calendar,
        late.agency_code,
        coalesce(steps.step, 'unknown') as step,
        coalesce(steps.working_seconds, 0) as working_seconds,
        coalesce(steps.calendar_seconds, 0) as calendar_seconds,
        row_number() over (
            partition by late.period_code, late.dossier_sk
            order by steps.working_seconds desc, steps.entered_at asc, steps.step asc
        ) as place
    from late
    left join {{ ref('int_dossiers__steps') }} as steps
        on late.dossier_sk = steps.dossier_sk and late.looked_at = steps.looked_at
),

summed as (
    select
        period_code,
        calendar,
        agency_code,
        step,
        count(*) as dossiers,
        count(case when place = 1 then 1 end) as longest_in,
        cast(sum(working_seconds) as bigint) as working_seconds,
        cast(sum(calendar_seconds) as bigint) as calendar_seconds
    from in_steps
    group by period_code, calendar, agency_code, step
),

with_total as (
    select
        *,
        sum(working_seconds) over (partition by period_code, agency_code) as agency_working_seconds
    from summed
)

select
    period_code,
    calendar,
    agency_code,
    step,
    dossiers,
    longest_in,
    {{ hours_of('working_seconds') }} as working_hours,
    {{ hours_of('calendar_seconds') }} as calendar_hours,
    case
        when agency_working_seconds > 0
            then cast(working_seconds as double) / cast(agency_working_seconds as double)
    end as working_share
from with_total
