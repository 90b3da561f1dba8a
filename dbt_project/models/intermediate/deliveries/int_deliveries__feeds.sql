{#
    One row per feed that some source delivers. A feed delivered without a row is delivered; a national copy delivers
    nothing, for it is compared and never counted.
#}
select distinct feed
from {{ ref('stg_deliveries') }}
where not coalesce(national_copy, false)
