{#
    When an agency became one of its kind and when it ceased to be: by establishment or its end, by conversion into
    another kind, or by transfer into or out of the province's management. A rename or a change of level within the
    province is neither. `change` is +1 or -1 on `happened_on`, the first day on which it holds.
#}
with versions as (
    select
        *,
        row_number() over (partition by agency_code order by valid_from) = 1 as is_first
    from {{ ref('int_agencies__versioned') }}
    where established_on is not null
),

spans as (
    select
        agency_code,
        kind,
        case when is_first then established_on else greatest(valid_from, established_on) end as first_day,
        least(valid_to, dissolved_on) as end_day
    from versions
),

neighbours as (
    select
        *,
        lag(kind) over (partition by agency_code order by first_day) as kind_before,
        lag(end_day) over (partition by agency_code order by first_day) as end_before,
        lead(kind) over (partition by agency_code order by first_day) as kind_after,
        lead(first_day) over (partition by agency_code order by first_day) as first_after
    from spans
    where end_day is null or end_day > first_day
),

entries as (
    select
        agency_code,
        kind,
        1 as change,
        first_day as happened_on,
        case when end_before = first_day then 'converted' else 'created' end as cause
    from neighbours
    where
        end_before is null
        or end_before < first_day
        or kind_before <> kind
),

exits as (
    select
        agency_code,
        kind,
        -1 as change,
        end_day as happened_on,
        case when first_after = end_day then 'converted' else 'dissolved_or_merged' end as cause
    from neighbours
    where
        end_day is not null
        and (first_after is null or first_after > end_day or kind_after <> kind)
),

decisions as (
    select
        agency_code,
        effective_on,
        min(case event_type when 'convert' then 'converted' else 'transferred' end) as cause
    from (
        select
            agency_code,
            effective_on,
            event_type
        from {{ ref('stg_organisation_events') }}
        union all
        select
            successor_code,
            effective_on,
            event_type
        from {{ ref('stg_organisation_events') }}
    ) as named
    where
        event_type in ('convert', 'transfer')
        and agency_code is not null
    group by agency_code, effective_on
),

changes as (
    select * from entries
    union all
    select * from exits
)

select
    changes.agency_code,
    changes.kind,
    changes.change,
    changes.happened_on,
    coalesce(decisions.cause, changes.cause) as cause
from changes
left join decisions on changes.agency_code = decisions.agency_code and changes.happened_on = decisions.effective_on
