{{ config(group='warehouse', meta={'rule_id': 'indicator_rows_published'}) }}
{#
    Every row that an indicator model computes is a member of the grid and stands in indicator_values. A row whose code,
    variant or unit the catalogue does not know would otherwise vanish in the join.
#}
select
    computed.period_code,
    computed.indicator_code,
    computed.variant,
    computed.agency_level,
    computed.agency_code
from {{ ref('indicator_counts') }} as computed
left join {{ ref('indicator_values') }} as published
    on
        computed.period_code = published.period_code
        and computed.indicator_code = published.indicator_code
        and computed.variant = published.variant
        and computed.agency_level = published.agency_level
        and computed.agency_code = published.agency_code
where published.period_code is null
