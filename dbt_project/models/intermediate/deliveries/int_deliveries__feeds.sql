{# One row per feed that some source delivers. A feed delivered without a row is delivered. #}
select distinct feed
from {{ ref('stg_deliveries') }}
