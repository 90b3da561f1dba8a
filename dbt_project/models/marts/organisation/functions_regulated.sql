{#
    Specialised agencies of province and districts active on the last day of each period, and the functions regulation
    issued or amended since the baseline, the newest one before the end; where there is none, the agency is missing one.
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
),

delivered as (
    select count(*) > 0 as has_regulations from {{ ref('int_deliveries__feeds') }}
    where feed = 'function_regulations'
),

matched as (
    select
        periods.period_code,
        periods.calendar,
        agencies.level as agency_level,
        agencies.agency_code,
        agencies.name_vi,
        baselines.baseline_on,
        regulations.document_no,
        regulations.issued_on,
        regulations.replaces_document_no,
        row_number() over (
            partition by periods.period_code, agencies.agency_code
            order by regulations.issued_on desc nulls last, regulations.document_no desc
        ) as newest_first
    from periods
    inner join baselines on {{ in_force_on('periods.last_day', 'baselines') }}
    inner join agencies on periods.last_day = agencies.day
    left join regulations
        on
            agencies.agency_code = regulations.agency_code
            and regulations.issued_on > baselines.baseline_on
            and regulations.issued_on < periods.end_at
)

select
    matched.period_code,
    matched.calendar,
    matched.agency_level,
    matched.agency_code,
    matched.name_vi,
    matched.baseline_on,
    case when delivered.has_regulations then matched.document_no is not null end as is_regulated,
    matched.document_no,
    matched.issued_on,
    matched.replaces_document_no
from matched
cross join delivered
where matched.newest_first = 1
