{#
    One row per agency, level, block and span of days: the working calendar that it keeps. Of the rows of the seed
    that fit, the most specific one counts: agency, then block, then level. Unverified decisions are not heard; the convention is.

    `speaks_from` and `speaks_until` (last day) leave no day out: the first span speaks for the days before it, too.
#}
with agencies as (
    select distinct
        agency_code,
        level as agency_level,
        block
    from {{ ref('int_agencies__versioned') }}
),

assigned as (
    select * from {{ ref('agency_calendars') }}
    where {{ is_in_effect() }}
),

spans as (
    select
        starts.valid_from,
        lead(starts.valid_from) over (order by starts.valid_from) as valid_to,
        lag(starts.valid_from) over (order by starts.valid_from) is null as is_first
    from (
        select valid_from from assigned
        union
        select valid_to from assigned
        where valid_to is not null
    ) as starts
),

ranked as (
    select
        agencies.agency_code,
        agencies.agency_level,
        agencies.block,
        assigned.calendar_code,
        spans.valid_from,
        spans.valid_to,
        spans.is_first,
        row_number() over (
            partition by agencies.agency_code, agencies.agency_level, agencies.block, spans.valid_from
            order by
                case when assigned.agency_code = '*' then 1 else 0 end,
                case when assigned.block = '*' then 1 else 0 end,
                case when assigned.agency_level = '*' then 1 else 0 end,
                assigned.valid_from desc
        ) as preference
    from agencies
    cross join spans
    inner join assigned
        on assigned.agency_code in ('*', agencies.agency_code)
            and assigned.agency_level in ('*', agencies.agency_level)
            and assigned.block in ('*', agencies.block)
            and {{ in_force_on('spans.valid_from', 'assigned') }}
)

select
    agency_code,
    agency_level,
    block,
    calendar_code,
    valid_from,
    valid_to,
    case when is_first then date '0001-01-01' else valid_from end as speaks_from,
    coalesce(cast(valid_to - interval '1' day as date), date '9999-12-31') as speaks_until
from ranked
where preference = 1
