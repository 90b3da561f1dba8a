-- What a correct count gives for the period, from the lives that were drawn (not from the files).
with

ended as (
    select
        *,
        getvariable('period_end') as e,
        case
            when t4r < getvariable('period_end') and not coalesce(t9 < getvariable('period_end'), false) then 'open'
            when least(t3, t7, t9, t9a) < getvariable('period_end') then 'closed'
            else 'open'
        end as at_end,
        case
            when t4r < getvariable('period_start') and not coalesce(t9 < getvariable('period_start'), false) then 'open'
            when least(t3, t7, t9, t9a) < getvariable('period_start') then 'closed'
            else 'open'
        end as at_start,
        coalesce(due2, due)::date as day_due,
        coalesce(t5 < getvariable('period_end') and (t5b is null or t5b >= getvariable('period_end')), false)
        or coalesce(t6 < getvariable('period_end') and (t6b is null or t6b >= getvariable('period_end')), false)
        or coalesce(t8 < getvariable('period_end') and (t8b is null or t8b >= getvariable('period_end')), false)
            as suspended,
    from plan
    where t2 < getvariable('period_end')
),

members as (
    select
        *,
        t2 >= getvariable('period_start') as is_received,
        at_start = 'closed' and t2 < getvariable('period_start') as is_reopened,
    from ended
    where t2 >= getvariable('period_start') or at_start = 'open' or at_end = 'open'
)

select
    count(*) filter (is_received) as dossiers_received,
    count(*) filter (not is_received) as carried_over,
    count(*) filter (is_reopened) as reopened,
    count(*) filter (at_end = 'closed') as dossiers_resolved,
    count(*) filter (at_end = 'open') as dossiers_in_progress,
    count(*) filter (
        at_end = 'closed' and t9 < e
        and t9::date > case when t5b is null and story <> 'reopened' then due::date else day_due end
    ) as dossiers_late,
    count(*) filter (
        at_end = 'open' and not suspended
        and (getvariable('period_end') - interval 1 day)::date > case when t5b < e or story = 'reopened' then day_due else due::date end
    ) as dossiers_overdue,
    count(*) filter (at_end = 'open' and suspended) as dossiers_suspended,
from members
