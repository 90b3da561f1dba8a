{# `04795@2025-07-01`: the surrogate key of a dated version, the same in every run and on every engine. #}
{% macro version_key(code, valid_from) -%}
    concat({{ code }}, '@', cast({{ valid_from }} as varchar(10)))
{%- endmacro %}

{#
    What became of each member, followed through chains: recursive CTEs `edge_days`, `shares`, `followed`, `successions`,
    to stand in a `with recursive` after the two they read.

    members    CTE with the column `member`: everybody
    edges      CTE with member, successor, effective_on (first day), weight, is_default, is_verified; the weights of one
               member and day sum to 1, in six places

    `successions` has member, successor, valid_from, valid_to (first day on which it no longer holds), weight,
    is_default, is_verified, steps. On every day the weights of a member sum to 1: until its end it stands for itself,
    and where nobody succeeded it, ever after.
#}
{% macro followed_successions(members='members', edges='edges') -%}
edge_days as (
    select
        member,
        effective_on,
        coalesce(lag(effective_on) over (partition by member order by effective_on), date '0001-01-01') as previous_on
    from (select distinct member, effective_on from {{ edges }}) as days
),

-- Each edge with what it and those before it take: what arrives is cut at these, so that rounding loses nothing.
shares as (
    select
        member,
        successor,
        effective_on,
        cast(
            sum(weight) over (partition by member, effective_on order by successor rows unbounded preceding)
            as decimal(9, 6)
        ) as up_to,
        cast(weight as decimal(9, 6)) as weight,
        is_default,
        is_verified
    from {{ edges }}
),

-- An arrival leaves by the first decision on its day or later. A ring of decisions on one day ends after 16 steps.
followed as (
    select
        member,
        member as successor,
        date '1900-01-01' as valid_from,
        cast(1 as decimal(20, 12)) as weight,
        true as is_default,
        true as is_verified,
        0 as steps
    from {{ members }}
    union all
    select
        followed.member,
        shares.successor,
        shares.effective_on as valid_from,
        cast(
            cast(followed.weight * shares.up_to as decimal(20, 12))
            - cast(followed.weight * (shares.up_to - shares.weight) as decimal(20, 12))
            as decimal(20, 12)
        ) as weight,
        followed.is_default and shares.is_default as is_default,
        followed.is_verified and shares.is_verified as is_verified,
        followed.steps + 1 as steps
    from followed
    inner join edge_days
        on
            followed.successor = edge_days.member
            and followed.valid_from <= edge_days.effective_on
            and followed.valid_from > edge_days.previous_on
    inner join shares
        on edge_days.member = shares.member and edge_days.effective_on = shares.effective_on
    where followed.steps < 16
),

successions as (
    select
        followed.member,
        followed.successor,
        followed.valid_from,
        case when followed.steps < 16 then edge_days.effective_on end as valid_to,
        cast(sum(followed.weight) as decimal(20, 12)) as weight,
        bool_or(followed.is_default) as is_default,
        bool_and(followed.is_verified) as is_verified,
        min(followed.steps) as steps
    from followed
    left join edge_days
        on
            followed.successor = edge_days.member
            and followed.valid_from <= edge_days.effective_on
            and followed.valid_from > edge_days.previous_on
    where edge_days.effective_on is null or edge_days.effective_on > followed.valid_from or followed.steps = 16
    group by
        followed.member,
        followed.successor,
        followed.valid_from,
        case when followed.steps < 16 then edge_days.effective_on end
)
{%- endmacro %}

{# One of so many equal parts, with six places; what rounding leaves is for one of them to take. #}
{% macro equal_part(parts) -%}
    cast(floor(1000000 / {{ parts }}) / 1000000 as decimal(9, 6))
{%- endmacro %}

{#
    The codes of the province itself over time, for the one that the settings name: its own, those it succeeded and the
    one that succeeded it. A province that province_codes does not know has its own code alone, undated.
#}
{% macro province_lineage() -%}
    select
        context.province_code,
        codes.name_vi,
        codes.admin_unit_code,
        codes.valid_from,
        codes.valid_to,
        codes.successor_code
    from {{ ref('stg_run_context') }} as context
    left join {{ ref('province_codes') }} as codes on context.province_code = codes.province_code
    union all
    select
        codes.province_code,
        codes.name_vi,
        codes.admin_unit_code,
        codes.valid_from,
        codes.valid_to,
        codes.successor_code
    from {{ ref('stg_run_context') }} as context
    inner join {{ ref('province_codes') }} as codes on context.province_code <> codes.province_code
    left join {{ ref('province_codes') }} as own on context.province_code = own.province_code
    where codes.successor_code = context.province_code or codes.province_code = own.successor_code
{%- endmacro %}
