{#
    One row per period, agency, sector and bucket: dossiers in progress at the end of the period, by working days to or
    past their due date in force. Suspended ones and those without a due date stand apart, so that the buckets of a
    period, agency and sector add up to `in_progress_total` of form_06a. Stocks of several periods never add up.
#}
with open_dossiers as (
    select
        counted.period_code,
        periods.calendar,
        periods.last_day,
        counted.agency_code,
        counted.sector_code,
        case when counted.is_suspended then 'suspended' else counted.due_side end as side,
        case when not counted.is_suspended then counted.working_days end as working_days,
        counted.dossiers
    from {{ ref('int_dossiers__open_by_working_days') }} as counted
    inner join {{ ref('int_periods__in_scope') }} as periods on counted.period_code = periods.period_code
)

select
    open_dossiers.period_code,
    open_dossiers.calendar,
    open_dossiers.agency_code,
    open_dossiers.sector_code,
    buckets.bucket_code,
    buckets.side,
    buckets.sort_order,
    buckets.label_vi,
    buckets.label_en,
    cast(sum(open_dossiers.dossiers) as bigint) as dossiers
from open_dossiers
inner join {{ ref('due_buckets') }} as buckets
    on open_dossiers.side = buckets.side
        and coalesce(open_dossiers.working_days, 0) >= buckets.from_days
        and (buckets.to_days is null or coalesce(open_dossiers.working_days, 0) <= buckets.to_days)
        and {{ in_force_on('open_dossiers.last_day', 'buckets') }}
where buckets.bucket_set = 'ageing'
group by
    open_dossiers.period_code,
    open_dossiers.calendar,
    open_dossiers.agency_code,
    open_dossiers.sector_code,
    buckets.bucket_code,
    buckets.side,
    buckets.sort_order,
    buckets.label_vi,
    buckets.label_en
