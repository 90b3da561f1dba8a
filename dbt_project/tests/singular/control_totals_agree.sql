{#
    What a source says it holds is what arrived: dossiers received in the span of the total (received), or submitted or
    received up to its end (rows). A total without an agency or a source is of all of them.
#}
{{ config(group='warehouse', meta={'rule_id': 'control_totals_agree'}) }}

with totals as (
    select * from {{ ref('stg_control_totals') }}
    where feed = 'dossiers' and measure in ('received', 'rows')
),

dossiers as (
    select
        source_name,
        agency_code,
        cast(received_at as date) as received_on,
        cast(coalesce(submitted_at, received_at) as date) as arrived_on,
        count(*) as dossiers
    from {{ ref('fct_dossiers') }}
    group by source_name, agency_code, cast(received_at as date), cast(coalesce(submitted_at, received_at) as date)
),

held as (
    select
        totals.source,
        totals.agency_code,
        totals.covers_from,
        totals.covers_to,
        totals.measure,
        totals.value,
        sum(dossiers.dossiers) as dossiers
    from totals
    left join dossiers
        on
            coalesce(totals.source = dossiers.source_name, true)
            and coalesce(totals.agency_code = dossiers.agency_code, true)
            and case totals.measure
                when 'received' then dossiers.received_on between totals.covers_from and totals.covers_to
                else dossiers.arrived_on <= totals.covers_to
            end
    group by
        totals.source,
        totals.agency_code,
        totals.covers_from,
        totals.covers_to,
        totals.measure,
        totals.value
)

select
    concat_ws(
        ' ', measure, source, agency_code, cast(covers_from as varchar), cast(covers_to as varchar),
        concat(cast(coalesce(dossiers, 0) as varchar), '/', cast(cast(value as bigint) as varchar))
    ) as control_total,
    value,
    coalesce(dossiers, 0) as dossiers
from held
where coalesce(dossiers, 0) <> value
