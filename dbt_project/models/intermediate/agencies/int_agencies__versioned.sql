{#
    One row per agency and dated version: those delivered, the province itself, the unknown member, and, where nobody
    delivers agencies at all, those that facts name. The chain has no gap: `valid_to` is where the next version begins.
    Not for counting: an agency has several rows; int_agencies__on_days says what was active on a day.
#}
with delivered as (
    select * from {{ ref('stg_agencies') }}
),

delivered_members as (
    select
        agency_code,
        valid_from,
        lead(valid_from) over (partition by agency_code order by valid_from) as valid_to,
        name as name_vi,
        kind,
        level,
        block,
        parent_code,
        admin_unit_code,
        established_on,
        dissolved_on,
        coalesce(has_one_stop, false) as has_one_stop,
        false as is_inferred
    from delivered
),

provinces as (
    {{ province_lineage() }}
),

province_members as (
    select
        province_code as agency_code,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        cast(null as date) as valid_to,
        'Toàn tỉnh' as name_vi,
        'province' as kind,
        'province' as level,
        cast(null as varchar) as block,
        cast(null as varchar) as parent_code,
        admin_unit_code,
        coalesce(valid_from, date '1900-01-01') as established_on,
        valid_to as dissolved_on,
        false as has_one_stop,
        false as is_inferred
    from provinces
    where province_code not in (select agency_code from delivered)
),

inferred_members as (
    select
        code as agency_code,
        code as name_vi,
        'unknown' as kind,
        'unknown' as level,
        true as is_inferred
    from {{ ref('stg_named_codes') }}
    where
        feed = 'agencies'
        and code not in (select province_code from provinces)
        and not exists (select 1 from {{ ref('stg_deliveries') }} as deliveries where deliveries.feed = 'agencies')
),

unknown_member as (
    select
        'unknown' as agency_code,
        'Không xác định' as name_vi,
        'unknown' as kind,
        'unknown' as level,
        false as is_inferred
),

members as (
    select * from delivered_members
    union all
    select * from province_members
    union all
    select
        agency_code,
        date '1900-01-01' as valid_from,
        cast(null as date) as valid_to,
        name_vi,
        kind,
        level,
        cast(null as varchar) as block,
        cast(null as varchar) as parent_code,
        cast(null as varchar) as admin_unit_code,
        cast(null as date) as established_on,
        cast(null as date) as dissolved_on,
        false as has_one_stop,
        is_inferred
    from (
        select * from inferred_members
        union all
        select * from unknown_member
    ) as undated
)

select
    {{ version_key('agency_code', 'valid_from') }} as agency_sk,
    agency_code,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    name_vi,
    kind,
    level,
    coalesce(
        block,
        case level
            when 'province' then 'department'
            else level
        end
    ) as block,
    parent_code,
    admin_unit_code,
    established_on,
    dissolved_on,
    has_one_stop,
    is_inferred
from members
