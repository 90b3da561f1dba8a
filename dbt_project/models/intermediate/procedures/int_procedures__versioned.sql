{#
    One row per procedure and dated version: those delivered, the unknown member, and, where nobody delivers
    procedures at all, those that facts name. `valid_to` is the first day on which the version no longer holds: its
    own end, or where the next version begins. `responsible_agency_code` answers for the sector on the version's first day.
#}
with delivered as (
    select
        *,
        lead(valid_from) over (partition by procedure_code order by valid_from) as next_valid_from
    from {{ ref('stg_procedures') }}
),

sectors as (
    select * from {{ ref('int_procedures__sector_agencies') }}
),

delivered_members as (
    select
        delivered.procedure_code,
        delivered.valid_from,
        least(delivered.valid_to, delivered.next_valid_from) as valid_to,
        delivered.next_valid_from is null as is_current,
        delivered.name as name_vi,
        delivered.publisher_code,
        delivered.sector_code,
        coalesce(delivered.sector_name, sectors.sector_name_vi) as sector_name_vi,
        sectors.responsible_agency_code,
        delivered.level,
        delivered.online_level,
        delivered.processing_days,
        delivered.processing_unit,
        coalesce(delivered.has_fee, false) as has_fee,
        delivered.has_result,
        delivered.one_stop as is_one_stop,
        coalesce(delivered.interlinked, delivered.interlinked_group is not null) as is_interlinked,
        delivered.interlinked_group,
        coalesce(delivered.is_certification, false) as is_certification,
        false as is_inferred,
        delivered.announce_due_on,
        delivered.announced_on,
        delivered.publish_due_on,
        delivered.published_on
    from delivered
    left join sectors
        on
            delivered.sector_code = sectors.sector_code
            and {{ in_force_on('delivered.valid_from', 'sectors') }}
),

undated as (
    select
        code as procedure_code,
        code as name_vi,
        true as is_inferred
    from {{ ref('stg_named_codes') }}
    where
        feed = 'procedures'
        and not exists (select 1 from {{ ref('stg_deliveries') }} as deliveries where deliveries.feed = 'procedures')
    union all
    select
        'unknown' as procedure_code,
        'Không xác định' as name_vi,
        false as is_inferred
)

select * from delivered_members
union all
select
    procedure_code,
    date '1900-01-01' as valid_from,
    cast(null as date) as valid_to,
    true as is_current,
    name_vi,
    cast(null as varchar) as publisher_code,
    'unknown' as sector_code,
    cast(null as varchar) as sector_name_vi,
    cast(null as varchar) as responsible_agency_code,
    'unknown' as level,
    cast(null as varchar) as online_level,
    cast(null as decimal(18, 4)) as processing_days,
    cast(null as varchar) as processing_unit,
    false as has_fee,
    cast(null as boolean) as has_result,
    cast(null as boolean) as is_one_stop,
    false as is_interlinked,
    cast(null as varchar) as interlinked_group,
    false as is_certification,
    is_inferred,
    cast(null as date) as announce_due_on,
    cast(null as date) as announced_on,
    cast(null as date) as publish_due_on,
    cast(null as date) as published_on
from undated
