{#
    One row per period, block, agency and sector: form 06a of Circular 01/2020/TT-VPCP. Rows of one period add up to
    the province; there are no stored totals. Periods overlap and carried-over dossiers are in several of them: never
    add `carried_over`, `received_total` or `in_progress_*` over periods.
#}
select
    periods.period_code,
    periods.calendar,
    dossiers.block,
    dossiers.agency_code,
    dossiers.sector_code,
    count(case when dossiers.is_received and dossiers.channel = '2' then 1 end) as received_online,
    count(case when dossiers.is_received and coalesce(dossiers.channel <> '2', true) then 1 end) as received_direct,
    count(case when dossiers.is_carried_over then 1 end) as carried_over,
    count(case when dossiers.is_reopened then 1 end) as reopened,
    count(*) as received_total,
    count(case when dossiers.resolved_class = 'early' then 1 end) as resolved_early,
    count(case when dossiers.resolved_class = 'on_time' then 1 end) as resolved_on_time,
    count(case when dossiers.resolved_class = 'late' then 1 end) as resolved_late,
    count(case when dossiers.is_returned then 1 end) as resolved_returned,
    count(case when dossiers.kind_at_end <> 'open' then 1 end) as resolved_total,
    count(case when dossiers.kind_at_end = 'open' and not dossiers.is_in_progress_late then 1 end)
        as in_progress_on_time,
    count(case when dossiers.is_in_progress_late then 1 end) as in_progress_late,
    count(case when dossiers.kind_at_end = 'open' and dossiers.is_suspended then 1 end) as in_progress_suspended,
    count(case when dossiers.kind_at_end = 'open' then 1 end) as in_progress_total
from {{ ref('int_dossiers__at_period_ends') }} as dossiers
inner join {{ ref('int_periods__in_scope') }} as periods on dossiers.period_code = periods.period_code
where dossiers.is_member
group by
    periods.period_code,
    periods.calendar,
    dossiers.block,
    dossiers.agency_code,
    dossiers.sector_code
