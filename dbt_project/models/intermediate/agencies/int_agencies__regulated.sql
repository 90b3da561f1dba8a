{#
    Specialised agencies active on the last day of each period, and whether a functions regulation was issued since the
    baseline.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

baselines as (
    select * from {{ ref('baselines') }}
    where indicator_code = 'functions_regulated_rate'
),

agencies as (
    select * from {{ ref('int_agencies__on_days') }}
    where
        kind = 'specialised_agency'
        and level in ('province', 'district')
),

regulations as (
    select * from {{ ref('stg_function_regulations') }}
)

select
    periods.period_code,
    agencies.level as agency_level,
    agencies.agency_code,
    count(regulations.document_no) > 0 as is_regulated
from periods
inner join baselines on {{ in_force_on('periods.last_day', 'baselines') }}
inner join agencies on periods.last_day = agencies.day
left join regulations
    on
        agencies.agency_code = regulations.agency_code
        and regulations.issued_on > baselines.baseline_on
        and regulations.issued_on < periods.end_at
group by periods.period_code, agencies.level, agencies.agency_code
