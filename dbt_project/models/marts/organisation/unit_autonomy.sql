{#
    How far a unit paid its recurrent spending itself, per unit and full year: the rate, the group that follows from it by
    the scheme in force at the end of the year, the group granted by decision, and the moves since the year before. The
    year before is classed by the same scheme, so that a move is never one of schemes; its class under its own scheme
    stands in its own row. A year without recurrent spending has no rate and no computed group.
#}
with finances as (
    select * from {{ ref('stg_unit_finances') }}
),

schemes as (
    select * from {{ ref('autonomy_groups') }}
),

years as (
    select
        years.year,
        schemes.scheme,
        coalesce(bool_and(schemes.verified), false) as is_verified
    from (
        select distinct
            year,
            cast(concat(cast(year as varchar), '-12-31') as date) as last_day
        from finances
    ) as years
    left join schemes on {{ in_force_on('years.last_day', 'schemes') }}
    group by years.year, schemes.scheme
),

granted as (
    select distinct
        scheme,
        granted_code,
        is_self_financing
    from schemes
),

measured as (
    select
        years.year,
        years.scheme,
        years.is_verified,
        finances.agency_code,
        finances.year as measured_year,
        finances.own_revenue,
        cast(finances.recurrent_spending as decimal(24, 4)) as recurrent_spending,
        coalesce(finances.self_funds_investment, false) as self_funds_investment,
        finances.granted_group,
        coalesce(finances.recurrent_spending, 0) > 0 as has_rate
    from years
    inner join finances on finances.year in (years.year, years.year - 1)
),

classed as (
    select
        measured.*,
        schemes.group_code,
        schemes.granted_code,
        schemes.is_self_financing
    from measured
    left join schemes
        on
            measured.scheme = schemes.scheme
            and measured.has_rate
            and coalesce(measured.own_revenue >= schemes.rate_min * measured.recurrent_spending, true)
            and coalesce(measured.own_revenue < schemes.rate_below * measured.recurrent_spending, true)
            and (schemes.needs_investment is null or schemes.needs_investment = measured.self_funds_investment)
)

select
    cast(this_year.year as integer) as year,
    this_year.agency_code,
    this_year.scheme,
    this_year.is_verified,
    cast(this_year.own_revenue as decimal(18, 2)) as own_revenue,
    cast(this_year.recurrent_spending as decimal(18, 2)) as recurrent_spending,
    case
        when this_year.has_rate
            then cast(this_year.own_revenue as double) / cast(this_year.recurrent_spending as double)
    end as autonomy_rate,
    this_year.self_funds_investment,
    this_year.group_code as computed_group,
    this_year.granted_group,
    this_year.granted_code = this_year.granted_group as is_granted_as_computed,
    coalesce(this_year.is_self_financing, false) as is_self_financing,
    coalesce(granted.is_self_financing, false) as is_granted_self_financing,
    year_before.agency_code is not null as has_year_before,
    year_before.group_code as computed_group_before,
    year_before.granted_group as granted_group_before,
    case
        when this_year.group_code is null or year_before.group_code is null then null
        when this_year.group_code < year_before.group_code then 'up'
        when this_year.group_code > year_before.group_code then 'down'
        else 'same'
    end as move,
    coalesce(this_year.is_self_financing and not year_before.is_self_financing, false) as is_converted,
    case
        when not this_year.is_verified then 'rule_unverified'
        when not this_year.has_rate then 'no_recurrent_spending'
    end as reason
from classed as this_year
left join classed as year_before
    on
        this_year.year = year_before.year
        and this_year.agency_code = year_before.agency_code
        and year_before.measured_year = year_before.year - 1
left join granted on this_year.scheme = granted.scheme and this_year.granted_group = granted.granted_code
where this_year.measured_year = this_year.year
