{#
    When an agency entered or left a kind of unit, a level and a manager (the parent agency): by establishment or its end,
    by conversion into another kind, or by transfer to another level or manager, in the province or out of it. `change` is
    +1 or -1 on `happened_on`, the first day on which it holds; the stock of any day is the sum of the changes up to it. A
    rename is neither. A move within the province is one row out and one row in, so that it cuts nothing.
#}
with versions as (
    select
        *,
        row_number() over (partition by agency_code order by valid_from) = 1 as is_first
    from {{ ref('int_agencies__versioned') }}
    where established_on is not null and kind <> 'province'
),

spans as (
    select
        agency_code,
        kind,
        level,
        coalesce(parent_code, 'unknown') as manager_code,
        case when is_first then established_on else greatest(valid_from, established_on) end as first_day,
        least(valid_to, dissolved_on) as end_day
    from versions
),

neighbours as (
    select
        *,
        lag(kind) over (partition by agency_code order by first_day) as kind_before,
        lag(level) over (partition by agency_code order by first_day) as level_before,
        lag(manager_code) over (partition by agency_code order by first_day) as manager_before,
        lag(end_day) over (partition by agency_code order by first_day) as end_before,
        lead(kind) over (partition by agency_code order by first_day) as kind_after,
        lead(level) over (partition by agency_code order by first_day) as level_after,
        lead(manager_code) over (partition by agency_code order by first_day) as manager_after,
        lead(first_day) over (partition by agency_code order by first_day) as first_after
    from spans
    where end_day is null or end_day > first_day
),

changes as (
    select
        agency_code,
        kind,
        level,
        manager_code,
        1 as change,
        first_day as happened_on,
        case
            when end_before is null or end_before < first_day then 'created'
            when kind_before <> kind then 'converted'
            else 'transferred'
        end as cause
    from neighbours
    where
        end_before is null
        or end_before < first_day
        or kind_before <> kind
        or level_before <> level
        or manager_before <> manager_code
    union all
    select
        agency_code,
        kind,
        level,
        manager_code,
        -1 as change,
        end_day as happened_on,
        case
            when first_after is null or first_after > end_day then 'dissolved_or_merged'
            when kind_after <> kind then 'converted'
            else 'transferred'
        end as cause
    from neighbours
    where
        end_day is not null
        and (
            first_after is null
            or first_after > end_day
            or kind_after <> kind
            or level_after <> level
            or manager_after <> manager_code
        )
),

named as (
    select
        agency_code,
        effective_on,
        event_type,
        event_code,
        decision_no
    from {{ ref('stg_organisation_events') }}
    union all
    select
        successor_code as agency_code,
        effective_on,
        event_type,
        event_code,
        decision_no
    from {{ ref('stg_organisation_events') }}
    where successor_code is not null
),

decisions as (
    select
        agency_code,
        effective_on,
        min(case event_type when 'convert' then 'converted' when 'transfer' then 'transferred' end) as cause,
        min(event_code) as event_code,
        min(decision_no) as decision_no
    from named
    group by agency_code, effective_on
)

select
    changes.agency_code,
    changes.happened_on,
    changes.change,
    changes.kind,
    changes.level,
    changes.manager_code,
    coalesce(decisions.cause, changes.cause) as cause,
    decisions.event_code,
    decisions.decision_no
from changes
left join decisions on changes.agency_code = decisions.agency_code and changes.happened_on = decisions.effective_on
