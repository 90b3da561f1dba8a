{#
    Dossiers on their way to the national portal: flagged as synchronised by the province's own source, and found equal
    in the national copy. Where no source is declared the national copy, agreement is not assessed.
#}
with compared as (
    select * from {{ ref('int_national__compared_in_periods') }}
)

select * from ({{ indicator_rows('compared', [
    ['national_sync_rate', 'default', 'synced', 'received'],
]) }}) as flagged
union all
select
    period_code,
    'national_agreement_rate' as indicator_code,
    'default' as variant,
    '*' as agency_level,
    '*' as agency_code,
    cast(equal as decimal(18, 4)) as numerator,
    cast(matched as decimal(18, 4)) as denominator,
    case when not has_copy then 'no_national_copy' end as not_assessed,
    cast(null as varchar) as not_applicable
from compared
