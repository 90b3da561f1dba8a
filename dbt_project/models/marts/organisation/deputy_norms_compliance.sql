{#
    Deputies against the norm in force on the last day of each period, one row per active unit with a norm. A norm that is
    an average is judged over its group (all departments of the province, all divisions of a district): the group is
    within or over as one, never a single unit. Where the class of the province is not settled, all classes that are not
    ruled out must agree (all there are, where nothing is known of the province). A norm that is not verified judges
    nobody; but that a subordinate has no more deputies than its superior, once in force, judges every unit of which both
    are delivered: alone it says `over` where the unit's own norm cannot be judged, and is the norm of a unit that has no
    other. `over_by` of an average is that of the whole group: do not add it.
#}
with periods as (
    select * from {{ ref('int_periods__in_scope') }}
),

agencies as (
    select * from {{ ref('int_agencies__on_days') }}
),

staff as (
    select * from {{ ref('int_staff__on_days') }}
),

norms as (
    select * from {{ ref('deputy_norms') }}
),

known_classes as (
    select
        periods.period_code,
        classes.province_class
    from periods
    inner join {{ ref('province_classes') }} as classes on {{ in_force_on('periods.last_day', 'classes') }}
    inner join agencies
        on
            periods.last_day = agencies.day
            and classes.province_code = agencies.agency_code
            and agencies.kind = 'province'
),

classes as (
    select distinct
        periods.period_code,
        norms.province_class
    from periods
    cross join norms
    left join known_classes
        on
            periods.period_code = known_classes.period_code
            and norms.province_class = known_classes.province_class
    where
        norms.province_class <> '*'
        and (
            known_classes.province_class is not null
            or periods.period_code not in (select known.period_code from known_classes as known)
        )
),

superior_rules as (
    select
        periods.period_code,
        norms.rule_id,
        norms.org_kind,
        norms.legal_reference,
        norms.evidence,
        norms.grace_years
    from periods
    inner join norms on {{ in_force_on('periods.last_day', 'norms') }}
    where norms.not_above_superior and norms.verified
),

rooms as (
    select
        day,
        parent_code,
        count(*) as rooms
    from agencies
    where kind = 'subordinate_unit'
    group by day, parent_code
),

reorganisations as (
    select
        agency_code,
        effective_on
    from {{ ref('fct_organisation_changes') }}
    where event_type in ('merge', 'consolidate', 'split', 'separate')
    union
    select
        successor_code,
        effective_on
    from {{ ref('fct_organisation_changes') }}
    where event_type in ('merge', 'consolidate', 'split', 'separate')
),

reorganised as (
    select
        periods.period_code,
        reorganisations.agency_code,
        max(reorganisations.effective_on) as reorganised_on
    from periods
    inner join reorganisations on periods.last_day >= reorganisations.effective_on
    group by periods.period_code, reorganisations.agency_code
),

units as (
    select
        periods.period_code,
        periods.calendar,
        periods.last_day,
        agencies.agency_code,
        agencies.name_vi,
        agencies.kind,
        agencies.level,
        agencies.parent_code,
        coalesce(parents.kind, 'unknown') as parent_kind,
        coalesce(rooms.rooms, 0) as rooms,
        staff.persons is not null as has_staff,
        staff.civil_servants,
        staff.on_quota,
        staff.deputies,
        superiors.deputies as superior_deputies,
        reorganised.reorganised_on
    from periods
    inner join agencies on periods.last_day = agencies.day
    left join agencies as parents on agencies.day = parents.day and agencies.parent_code = parents.agency_code
    left join rooms on agencies.day = rooms.day and agencies.agency_code = rooms.parent_code
    left join staff on agencies.day = staff.day and agencies.agency_code = staff.agency_code
    left join staff as superiors on agencies.day = superiors.day and agencies.parent_code = superiors.agency_code
    left join reorganised
        on
            periods.period_code = reorganised.period_code
            and agencies.agency_code = reorganised.agency_code
),

candidates as (
    select
        units.*,
        norms.rule_id,
        norms.org_kind,
        norms.legal_reference,
        norms.evidence,
        norms.staff_min,
        norms.staff_max,
        norms.max_deputies,
        norms.averaged_over,
        norms.grace_years,
        norms.verified,
        case norms.staff_counted when 'on_quota' then units.on_quota else units.civil_servants end as staff,
        length(coalesce(norms.name_prefix, '')) as closeness,
        max(length(coalesce(norms.name_prefix, ''))) over (
            partition by units.period_code, units.agency_code
        ) as closest
    from units
    inner join norms
        on
            units.kind = norms.agency_kind
            and norms.agency_level in ('*', units.level)
            and norms.parent_kind in ('*', units.parent_kind)
            and substr(units.name_vi, 1, length(coalesce(norms.name_prefix, ''))) = coalesce(norms.name_prefix, '')
            and (norms.rooms_min is null or units.rooms >= norms.rooms_min)
            and (norms.rooms_max is null or units.rooms <= norms.rooms_max)
            and {{ in_force_on('units.last_day', 'norms') }}
    left join classes on units.period_code = classes.period_code and norms.province_class = classes.province_class
    where norms.province_class = '*' or classes.province_class is not null
),

limits as (
    select
        *,
        case averaged_over
            when 'province' then '*'
            when 'manager' then coalesce(parent_code, 'unknown')
        end as averaged_group,
        min(max_deputies) over (partition by period_code, agency_code) as strictest,
        max(max_deputies) over (partition by period_code, agency_code) as loosest,
        bool_and(verified and max_deputies is not null) over (partition by period_code, agency_code) as is_verified,
        row_number() over (partition by period_code, agency_code order by max_deputies, rule_id) as position
    from candidates
    where
        closeness = closest
        and (
            not has_staff
            or ((staff_min is null or staff >= staff_min) and (staff_max is null or staff <= staff_max))
        )
),

own_norms as (
    select
        *,
        case when averaged_group is not null and has_staff then count(*) over same_group end as group_units,
        case when averaged_group is not null and has_staff then sum(deputies) over same_group end as group_deputies,
        case
            when averaged_group is not null then max(reorganised_on) over same_group
            else reorganised_on
        end as grace_from
    from limits
    where position = 1
    window same_group as (partition by period_code, org_kind, averaged_group, has_staff)
),

own_excesses as (
    select
        *,
        case
            when averaged_group is null then deputies - strictest
            else group_deputies - strictest * group_units
        end as above_strictest,
        case
            when averaged_group is null then deputies - loosest
            else group_deputies - strictest * group_units
        end as above_loosest,
        {{ add_years('grace_from', 'grace_years') }} as grace_until
    from own_norms
),

compared as (
    select
        units.period_code,
        units.calendar,
        units.last_day,
        units.agency_code,
        units.name_vi,
        units.has_staff,
        units.deputies,
        units.superior_deputies,
        own.org_kind,
        own.rule_id,
        own.legal_reference,
        own.evidence,
        own.is_verified,
        own.staff,
        own.strictest,
        own.averaged_group,
        own.group_units,
        own.group_deputies,
        own.above_strictest,
        own.grace_until,
        superior_rules.rule_id as superior_rule_id,
        superior_rules.org_kind as superior_org_kind,
        superior_rules.legal_reference as superior_legal_reference,
        superior_rules.evidence as superior_evidence,
        {{ add_years('units.reorganised_on', 'superior_rules.grace_years') }} as superior_grace_until,
        case
            when superior_rules.rule_id is not null then greatest(units.deputies - units.superior_deputies, 0)
        end as above_superior,
        case
            when not units.has_staff then 'staff_not_delivered'
            when not own.is_verified or (own.above_strictest > 0 and own.above_loosest <= 0) then 'rule_unverified'
        end as own_reason
    from units
    left join own_excesses as own
        on
            units.period_code = own.period_code
            and units.agency_code = own.agency_code
    left join superior_rules on units.period_code = superior_rules.period_code
    where
        own.rule_id is not null
        or (superior_rules.rule_id is not null and units.has_staff and units.superior_deputies is not null)
),

ruled as (
    select
        *,
        rule_id is null or (own_reason = 'rule_unverified' and coalesce(above_superior, 0) > 0) as is_by_superior,
        coalesce(above_superior, 0) > 0 as is_above_superior,
        rule_id is not null and own_reason is null and above_strictest > 0 as is_above_own
    from compared
),

judged as (
    select
        *,
        case when not is_by_superior then own_reason end as reason,
        case
            when is_above_own and is_above_superior and grace_until is not null and superior_grace_until is not null
                then least(grace_until, superior_grace_until)
            when is_above_own and not is_above_superior then grace_until
            when is_above_superior and not is_above_own then superior_grace_until
        end as excess_until
    from ruled
)

select
    period_code,
    calendar,
    agency_code,
    name_vi,
    coalesce(org_kind, superior_org_kind) as org_kind,
    case when is_by_superior then superior_rule_id else rule_id end as rule_id,
    case when is_by_superior then superior_legal_reference else legal_reference end as legal_reference,
    is_by_superior or is_verified as is_verified,
    case when is_by_superior then superior_evidence else evidence end as evidence,
    cast(staff as bigint) as staff,
    cast(deputies as bigint) as deputies,
    cast(case when is_by_superior then superior_deputies else strictest end as bigint) as max_deputies,
    case when not is_by_superior then averaged_group end as averaged_group,
    cast(case when not is_by_superior then group_units end as bigint) as group_units,
    cast(case when not is_by_superior then group_deputies end as bigint) as group_deputies,
    superior_rule_id,
    cast(case when superior_rule_id is not null then superior_deputies end as bigint) as superior_deputies,
    cast(
        case
            when is_by_superior then above_superior
            when reason is null then greatest(above_strictest, coalesce(above_superior, 0), 0)
        end as bigint
    ) as over_by,
    case when reason is null then excess_until end as excess_until,
    case
        when reason is not null then 'not_assessed'
        when not is_above_own and not is_above_superior then 'within'
        when excess_until > last_day then 'within_grace'
        else 'over'
    end as status,
    reason
from judged
