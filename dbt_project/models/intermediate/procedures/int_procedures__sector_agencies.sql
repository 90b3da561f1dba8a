{#
    Who answers for a sector in which span of days: the agency that the list of sectors names then, or whoever stands for
    it since decisions ended it. Before its first row the list is taken to say what that row says. Of several successors
    the one that stands for the whole answers.
#}
with sectors as (
    select
        sector_code,
        name_vi,
        responsible_agency_code,
        case
            when lag(valid_from) over (partition by sector_code order by valid_from) is null then date '1900-01-01'
            else valid_from
        end as valid_from,
        valid_to
    from {{ ref('sectors') }}
),

successions as (
    select * from {{ ref('int_agencies__successions') }}
    where is_default
)

select
    sectors.sector_code,
    sectors.name_vi as sector_name_vi,
    coalesce(successions.successor_code, sectors.responsible_agency_code) as responsible_agency_code,
    greatest(sectors.valid_from, coalesce(successions.valid_from, sectors.valid_from)) as valid_from,
    least(sectors.valid_to, successions.valid_to) as valid_to
from sectors
left join successions
    on
        sectors.responsible_agency_code = successions.agency_code
        and (sectors.valid_to is null or successions.valid_from < sectors.valid_to)
        and (successions.valid_to is null or successions.valid_to > sectors.valid_from)
