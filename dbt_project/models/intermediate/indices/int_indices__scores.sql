{#
    One row per scheme, year, agency and criterion as the agency's record says it, with the kind of agency on the last
    day of that year. A leaf has no criterion of the same record below it: only leaves add up. Agencies that no
    register knows point at 'unknown' and keep their code. Free text may name persons: a reason goes on as its code of
    the closed list, 'other' where it is not in it, and a document only as being there.
#}
with scores as (
    select * from {{ ref('stg_index_scores') }}
),

agencies as (
    {{ versions_by_nearest_day(ref('int_agencies__versioned'), 'agency_code', ['kind', 'level']) }}
),

reasons as (
    select * from {{ ref('index_difference_reasons') }}
),

provinces as (
    {{ province_of_each_year('scores', ref('int_agencies__versioned')) }}
),

branches as (
    select distinct
        above.scheme,
        above.year,
        above.agency_code,
        above.criterion_code
    from scores as above
    inner join scores as below
        on
            above.scheme = below.scheme
            and above.year = below.year
            and above.agency_code = below.agency_code
            and substr(below.criterion_code, 1, length(above.criterion_code) + 1) = concat(above.criterion_code, '.')
)

select
    scores.scheme,
    scores.year,
    scores.agency_code as source_agency_code,
    coalesce(agencies.agency_code, 'unknown') as agency_code,
    case
        when provinces.agency_code is not null then 'province'
        when agencies.kind = 'specialised_agency' and agencies.level = 'province' then 'department'
        when agencies.kind = 'district_committee' then 'district'
        when agencies.kind = 'commune_committee' then 'commune'
        else 'other'
    end as peer_group,
    scores.criterion_code,
    branches.criterion_code is null as is_leaf,
    scores.max_score,
    scores.self_score,
    scores.appraised_score,
    scores.final_score,
    case when trim(scores.difference_reason) <> '' then coalesce(reasons.reason_code, 'other') end
        as difference_reason_code,
    coalesce(trim(scores.evidence_document), '') <> '' as has_evidence_document
from scores
left join agencies
    on
        scores.agency_code = agencies.agency_code
        and cast(concat(scores.year, '-12-31') as date) between agencies.speaks_from and agencies.speaks_until
left join reasons on lower(trim(scores.difference_reason)) = lower(reasons.label_vi)
left join provinces on scores.year = provinces.year and scores.agency_code = provinces.agency_code
left join branches
    on
        scores.scheme = branches.scheme
        and scores.year = branches.year
        and scores.agency_code = branches.agency_code
        and scores.criterion_code = branches.criterion_code
