{#
    Which agency stands for which agency in which span of days, from the delivered decisions, followed through chains.
    Every agency stands for itself until a decision ends it and names a successor; where nobody succeeded it, ever
    after. An agency that goes on stands for itself: what was separated from it (`separate`) is another agency, an
    agency named as its own successor absorbs the others, and one that was renamed, transferred or converted is succeeded
    only where the register ended its old code.

    A committee of which no decision is delivered and whose register says nothing after its unit ended is followed by
    its unit: to the committees of the units that unit_successions declares, and where no committee of such a unit is
    delivered to the unit itself, under its key in dim_admin_unit. A commune goes to its successor, a district to the
    communes on its land by the declared weights.

    Weights: those that unit_successions declares for the administrative units of the two agencies on the day of the
    decision, where they are declared for all successors of it; else equal parts, unverified.
#}
with recursive agencies as (
    select
        agency_code,
        kind,
        admin_unit_code,
        valid_from,
        valid_to,
        established_on,
        dissolved_on
    from {{ ref('int_agencies__versioned') }}
),

members as (
    select
        agency_code as member,
        max(dissolved_on) as dissolved_on
    from agencies
    group by agency_code
),

unit_successions as (
    select * from {{ ref('unit_successions') }}
),

-- The province's own code changes by law, not by one of its own decisions.
events as (
    select
        event_type,
        effective_on,
        agency_code,
        successor_code
    from {{ ref('stg_organisation_events') }}
    union all
    select
        'merge' as event_type,
        valid_to as effective_on,
        province_code as agency_code,
        successor_code
    from ({{ province_lineage() }}) as provinces
    where valid_to is not null
),

decisions as (
    select distinct
        members.member,
        events.effective_on,
        coalesce(successors.member, 'unknown') as successor
    from events
    inner join members on events.agency_code = members.member
    left join members as successors on events.successor_code = successors.member
    where
        (
            events.event_type in ('merge', 'consolidate', 'split', 'dissolve')
            or (
                events.event_type in ('rename', 'transfer', 'convert')
                and members.dissolved_on <= events.effective_on
            )
        )
        and events.successor_code is not null
        and events.successor_code <> events.agency_code
),

with_units as (
    select
        decisions.member,
        decisions.effective_on,
        decisions.successor,
        max(unit_successions.weight) as weight,
        coalesce(bool_or(unit_successions.is_default), false) as is_default,
        coalesce(bool_or(unit_successions.verified), false) as is_verified
    from decisions
    left join agencies
        on
            decisions.member = agencies.agency_code
            and agencies.valid_from < decisions.effective_on
            and (agencies.valid_to is null or agencies.valid_to >= decisions.effective_on)
    left join agencies as successors
        on
            decisions.successor = successors.agency_code
            and {{ in_force_on('decisions.effective_on', 'successors') }}
    left join unit_successions
        on
            agencies.admin_unit_code = unit_successions.old_code
            and successors.admin_unit_code = unit_successions.new_code
            and decisions.effective_on = unit_successions.new_valid_from
    group by
        decisions.member,
        decisions.effective_on,
        decisions.successor
),

counted as (
    select
        *,
        count(*) over (partition by member, effective_on) as parts,
        row_number() over (partition by member, effective_on order by successor) as part,
        sum(weight) over (partition by member, effective_on) as declared
    from with_units
),

committees_of_units as (
    select
        unit_successions.new_code,
        unit_successions.new_valid_from,
        min(agencies.agency_code) as agency_code
    from unit_successions
    inner join agencies
        on
            unit_successions.new_code = agencies.admin_unit_code
            and unit_successions.new_valid_from <= agencies.valid_from
            and unit_successions.new_valid_from >= agencies.established_on
    where agencies.kind = 'commune_committee'
    group by unit_successions.new_code, unit_successions.new_valid_from
),

-- What every committee would be followed by through its unit; committees that a decision or the register follows apart.
followed_by_unit as (
    select
        agencies.agency_code as member,
        unit_successions.new_valid_from as effective_on,
        coalesce(
            committees_of_units.agency_code,
            {{ version_key('unit_successions.new_code', 'unit_successions.new_valid_from') }}
        ) as successor,
        unit_successions.weight,
        unit_successions.is_default,
        unit_successions.verified as is_verified
    from agencies
    inner join unit_successions
        on
            agencies.admin_unit_code = unit_successions.old_code
            and agencies.valid_from < unit_successions.new_valid_from
            and (agencies.valid_to is null or agencies.valid_to >= unit_successions.new_valid_from)
    left join committees_of_units
        on
            unit_successions.new_code = committees_of_units.new_code
            and unit_successions.new_valid_from = committees_of_units.new_valid_from
    where
        agencies.kind in ('district_committee', 'commune_committee')
        and not exists (
            select 1 from decisions
            where decisions.member = agencies.agency_code and decisions.effective_on <= unit_successions.new_valid_from
        )
        and not exists (
            select 1 from agencies as later
            where
                later.agency_code = agencies.agency_code
                and later.valid_from >= unit_successions.new_valid_from
                and (later.dissolved_on is null or later.dissolved_on > unit_successions.new_valid_from)
        )
),

edges as (
    select
        member,
        successor,
        effective_on,
        case
            when declared = 1 and weight > 0 then weight
            when part = 1 then 1 - (parts - 1) * {{ equal_part('parts') }}
            else {{ equal_part('parts') }}
        end as weight,
        case when declared = 1 then is_default else part = 1 end as is_default,
        case when declared = 1 then is_verified else parts = 1 end as is_verified
    from counted
    where declared is null or declared <> 1 or weight > 0
    union all
    select
        member,
        successor,
        effective_on,
        sum(weight) as weight,
        bool_or(is_default) as is_default,
        bool_and(is_verified) as is_verified
    from followed_by_unit
    group by member, successor, effective_on
),

{{ followed_successions() }}


select
    member as agency_code,
    successor as successor_code,
    valid_from,
    valid_to,
    weight,
    is_default,
    is_verified,
    cast(steps as integer) as steps
from successions
