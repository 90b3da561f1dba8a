{#
    One row per period: the dossiers received in it, those flagged as synchronised, those that the national copy holds
    under the same code, and those of which it says the same: status, and the days of receipt, due, finish and return.
    Both sides as their latest versions known, whatever the period: a copy that lags behind does not agree.
#}
with days as (
    select * from {{ ref('int_periods__days') }}
),

copies as (
    select count(*) > 0 as has_copy from {{ ref('stg_deliveries') }}
    where national_copy
),

dossiers as (
    select
        received.received_at,
        coalesce(current_records.synced_to_national, false) as is_synced,
        national.dossier_code is not null as is_matched,
        (
            national.dossier_code is not null
            and current_records.status is not distinct from national.status
            and cast(current_records.received_at as date) is not distinct from cast(national.received_at as date)
            and cast(current_records.due_at as date) is not distinct from cast(national.due_at as date)
            and cast(current_records.finished_at as date) is not distinct from cast(national.finished_at as date)
            and cast(current_records.returned_at as date) is not distinct from cast(national.returned_at as date)
        ) as is_equal
    from {{ ref('int_dossiers__received') }} as received
    inner join {{ ref('int_dossiers__current') }} as current_records
        on received.dossier_sk = current_records.dossier_sk
    left join {{ ref('stg_national_dossiers') }} as national
        on current_records.dossier_code = national.dossier_code
),

counted as (
    select
        days.period_code,
        count(*) as received,
        count(*) filter (where dossiers.is_synced) as synced,
        count(*) filter (where dossiers.is_matched) as matched,
        count(*) filter (where dossiers.is_equal) as equal
    from dossiers
    inner join days on cast(dossiers.received_at as date) = days.day and dossiers.received_at < days.end_at
    group by days.period_code
)

select
    periods.period_code,
    copies.has_copy,
    coalesce(counted.received, 0) as received,
    coalesce(counted.synced, 0) as synced,
    coalesce(counted.matched, 0) as matched,
    coalesce(counted.equal, 0) as equal
from {{ ref('int_periods__in_scope') }} as periods
cross join copies
left join counted on periods.period_code = counted.period_code
